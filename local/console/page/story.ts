import type { Reason } from '../../../lambdas/authorizer/decision';
import type { Trace } from '../view';

/** How far a request came at one station of its way. */
export type StationState = 'passed' | 'answered' | 'bypassed' | 'unreached';

export interface Station {
  readonly state: StationState;
  /** What is worth knowing there, most important first. */
  readonly facts: readonly string[];
}

/** One request told for people: a sentence, and what each station of its way had to do with it. */
export interface Story {
  readonly tone: 'good' | 'refused' | 'unavailable' | 'failed';
  readonly sentence: string;
  /** One or two words for the list of requests. */
  readonly gist: string;
  readonly gateway: Station;
  readonly authorizer: Station;
  readonly handler: Station;
}

/** What each reason means, as the second half of a sentence. */
const WORDS = {
  missing_token: 'it carries no token',
  malformed_authorization: 'its Authorization header is not “Bearer” and one token',
  multiple_credentials: 'it carries more than one credential',
  token_too_large: 'its token is too large',
  malformed_token: 'what it carries is not a JWT',
  unsupported_algorithm: 'its token is not signed with RS256',
  unsupported_header: 'its token needs extensions that are not supported',
  wrong_type: 'its token is of another type',
  missing_kid: 'its token does not name its key',
  unknown_key: 'the issuer publishes no such key',
  wrong_issuer: 'another issuer issued its token',
  wrong_audience: 'its token is meant for another API',
  invalid_claim: 'a claim of its token has the wrong form',
  expired: 'its token has expired',
  not_yet_valid: 'its token is not valid yet',
  bad_signature: 'the issuer’s key did not make its signature: it is forged',
  revoked: 'it is on the list of revoked tokens',
  insufficient_scope: 'its token lacks a scope that this route needs',
  client_not_allowed: 'its client is not on the list of those allowed',
  keys_unavailable: 'the issuer’s keys are unavailable, so its token cannot be checked',
  unsupported_event: 'the authorizer was called by something other than a REST API',
  internal_error: 'the authorizer itself failed',
} as const satisfies Record<Reason, string>;

/** Tells what became of a request. */
export function tell(trace: Trace): Story {
  const { method, path, status, matched, asked, decision, handler } = trace;
  const name = `${method} ${path}`;
  const isRefused = decision !== undefined && decision.outcome !== 'allow';
  const because = decision?.reason ? `: ${WORDS[decision.reason]}` : '';
  const gateway = (state: StationState, ...facts: string[]): Station => ({
    state,
    facts: facts.length > 0 ? facts : ['route found'],
  });
  const unreached: Station = { state: 'unreached', facts: ['not reached'] };

  if (!matched) {
    return {
      ...{ tone: 'refused', gist: 'no such route', authorizer: unreached, handler: unreached },
      sentence: `${name} matches no route, so the gateway refused it by itself.`,
      gateway: gateway('answered', 'no such route'),
    };
  }
  if (asked === 'nobody' && handler === undefined) {
    const isPreflight = method === 'OPTIONS';
    return {
      ...{ tone: isPreflight ? 'good' : 'refused', authorizer: unreached, handler: unreached },
      gist: isPreflight ? 'preflight' : 'no token',
      sentence: isPreflight
        ? `${name} is a browser’s preflight. The gateway answered it by itself; no token is needed.`
        : `${name} carries no Authorization header, so the gateway refused it without asking the authorizer.`,
      gateway: gateway('answered', isPreflight ? 'preflight' : 'no token'),
    };
  }
  const authorizer = authorizerStation(trace);
  if (isRefused) {
    const isOutage = decision.outcome === 'fail';
    const who = asked === 'cache' ? 'the gateway, which still knew that this token may not call it' : 'the authorizer';
    return {
      ...{ tone: isOutage ? 'unavailable' : 'refused', authorizer, handler: unreached },
      gist: decision.reason ?? 'not allowed',
      sentence: isOutage
        ? `${name} got ${status}${because}. Not 401: an outage logs no user out.`
        : `${name} was refused by ${who}${because}.`,
      gateway: gateway(asked === 'cache' ? 'answered' : 'passed', ...cacheFact(trace)),
    };
  }
  const answered: Station = {
    state: handler ? 'answered' : 'unreached',
    facts: handler ? [handler.name, took(handler.milliseconds)] : ['not reached'],
  };
  return {
    ...{ authorizer, handler: answered, gateway: gateway('passed', ...cacheFact(trace)) },
    ...ending(trace, name),
  };
}

function ending({ asked, status, handler }: Trace, name: string): Pick<Story, 'tone' | 'sentence' | 'gist'> {
  if (handler?.error !== undefined || status >= 500) {
    return { tone: 'failed', gist: 'handler failed', sentence: `${name} reached its handler, which failed.` };
  }
  if (status === 401) {
    const sentence = `${name} was let through, but the handler refused it: its token has expired since.`;
    return { tone: 'refused', gist: 'ran out', sentence };
  }
  if (asked === 'nobody') return { tone: 'good', gist: 'public', sentence: `${name} is public: no token is needed.` };
  return asked === 'cache'
    ? {
        tone: 'good',
        gist: 'allowed, cached',
        sentence: `${name} was allowed. The gateway still knew the answer and did not ask the authorizer.`,
      }
    : { tone: 'good', gist: 'allowed', sentence: `${name} was allowed: the authorizer found its token good.` };
}

function authorizerStation({ asked, decision, authorizerMilliseconds, keyFetch }: Trace): Station {
  if (asked === 'nobody') return { state: 'bypassed', facts: ['not needed'] };
  const verdict = decision
    ? [decision.outcome, ...(decision.reason ? [decision.reason] : [])].join(': ')
    : 'no log line';
  if (asked === 'cache') return { state: 'bypassed', facts: ['not asked', `said before: ${verdict}`] };
  return {
    state: decision?.outcome === 'allow' ? 'passed' : 'answered',
    facts: [
      verdict,
      ...(authorizerMilliseconds === undefined ? [] : [took(authorizerMilliseconds)]),
      ...(keyFetch === 'fetched' ? ['fetched the keys'] : keyFetch === 'failed' ? ['could not fetch the keys'] : []),
    ],
  };
}

const cacheFact = ({ asked }: Trace): readonly string[] =>
  asked === 'cache' ? ['cache hit'] : asked === 'authorizer' ? ['cache miss'] : [];

/** Milliseconds for people: whole ones, and one decimal below ten. */
export const took = (milliseconds: number): string =>
  `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
