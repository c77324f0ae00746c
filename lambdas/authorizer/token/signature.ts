import {
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
} from 'aws-jwt-verify/error';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { RefuseReason } from '../decision';
import type { VerificationKey } from '../keys/key-set';
import { CLOCK_TOLERANCE_SECONDS, type ClaimRules } from './claims';

/**
 * Decides whether one of these keys signed the token (RFC 7515 5.2, RS256 of RFC 7518 3.3), and checks its claims once
 * more. Several keys may share a `kid` (RFC 7517 4.5): each is tried.
 *
 * @returns the reason to refuse the token, or `undefined` when it is good. Without a key: `unknown_key`.
 * @throws whatever is not the token's fault.
 */
export type Verify = (token: string, keys: readonly VerificationKey[]) => RefuseReason | undefined;

/** Each error class of the library that describes the token, and our name for it. All other errors are rethrown. */
const REASONS: readonly (readonly [abstract new (...args: never[]) => Error, RefuseReason])[] = [
  [JwtInvalidSignatureError, 'bad_signature'],
  [JwtInvalidSignatureAlgorithmError, 'unsupported_algorithm'],
  [JwtParseError, 'malformed_token'],
  [JwtInvalidIssuerError, 'wrong_issuer'],
  [JwtInvalidAudienceError, 'wrong_audience'],
  [JwtExpiredError, 'expired'],
  [JwtNotBeforeError, 'not_yet_valid'],
];

/** A {@link Verify} on `aws-jwt-verify`. Stateless: the key object comes with the key, nothing is kept per token. */
export function createVerify({ issuers, audiences }: ClaimRules): Verify {
  const options = { issuer: [...issuers], audience: [...audiences], graceSeconds: CLOCK_TOLERANCE_SECONDS };
  return (token, keys) => {
    let reason: RefuseReason = 'unknown_key';
    for (const { jwk, keyObject } of keys) {
      try {
        verifyJwtSync(token, jwk, options, () => keyObject);
        return undefined;
      } catch (error) {
        reason = reasonOf(error);
      }
      if (reason !== 'bad_signature') break;
    }
    return reason;
  };
}

/** @throws the error itself when it does not describe the token: closed, but visible. */
export function reasonOf(error: unknown): RefuseReason {
  for (const [errorClass, reason] of REASONS) {
    if (error instanceof errorClass) return reason;
  }
  throw error;
}
