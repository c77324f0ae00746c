import type { Config } from '../../lambdas/authorizer/config';
import { MAX_ENCODED_CLAIMS_LENGTH } from '../../lambdas/authorizer/token/claims';
import { decodeClaims, encodeClaims } from '../../lambdas/shared/context-claims';
import type { JsonObject } from '../../lambdas/shared/json';
import { describeType, quote } from '../../terminal/quote';
import { largestClaims } from './largest-claims';
import { type Check, failReason, pass, warn } from './report';

const NAME = 'context claims';

/** Which of the claims for handlers the token has, by name. Shows no value. */
export function contextClaimsCheck({ contextClaims: names }: Config, claims: JsonObject): readonly Check[] {
  if (names === undefined) return [];
  const encoded = encodeClaims(claims, names);
  if (encoded.length > MAX_ENCODED_CLAIMS_LENGTH) {
    const largest = largestClaims(decodeClaims(encoded) ?? {});
    return [
      failReason(
        NAME,
        'invalid_claim',
        `${encoded.length} characters for handlers; at most ${MAX_ENCODED_CLAIMS_LENGTH}. Largest claims: ${largest}`,
        'Take the largest claims out of AUTHACTION_CONTEXT_CLAIMS, or have the provider shorten them.',
      ),
    ];
  }
  const handedOn = decodeClaims(encoded) ?? {};
  const missing = [...names].filter((name) => !Object.hasOwn(handedOn, name));
  if (missing.length === 0) return [pass(NAME, 'the token has all of them')];
  const found = missing.map((name) => `${quote(name)} (${describeMissing(claims[name])})`);
  return [
    warn(
      NAME,
      `handlers do not get ${found.join(', ')}`,
      'Have the provider add them as strings, numbers, booleans or arrays of strings. Handlers that require them answer 403.',
    ),
  ];
}

const describeMissing = (value: unknown): string =>
  value === undefined ? 'absent' : Array.isArray(value) ? 'an array not only of strings' : describeType(value);
