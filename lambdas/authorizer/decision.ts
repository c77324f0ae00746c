import type { VerifiedPrincipal } from '../shared/principal';

/**
 * Every reason for not allowing a request, by outcome: one closed union. The same names appear in the log line, the
 * metrics, the doctor and the documentation. Callers never see them.
 */
export const reasons = {
  /** The caller's fault: 401. */
  refuse: [
    'missing_token',
    'malformed_authorization',
    'multiple_credentials',
    'token_too_large',
    'malformed_token',
    'unsupported_algorithm',
    'unsupported_header',
    'wrong_type',
    'missing_kid',
    'unknown_key',
    'wrong_issuer',
    'wrong_audience',
    'invalid_claim',
    'expired',
    'not_yet_valid',
    'bad_signature',
    'revoked',
  ],
  /** The token is good, the request is not allowed: 403. */
  forbid: ['insufficient_scope', 'client_not_allowed'],
  /** The authorizer cannot decide: 503. */
  fail: ['keys_unavailable', 'unsupported_event', 'internal_error'],
} as const;

export type RefuseReason = (typeof reasons.refuse)[number];
export type ForbidReason = (typeof reasons.forbid)[number];
export type FailReason = (typeof reasons.fail)[number];
/** Why a request is not allowed; {@link reasons} has every one. */
export type Reason = (typeof reasons)[keyof typeof reasons][number];

/** What the authorizer decided. `kid` is the token's own word until the outcome is `allow` or `forbid`. */
export type Decision =
  | {
      readonly outcome: 'allow';
      readonly reason?: undefined;
      readonly principal: VerifiedPrincipal;
      readonly kid: string;
    }
  | { readonly outcome: 'refuse'; readonly reason: RefuseReason; readonly kid?: string | undefined }
  | {
      readonly outcome: 'forbid';
      readonly reason: ForbidReason;
      readonly principal: VerifiedPrincipal;
      readonly kid: string;
    }
  | { readonly outcome: 'fail'; readonly reason: FailReason; readonly kid?: undefined; readonly error?: unknown };

/** What a decision comes to: `allow`, 401, 403 or 503. */
export const outcomes = ['allow', 'refuse', 'forbid', 'fail'] as const satisfies readonly Decision['outcome'][];
/** One of {@link outcomes}. */
export type Outcome = (typeof outcomes)[number];

/** The ids by which a request is found in API Gateway's logs, whatever their type. */
export interface RequestIds {
  /** Callers can choose this one. */
  readonly requestId?: unknown;
  readonly extendedRequestId?: unknown;
}

/** The log line of one decision. Metric filters, the doctor, the local gateway and the console read these fields. */
export interface DecisionLine {
  readonly decision: Outcome;
  readonly reason?: Reason | undefined;
  readonly kid?: string | undefined;
  readonly requestId?: string | undefined;
  readonly extendedRequestId?: string | undefined;
  /** How many Allow decisions the line stands for, where only a share of them is logged. */
  readonly weight?: number | undefined;
  /** Class of an unexpected error, and its innermost frames. Its message is left out: a library may quote the token. */
  readonly error?: string;
  readonly at?: string;
}

/**
 * Makes the log line of a decision. Holds no token and no claim.
 *
 * @example
 * decisionLine({ outcome: 'refuse', reason: 'expired', kid: 'key-1' }, { requestId: 'a-1' });
 * // { decision: 'refuse', reason: 'expired', kid: 'key-1', requestId: 'a-1' }
 */
export function decisionLine(decision: Decision, { requestId, extendedRequestId }: RequestIds): DecisionLine {
  const { outcome, reason, kid } = decision;
  return {
    decision: outcome,
    reason,
    kid: printable(kid),
    ...('error' in decision ? describeError(decision.error) : {}),
    requestId: printable(requestId),
    extendedRequestId: printable(extendedRequestId),
  };
}

/** Reads a line that {@link decisionLine} made, such as one of a log. `undefined` for any other line. */
export function readDecisionLine(line: unknown): DecisionLine | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { decision, reason, kid } = line as Readonly<Record<string, unknown>>;
  const outcome = outcomes.find((known) => known === decision);
  if (outcome === undefined) return undefined;
  const known = Object.values(reasons)
    .flat()
    .find((name) => name === reason);
  return {
    decision: outcome,
    ...(known === undefined ? {} : { reason: known }),
    ...(typeof kid === 'string' ? { kid } : {}),
  };
}

/** A string as far as it may be logged: a key id is the caller's own until a signature holds, and a request id may be. */
function printable(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^[\x21-\x7E]{1,64}$/.test(value) ? value : '(unprintable)';
}

function describeError(error: unknown): { readonly error: string; readonly at: string } {
  if (!(error instanceof Error)) return { error: typeof error, at: '' };
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return { error: error.name, at: frames.slice(0, 5).join('').replace(/\s+/g, ' ').trim() };
}

/** Outcome of one check: the parsed value, or the reason to refuse the token. */
export type Checked<T> = { readonly ok: true; readonly value: T } | Refused;
export interface Refused {
  readonly ok: false;
  readonly reason: RefuseReason;
}

export const pass = <T>(value: T): Checked<T> => ({ ok: true, value });
export const refuse = (reason: RefuseReason): Refused => ({ ok: false, reason });
