import type { Reason } from '../../../lambdas/authorizer/decision';
import type { Trace } from '../view';

/** What a step had to do with a request. `skipped`: the request went on without it. */
export type StepState = 'passed' | 'answered' | 'skipped' | 'unreached';

/** One step of a request's way: gateway, authorizer or handler. */
export interface Step {
  readonly state: StepState;
  /** What happened there, most important first. */
  readonly facts: readonly string[];
}

/** A request described for people. */
export interface TraceDescription {
  /** `refused`: as it should be. `unavailable`: the authorizer could not decide. `failed`: code crashed. */
  readonly tone: 'good' | 'refused' | 'unavailable' | 'failed';
  readonly sentence: string;
  /** One to three words for the list of requests. */
  readonly summary: string;
  readonly gateway: Step;
  readonly authorizer: Step;
  readonly handler: Step;
}

/** What each reason means, as the second half of a sentence. */
const MEANINGS = {
  missing_token: 'it has no token',
  malformed_authorization: 'its Authorization header is not “Bearer” and one token',
  multiple_credentials: 'it has more than one credential',
  token_too_large: 'its token is too large',
  malformed_token: 'its token is not a JWT',
  unsupported_algorithm: 'its token is not signed with RS256',
  unsupported_header: 'its token needs extensions that are not supported',
  wrong_type: 'its token has the wrong type',
  missing_kid: 'its token does not name its key',
  unknown_key: 'its token’s key is not among the issuer’s keys that the authorizer has',
  wrong_issuer: 'its token comes from another issuer',
  wrong_audience: 'its token is for another API',
  invalid_claim: 'a claim of its token has the wrong form or size',
  expired: 'its token has expired',
  not_yet_valid: 'its token is not valid yet',
  revoked: 'its token, or who holds it, is on the list of revoked ones',
  bad_signature: 'its token’s signature does not match the issuer’s key',
  insufficient_scope: 'its token lacks a scope that this route needs',
  client_not_allowed: 'its client is not on the list of allowed clients',
  keys_unavailable: 'the issuer’s keys are unavailable, so its token cannot be checked',
  unsupported_event: 'something other than a REST API called the authorizer',
  internal_error: 'the authorizer crashed',
} as const satisfies Record<Reason, string>;

const UNREACHED: Step = { state: 'unreached', facts: ['not reached'] };

/** Describes what happened to a request. */
export function describeTrace(trace: Trace): TraceDescription {
  const { matched, decidedBy, decision, handler } = trace;
  if (!matched) return describeUnknownRoute(trace);
  if (decidedBy === 'none' && handler === undefined) return describeUnasked(trace);
  return decision !== undefined && decision.outcome !== 'allow' ? describeRefusal(trace) : describeAnswer(trace);
}

function describeUnknownRoute(trace: Trace): TraceDescription {
  return {
    ...{ tone: 'refused', summary: 'no such route', authorizer: UNREACHED, handler: UNREACHED },
    sentence: `${nameOf(trace)} matches no route. The gateway refused it.`,
    gateway: { state: 'answered', facts: ['no such route'] },
  };
}

/** The gateway answers preflights, and requests without a token, without the authorizer. */
function describeUnasked(trace: Trace): TraceDescription {
  const isPreflight = trace.method === 'OPTIONS';
  const summary = isPreflight ? 'preflight' : 'no token';
  return {
    ...{ tone: isPreflight ? 'good' : 'refused', summary, authorizer: UNREACHED, handler: UNREACHED },
    sentence: isPreflight
      ? `${nameOf(trace)} is a browser’s preflight. The gateway answered it; it needs no token.`
      : `${nameOf(trace)} has no Authorization header. The gateway refused it without the authorizer.`,
    gateway: { state: 'answered', facts: [summary] },
  };
}

function describeRefusal(trace: Trace): TraceDescription {
  const { decidedBy, decision, status } = trace;
  const meaning = decision?.reason ? `: ${MEANINGS[decision.reason]}` : '';
  const isFailure = decision?.outcome === 'fail';
  const isCached = decidedBy === 'cache';
  const who = isCached ? 'the gateway: the cached decision does not allow this route' : `the authorizer${meaning}`;
  return {
    tone: isFailure ? (decision.reason === 'keys_unavailable' ? 'unavailable' : 'failed') : 'refused',
    summary: decision?.reason ?? 'not allowed',
    sentence: isFailure
      ? `${nameOf(trace)} got ${status}${meaning}. It is not 401: an outage must not log users out.`
      : `${nameOf(trace)} was refused by ${who}.`,
    gateway: { state: isCached ? 'answered' : 'passed', facts: cacheFacts(trace) },
    authorizer: authorizerStep(trace),
    handler: UNREACHED,
  };
}

function describeAnswer(trace: Trace): TraceDescription {
  const { handler } = trace;
  return {
    gateway: { state: 'passed', facts: cacheFacts(trace) },
    authorizer: authorizerStep(trace),
    handler: handler
      ? { state: 'answered', facts: [handler.name, formatMilliseconds(handler.milliseconds)] }
      : UNREACHED,
    ...describeEnding(trace),
  };
}

function describeEnding(trace: Trace): Pick<TraceDescription, 'tone' | 'sentence' | 'summary'> {
  const { decidedBy, status, handler } = trace;
  const name = nameOf(trace);
  if (handler?.error !== undefined || status >= 500) {
    return { tone: 'failed', summary: 'handler failed', sentence: `${name} reached its handler, which failed.` };
  }
  if (status === 401) {
    const sentence = `${name} was allowed by a cached decision, but its token has expired since: the handler refused it.`;
    return { tone: 'refused', summary: 'expired since', sentence };
  }
  if (status >= 400) {
    return {
      tone: 'refused',
      summary: `handler: ${status}`,
      sentence: `${name} reached its handler, which answered ${status}.`,
    };
  }
  if (decidedBy === 'none') {
    return { tone: 'good', summary: 'public', sentence: `${name} is public: it needs no token.` };
  }
  return decidedBy === 'cache'
    ? {
        ...{ tone: 'good', summary: 'allowed, cached' },
        sentence: `${name} was allowed by a cached decision, without the authorizer.`,
      }
    : { tone: 'good', summary: 'allowed', sentence: `${name} was allowed: the authorizer accepted its token.` };
}

function authorizerStep({ decidedBy, decision, authorizerMilliseconds, keyFetch }: Trace): Step {
  if (decidedBy === 'none') return { state: 'skipped', facts: ['not needed'] };
  const verdict = decision
    ? [decision.outcome, ...(decision.reason ? [decision.reason] : [])].join(': ')
    : 'no log line';
  if (decidedBy === 'cache') return { state: 'skipped', facts: ['not called', `cached: ${verdict}`] };
  return {
    state: decision?.outcome === 'allow' ? 'passed' : 'answered',
    facts: [
      verdict,
      ...(authorizerMilliseconds === undefined ? [] : [formatMilliseconds(authorizerMilliseconds)]),
      ...(keyFetch === 'fetched' ? ['fetched the keys'] : keyFetch === 'failed' ? ['could not fetch the keys'] : []),
    ],
  };
}

const cacheFacts = ({ decidedBy }: Trace): readonly string[] => [
  decidedBy === 'cache' ? 'cache hit' : decidedBy === 'authorizer' ? 'cache miss' : 'route found',
];

const nameOf = ({ method, path, query = '' }: Trace): string => `${method} ${path}${query}`;

/** Milliseconds for people: whole ones, and one decimal below ten. */
export const formatMilliseconds = (milliseconds: number): string =>
  `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
