import { type DecisionLine, type Outcome, readDecisionLine } from '../../lambdas/authorizer/decision';
import type { KeyFetchError } from '../../lambdas/authorizer/keys/fetch';
import { quote } from '../../terminal/quote';
import { advice } from './advice';
import { FAILURES } from './key-fetch';
import {
  eventOf,
  type FoundId,
  ID,
  type LambdaLine,
  type LineEvent,
  lambdaLineIn,
  linesIn,
  type Members,
  requestIdIn,
} from './log-text';
import { asUtf8, COLORS } from './pasted-token';
import { type Check, fail, failReason, pass, type Report, report, skip, warn } from './report';
import { statusOf } from './verdict';

/** The maximum number of lines that are explained. */
const MAX_LINES = 20;

/**
 * Explains what was pasted from the logs, in the words that the doctor has for a token: decision lines of the authorizer
 * and lines about its keys, alone or inside of what CloudWatch, its queries or the AWS CLI put around them; or only the id
 * of a request, with the query that finds its line. Quotes no more of it than ids and codes.
 */
export function explainLog(pasted: string): Report {
  const text = asUtf8(pasted).replace(COLORS, '');
  const lines = linesIn(text);
  const explained = [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()].slice(0, MAX_LINES);
  if (explained.length > 0) return report([{ title: 'Log', checks: explained.flatMap(explainLine) }]);
  const lambdaLine = lambdaLineIn(text);
  if (lambdaLine !== undefined) return report([{ title: 'Log', checks: [explainLambdaLine(lambdaLine)] }]);
  const id = requestIdIn(text);
  return report([{ title: 'Log', checks: [id === undefined ? nothingFound : howToFind(id)] }]);
}

/** A line that Lambda writes about an invocation, whichever function it is. It never says why a token was refused. */
function explainLambdaLine({ kind, invocation }: LambdaLine): Check {
  const query =
    invocation === undefined
      ? 'Paste the line of the same invocation that has a decision.'
      : `Run this query in CloudWatch Logs Insights on the same log group, and paste its result here: filter requestId = "${invocation}" | ${FIELDS}`;
  if (kind === 'timeout') return fail('invocation', 'the function timed out', TIMED_OUT);
  if (kind === 'ended') return fail('invocation', 'the process of the function ended before it answered', ENDED);
  if (kind === 'refused') {
    return warn(
      'invocation',
      'the error that each refusal throws, so that API Gateway answers 401; the reason is in another line of the same invocation',
      query,
    );
  }
  return kind === 'error'
    ? fail('invocation', 'the function failed, or did not start: the errorMessage says why', READ_ERROR)
    : warn('invocation', 'a line of Lambda itself, which says nothing about the decision', query);
}

const TIMED_OUT =
  "If it is the authorizer's, callers get 503: run the doctor without a token to measure the way to the provider. If it is a handler's, look there.";

const ENDED =
  "Compare Max Memory Used with Memory Size in the REPORT line of the invocation: where they are equal, give the function more memory. If it is the authorizer's, callers get 503.";

const READ_ERROR = 'Read its errorMessage, correct what it names, and deploy again.';

const FIELDS = 'fields @timestamp, message.decision, message.reason, message.kid';

const nothingFound = fail(
  'line',
  'neither a line of the authorizer nor the id of a request',
  'Paste the whole line, or the value of the response header x-amz-apigw-id.',
);

function explainLine(members: Members): readonly Check[] {
  const line = readDecisionLine(members);
  if (line !== undefined) return [decisionCheck(line, members), ...idCheck(members)];
  const event = eventOf(members);
  return event === undefined ? [] : [EVENTS[event](members)];
}

const WORDS = {
  allow: 'allowed',
  refuse: 'refused',
  forbid: 'forbidden',
  fail: 'not decided',
} as const satisfies Record<Outcome, string>;

function decisionCheck({ decision, reason, kid }: DecisionLine, members: Members): Check {
  const name = WORDS[decision];
  const signed = kid === undefined ? '' : ` The token names the key ${quote(kid)}.`;
  if (decision === 'allow') {
    return pass(
      name,
      `the token was accepted; a later 401 or 403 comes from the handler or from another decision.${signed}`,
    );
  }
  const said = `callers get ${statusOf[decision]}`;
  if (reason === undefined) {
    return fail(
      name,
      `${said}; this doctor does not know the reason`,
      'Use the doctor of the version that is deployed.',
    );
  }
  const { meaning } = advice[reason];
  return failReason(name, reason, `${said}, the log says ${reason}. ${meaning}${extra(members)}${signed}`);
}

/** What only some lines have: the kind of event, or where an error came from. */
function extra({ received, error, at }: Members): string {
  const event = typeof received === 'string' ? ` Received: ${quote(received)}.` : '';
  const thrown = typeof error === 'string' ? ` Error: ${quote(error)}, at ${quote(at)}.` : '';
  return `${event}${thrown}`;
}

function idCheck({ extendedRequestId }: Members): readonly Check[] {
  const isId = typeof extendedRequestId === 'string' && ID.test(extendedRequestId);
  return isId ? [skip('request', `${extendedRequestId}, which the caller has in x-amz-apigw-id`)] : [];
}

/** The authorizer's other lines, by their `event`. */
const EVENTS: Readonly<Record<LineEvent, (members: Members) => Check>> = {
  keys_fetched: ({ keys, milliseconds, leftOut }) => {
    const detail = `the provider's keys were fetched: ${quote(keys)} in ${quote(milliseconds)} ms`;
    return leftOut === undefined
      ? pass('keys', detail)
      : warn(
          'keys',
          `${detail}; ${quote(leftOut)} left out, since more keys share a kid than are tried`,
          'Have the provider give each key its own kid.',
        );
  },
  keys_fetch_failed: ({ failure, code, status, milliseconds }) => {
    const words = isFailure(failure) ? FAILURES[failure] : 'for a reason that this doctor does not know';
    const codes = [code, status].filter((value) => value !== undefined).map(quote);
    return fail(
      'keys',
      `a fetch of the provider's keys failed after ${quote(milliseconds)} ms: ${[words, ...codes].join(', ')}. Callers get 503 only if no usable keys are left`,
      'Run the doctor without a token: it measures the way to the provider, from here.',
    );
  },
  warm_up_failed: () =>
    fail(
      'start',
      'a new container decided wrongly on its own test token',
      'Deploy again; if that does not help, report it as a defect.',
    ),
};

const isFailure = (value: unknown): value is KeyFetchError['failure'] =>
  typeof value === 'string' && Object.hasOwn(FAILURES, value);

/** There is no line yet: CloudWatch Logs Insights finds it. */
function howToFind({ field, id }: FoundId): Check {
  // A UUID may be the id of the API's request or, copied from a line of Lambda, that of an invocation.
  const isUuid = field === 'requestId';
  const query = `filter message.${field} = "${id}"${isUuid ? ` or requestId = "${id}"` : ''} | ${FIELDS}`;
  return warn(
    'request',
    `id ${id}, without its log line. If the query below finds nothing, the authorizer was not called: API Gateway refused the request itself or had a decision cached`,
    `Run this query in CloudWatch Logs Insights on the log group of the output AuthorizerLogGroup, and paste its result here: ${query}`,
  );
}
