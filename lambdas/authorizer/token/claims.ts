import { encodeClaims } from '../../shared/context-claims';
import type { JsonObject } from '../../shared/json';
import type { VerifiedPrincipal } from '../../shared/principal';
import { type Checked, pass, refuse } from '../decision';

/** How far our clock and the issuer's may differ for `nbf`, in seconds. `exp` gets no grace: it is exact everywhere. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** 9999-12-31T23:59:59Z: a NumericDate past it is no date (RFC 7519 2), and never a RangeError. */
const MAX_NUMERIC_DATE = 253402300799;

/** Characters a subject must not have: it becomes a principal id, a log field and a field of the handler's event. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Longest value that the claims for handlers may take in the authorizer's context, in characters. */
export const MAX_ENCODED_CLAIMS_LENGTH = 2048;

/** What the claims are compared with. */
export interface ClaimRules {
  /** Exact values of `iss` that are ours (RFC 8725 3.8). */
  readonly issuers: readonly string[];
  /** Our names: at least one must be in `aud` (RFC 7519 4.1.3). */
  readonly audiences: readonly string[];
  /** Names of the claims that handlers get. */
  readonly contextClaims?: ReadonlySet<string> | undefined;
}

/** The claims every accepted token has. */
export interface CheckedClaims {
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  /** What handlers get of the others, encoded; missing where the rules name none. */
  readonly claims?: string | undefined;
}

/**
 * Checks the claims that need no key, cheapest and most telling first, so that a token that can never pass costs no
 * key look-up: `iss`, `aud`, `exp`, `nbf`, `iat`, `sub`, the form of `scope` and `jti`, and the size of what handlers get.
 *
 * @param nowSeconds the wall clock, seconds since the epoch.
 */
export function checkClaims(claims: JsonObject, rules: ClaimRules, nowSeconds: number): Checked<CheckedClaims> {
  const { iss, aud, exp, nbf, iat, sub, scope, jti } = claims;
  if (!isOneOf(rules.issuers, iss)) return refuse('wrong_issuer');
  if (!isForUs(aud, rules.audiences)) return refuse('wrong_audience');
  if (!isNumericDate(exp)) return refuse('invalid_claim');
  if (exp <= nowSeconds) return refuse('expired');
  if (nbf !== undefined) {
    if (!isNumericDate(nbf)) return refuse('invalid_claim');
    if (nbf > nowSeconds + CLOCK_TOLERANCE_SECONDS) return refuse('not_yet_valid');
  }
  if (iat !== undefined && !isNumericDate(iat)) return refuse('invalid_claim');
  if (!isPrintable(sub) || !isOptionalString(scope) || !isOptionalString(jti)) return refuse('invalid_claim');
  // A handler that found some of them missing might allow what they forbid.
  const { contextClaims } = rules;
  const encoded = contextClaims && encodeClaims(claims, contextClaims);
  if (encoded && encoded.length > MAX_ENCODED_CLAIMS_LENGTH) return refuse('invalid_claim');
  return pass({ sub, exp, claims: encoded });
}

/** A string, or an array of nothing but strings, that names us. */
function isForUs(aud: unknown, audiences: readonly string[]): boolean {
  const values: unknown[] = [aud].flat();
  return values.every((value) => typeof value === 'string') && values.some((value) => isOneOf(audiences, value));
}

const isOneOf = (ours: readonly unknown[], value: unknown): boolean => ours.includes(value);

const isOptionalString = (value: unknown): boolean => value === undefined || typeof value === 'string';

function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_NUMERIC_DATE;
}

/** A string with something in it, that can be written into a log or an event unchanged. */
function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.isWellFormed() && !UNPRINTABLE.test(value);
}

/**
 * The caller as verified claims describe them.
 *
 * @param checked what {@link checkClaims} returned for the same claims.
 * @param scopeClaim name of the claim that holds the scopes.
 */
export function readPrincipal(
  verifiedClaims: JsonObject,
  checked: CheckedClaims,
  scopeClaim: string,
): VerifiedPrincipal {
  // `client_id` (RFC 9068 2.2), or OpenID Connect's `azp`.
  const clientId = [verifiedClaims.client_id, verifiedClaims.azp].find(isPrintable);
  return {
    sub: checked.sub,
    scopes: scopesOf(verifiedClaims, scopeClaim),
    expiresAtSeconds: checked.exp,
    ...(clientId === undefined ? {} : { clientId }),
    claims: checked.claims,
  };
}

/** `scope-token` of RFC 6749 3.3: visible ASCII without `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value);
}

/**
 * The scopes a token carries, without duplicates.
 *
 * @param claim name of the claim: `scope` (a space-separated string, RFC 8693 4.2), or another one such as
 *   `permissions` or `roles`, where an array of strings is understood as well. Any other shape grants nothing.
 */
export function scopesOf(claims: JsonObject, claim: string): readonly string[] {
  const value = claims[claim];
  const values = typeof value === 'string' ? value.split(' ') : [value].flat();
  return [...new Set(values.filter(isScopeToken))];
}
