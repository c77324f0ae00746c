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
import type { VerificationKey } from '../keys/key-set';
import type { UnauthorizedReason } from '../reasons';
import { CLOCK_TOLERANCE_SECONDS, type ClaimRules } from './claims';

/**
 * Decides whether one key signed the token (RFC 7515 5.2, RS256 of RFC 7518 3.3), and checks its claims once more.
 *
 * @returns the reason to refuse it, or `undefined` when the token is good.
 * @throws whatever is not the token's fault.
 */
export type Verify = (token: string, key: VerificationKey) => UnauthorizedReason | undefined;

/** Each error class of the library that speaks of the token, and our name for it. All other errors are rethrown. */
const REASONS: readonly (readonly [abstract new (...args: never[]) => Error, UnauthorizedReason])[] = [
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
  return (token, { jwk, keyObject }) => {
    try {
      verifyJwtSync(token, jwk, options, () => keyObject);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  };
}

/** @throws the error itself when it does not speak of the token: closed, but visible. */
export function reasonOf(error: unknown): UnauthorizedReason {
  for (const [errorClass, reason] of REASONS) {
    if (error instanceof errorClass) return reason;
  }
  throw error;
}
