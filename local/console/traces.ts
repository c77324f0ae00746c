import { STATUS_CODES } from 'node:http';
import type { Outcome } from '../../lambdas/authorizer/decision';
import type { GatewayEvent } from '../gateway/gateway';
import type { LogRecord } from '../lambda/messages';
import type { Invocation } from '../lambda/start-function';
import type { AnswerView, Trace } from './view';

type AuthorizerEvent = Extract<GatewayEvent, { type: 'authorizer' }>;
type HandlerEvent = Extract<GatewayEvent, { type: 'handler' }>;
type AnswerEvent = Extract<GatewayEvent, { type: 'answer' }>;

/** Longest body and longest log line that a trace keeps, in characters: a hundred traces are kept, and sent to pages. */
const MAX_TEXT_LENGTH = 50_000;

/** What the gateway made of the authorizer's answer, as an outcome of the authorizer's decision. */
const OUTCOMES = {
  allowed: 'allow',
  denied: 'forbid',
  unauthorized: 'refuse',
  failed: 'fail',
  misconfigured: 'fail',
} as const satisfies Record<AuthorizerEvent['outcome'], Outcome>;

/** Collects the gateway's events by request; calls back with the trace of each once it is answered. */
export function collectTraces(onTrace: (trace: Trace) => void): (event: GatewayEvent) => void {
  const pending = new Map<string, { authorizer?: AuthorizerEvent; handler?: HandlerEvent }>();
  return (event) => {
    const { requestId } = event;
    switch (event.type) {
      case 'request':
        pending.set(requestId, {});
        return;
      case 'authorizer':
        pending.set(requestId, { ...pending.get(requestId), authorizer: event });
        return;
      case 'handler':
        pending.set(requestId, { ...pending.get(requestId), handler: event });
        return;
      case 'answer': {
        const { authorizer, handler } = pending.get(requestId) ?? {};
        pending.delete(requestId);
        const { method, path, query, status, milliseconds, resource, responseType } = event;
        onTrace({
          ...{ id: requestId, startedAtMs: Date.now() - milliseconds, method, path, milliseconds },
          ...(query === undefined ? {} : { query: cut(withoutTokens(query)) }),
          ...{ status, statusText: STATUS_CODES[status] ?? '' },
          matched: resource !== undefined,
          ...(authorizer ? describeAuthorization(authorizer) : { decidedBy: 'none' }),
          ...(handler ? describeHandler(handler) : {}),
          ...(responseType === 'INTEGRATION_TIMEOUT' ? { handler: LATE } : {}),
          answer: describeAnswer(event),
          logs: [
            ...logLines('authorizer', authorizer?.invocation),
            ...logLines(handler?.functionId ?? 'handler', handler?.invocation),
          ],
        });
      }
    }
  };
}

function describeAuthorization(
  event: AuthorizerEvent,
): Pick<Trace, 'decidedBy' | 'decision' | 'authorizerMilliseconds' | 'keyFetch'> {
  const { source, outcome: gatewayOutcome, decision, invocation } = event;
  if (source === 'skipped') return { decidedBy: 'none' };
  const outcome = OUTCOMES[gatewayOutcome];
  // A cached decision may have been made for another route: only the gateway's own outcome is about this request.
  const own = decision?.decision === outcome ? decision : undefined;
  const reason = own?.reason ?? (outcome === 'fail' ? 'internal_error' : undefined);
  const events = (invocation?.logs ?? []).map(({ message }) => eventName(message));
  return {
    decidedBy: source === 'cached' ? 'cache' : 'authorizer',
    decision: {
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(decision?.kid === undefined ? {} : { kid: decision.kid }),
    },
    ...(invocation ? { authorizerMilliseconds: invocation.milliseconds } : {}),
    ...(events.includes('keys_fetched')
      ? { keyFetch: 'fetched' }
      : events.includes('keys_fetch_failed')
        ? { keyFetch: 'failed' }
        : {}),
  };
}

function describeHandler({ functionId: name, invocation }: HandlerEvent): Pick<Trace, 'handler'> {
  const { milliseconds } = invocation;
  if (invocation.ok) return { handler: { name, milliseconds } };
  const { errorType, errorMessage, trace } = invocation.error;
  const frames = trace?.filter((line) => !/\bnode:|\bruntime\.cjs:|^\s+at new Promise /.test(line)) ?? [];
  const error = frames.join('\n') || `${errorType}: ${errorMessage}`;
  return { handler: { name, milliseconds, error } };
}

const LATE = { name: 'no answer', milliseconds: 29_000, error: 'The handler did not answer in time.' };

function describeAnswer({ requestId, answer }: AnswerEvent): AnswerView {
  return { headers: [...answer.headers, ['x-amzn-RequestId', requestId]], body: cut(String(answer.body)) };
}

/** Each record as a line. The error that stands for 401 is left out: the authorizer's decision line says more. */
function logLines(name: string, invocation: Invocation | undefined): readonly string[] {
  const records: readonly LogRecord[] = invocation?.logs ?? [];
  return records
    .filter(({ message }) => !isUnauthorized(message))
    .map(({ level, message }) => {
      const text = typeof message === 'string' ? message : JSON.stringify(message, null, 1).replace(/\n\s*/g, ' ');
      return cut([name, level, text].filter(Boolean).join(' '));
    });
}

const isUnauthorized = (message: unknown): boolean =>
  typeof message === 'object' &&
  message !== null &&
  'errorMessage' in message &&
  message.errorMessage === 'Unauthorized';

function cut(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length} characters)`;
}

/** A token in the query is of no use there, and no page shows it. */
const withoutTokens = (text: string): string => text.replace(/eyJ[\w-]*\.[\w-]*\.[\w-]*/g, '…');

/** Name of a key store event, where a log record is one. */
function eventName(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'event' in message ? message.event : undefined;
}
