/**
 * Why a request was refused: one closed union. The same names appear in the log line, the metrics, the doctor and the
 * documentation; callers never see them.
 */
export const unauthorizedReasons = [
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
] as const;

/** The token is good, the request is not allowed: 403. */
export const forbiddenReasons = ['insufficient_scope', 'client_not_allowed'] as const;

/** Nobody can tell: 503. */
export const unavailableReasons = ['keys_unavailable'] as const;

/** The caller's fault, answered with 401. */
export type UnauthorizedReason = (typeof unauthorizedReasons)[number];
export type ForbiddenReason = (typeof forbiddenReasons)[number];
export type Reason = UnauthorizedReason | ForbiddenReason | (typeof unavailableReasons)[number];

/** Outcome of one check: the narrower value, or the reason to stop. */
export type Checked<T> = { readonly ok: true; readonly value: T } | Refused;
export interface Refused {
  readonly ok: false;
  readonly reason: UnauthorizedReason;
}

export const passed = <T>(value: T): Checked<T> => ({ ok: true, value });
export const refused = (reason: UnauthorizedReason): Refused => ({ ok: false, reason });
