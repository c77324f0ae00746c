import type { Outcome } from '../../lambdas/authorizer/decision';
import type { GatewayEvent } from '../gateway/gateway';
import type { Trace } from './view';

type AuthorizerEvent = Extract<GatewayEvent, { type: 'authorizer' }>;
type HandlerEvent = Extract<GatewayEvent, { type: 'handler' }>;

/** What the gateway made of the authorizer's answer, in the words of the authorizer's log line. */
const OUTCOMES = {
  allowed: 'allow',
  denied: 'forbid',
  unauthorized: 'refuse',
  failed: 'fail',
  misconfigured: 'fail',
} as const satisfies Record<AuthorizerEvent['outcome'], Outcome>;

/** Puts the gateway's events of each request together; calls back with its whole way once it is answered. */
export function collectTraces(onTrace: (trace: Trace) => void): (event: GatewayEvent) => void {
  const underWay = new Map<string, { authorizer?: AuthorizerEvent; handler?: HandlerEvent }>();
  return (event) => {
    const { requestId } = event;
    switch (event.type) {
      case 'request':
        underWay.set(requestId, {});
        return;
      case 'authorizer':
        underWay.set(requestId, { ...underWay.get(requestId), authorizer: event });
        return;
      case 'handler':
        underWay.set(requestId, { ...underWay.get(requestId), handler: event });
        return;
      case 'answer': {
        const { authorizer, handler } = underWay.get(requestId) ?? {};
        underWay.delete(requestId);
        const { method, path, status, milliseconds, resource, responseType } = event;
        onTrace({
          ...{ id: requestId, at: Date.now() - milliseconds, method, path, status, milliseconds },
          matched: resource !== undefined,
          ...(authorizer ? authorized(authorizer) : { asked: 'nobody' }),
          ...(handler ? handled(handler) : {}),
          ...(responseType === 'INTEGRATION_TIMEOUT' ? { handler: LATE } : {}),
        });
      }
    }
  };
}

function authorized(event: AuthorizerEvent): Pick<Trace, 'asked' | 'decision' | 'authorizerMilliseconds' | 'keyFetch'> {
  const { source, outcome: gatewayOutcome, decision, invocation } = event;
  if (source === 'skipped') return { asked: 'nobody' };
  const outcome = OUTCOMES[gatewayOutcome];
  // A cached decision was made for another route perhaps: only the gateway's own word is about this one.
  const own = decision?.decision === outcome ? decision : undefined;
  const reason = own?.reason ?? (outcome === 'fail' ? 'internal_error' : undefined);
  const fetches = (invocation?.logs ?? []).map(({ message }) => eventName(message));
  return {
    asked: source === 'cached' ? 'cache' : 'authorizer',
    decision: {
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(decision?.kid === undefined ? {} : { kid: decision.kid }),
    },
    ...(invocation ? { authorizerMilliseconds: invocation.milliseconds } : {}),
    ...(fetches.includes('keys_fetched')
      ? { keyFetch: 'fetched' }
      : fetches.includes('keys_fetch_failed')
        ? { keyFetch: 'failed' }
        : {}),
  };
}

function handled({ functionId: name, invocation }: HandlerEvent): Pick<Trace, 'handler'> {
  const { milliseconds } = invocation;
  if (invocation.ok) return { handler: { name, milliseconds } };
  const { errorType, errorMessage, trace } = invocation.error;
  const frames = trace?.filter((line) => !/\bnode:|\bruntime\.cjs:|^\s+at new Promise /.test(line)) ?? [];
  const error = frames.join('\n') || `${errorType}: ${errorMessage}`;
  return { handler: { name, milliseconds, error } };
}

const LATE = { name: 'no answer', milliseconds: 29_000, error: 'The handler did not answer in time.' };

/** Name of a key store event, where a log record is one. */
function eventName(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'event' in message ? message.event : undefined;
}
