import { verify as verifySignature } from 'node:crypto';
import { judgeKey, type VerificationKey } from '../../lambdas/authorizer/keys/key-set';
import { type FoundKeys, KeysUnavailableError } from '../../lambdas/authorizer/keys/store';
import type { JsonObject } from '../../lambdas/shared/json';
import { quote } from '../../terminal/quote';
import { advice } from './advice';
import { describeKeyProblem } from './key-problem';
import { memberOf } from './published-keys';
import { type Check, failReason, pass, skip, warn } from './report';
import type { TokenExaminer } from './token-checks';

/** The most published kids that are listed. */
const MAX_LISTED = 5;

/**
 * The last two checks of a token: whether its key can be used, and whether that key made the signature. The signature is
 * judged alone, whatever the claims are.
 *
 * @param kid the token's own, where its header names one.
 */
export async function keyChecks(
  token: string,
  kid: string | undefined,
  claims: JsonObject,
  examiner: TokenExaminer,
): Promise<readonly Check[]> {
  if (kid === undefined) return [skip('key', 'not named'), noKey];
  const { keyStore, published } = examiner;
  let found: FoundKeys;
  try {
    found = await keyStore.find(kid, '');
  } catch (error) {
    if (!(error instanceof KeysUnavailableError)) throw error;
    const unusable = whyUnusable(kid, published);
    return unusable === undefined
      ? [failReason('key', 'keys_unavailable', 'the keys are unavailable', SEE_ABOVE), noKey]
      : [
          failReason('key', 'keys_unavailable', `${unusable}. No other key is usable, so callers get 503`, REPUBLISH),
          noKey,
        ];
  }
  const { keys } = found;
  if (keys.length === 0) return [unknownKey(token, kid, published), noKey];
  const key = pass('key', `${quote(kid)}, published and usable`);
  if (isSignedByAny(token, keys)) return [key, pass('signature', GOOD)];
  if (found.areNew) return [key, badSignature(token, kid, claims, keys, published)];
  const newer = await keyStore.findNewer(kid, keys, '');
  return isSignedByAny(token, newer)
    ? [key, replacedKey(kid)]
    : [key, badSignature(token, kid, claims, newer, published)];
}

const SEE_ABOVE = 'Repair what "Identity provider" above shows: until then callers get 503.';

const noKey = skip('signature', 'no key to check it with');

const GOOD =
  'made by this key, as published now (an authorizer that still has an older key under this kid fetches the keys once and accepts the token in the same call)';

/** The key to start from has been replaced under its kid. */
const replacedKey = (kid: string): Check =>
  warn(
    'signature',
    `not made by the key ${quote(kid)} of AUTHACTION_JWKS (now: bad_signature), but by the key that is published under this kid. The authorizer fetches the keys once more and accepts the token in the same call`,
    'Renew AUTHACTION_JWKS and deploy: new containers start with the replaced key.',
  );

const REPUBLISH =
  'Have the provider publish this key as an RSA key of 2048 bits or more for RS256 signatures, or sign with another one.';

/** What the authorizer has against the keys that are published under a kid, if it can use none of them. */
function whyUnusable(kid: string, published: readonly unknown[]): string | undefined {
  const verdicts = published.filter((jwk) => kidOf(jwk) === kid).map(judgeKey);
  const problems = verdicts.flatMap((verdict) => (verdict.usable ? [] : [describeKeyProblem(verdict)]));
  if (problems.length === 0 || problems.length < verdicts.length) return undefined;
  return `${quote(kid)} is published, but cannot be used: ${[...new Set(problems)].join('; ')}`;
}

/** Why no key can be used: published but unusable, published under another name, or not published at all. */
function unknownKey(token: string, kid: string, published: readonly unknown[]): Check {
  const unusable = whyUnusable(kid, published);
  if (unusable !== undefined) return failReason('key', 'unknown_key', unusable, REPUBLISH);
  const alike = published.map(kidOf).find((other) => typeof other === 'string' && bare(other) === bare(kid));
  if (alike !== undefined) {
    return failReason(
      'key',
      'unknown_key',
      `no key is published as ${quote(kid)}, but one as ${quote(alike)}: they differ only in letter case or spaces`,
      SAME_NAME,
    );
  }
  const signer = published.find((jwk) => isSignedBy(token, jwk));
  if (signer !== undefined && typeof kidOf(signer) !== 'number') {
    return failReason(
      'key',
      'unknown_key',
      `no key is published as ${quote(kid)}; the token is signed by the one published ${named(signer)}`,
      SAME_NAME,
    );
  }
  if (published.length === 0) return failReason('key', 'unknown_key', `no usable key ${quote(kid)}`);
  const isNumber = published.some((jwk) => typeof kidOf(jwk) === 'number' && String(kidOf(jwk)) === kid);
  const detail = `the provider publishes no key ${quote(kid)}, but ${listed(published.map(kidOf))}`;
  return isNumber
    ? failReason('key', 'unknown_key', `${detail}; there it is a number`, 'Have the provider publish kid as a string.')
    : failReason('key', 'unknown_key', detail);
}

/** Why the signature is not that of the named key, as far as it shows. */
function badSignature(
  token: string,
  kid: string,
  claims: JsonObject,
  keys: readonly VerificationKey[],
  published: readonly unknown[],
): Check {
  const fail = (detail: string, todo: string = advice.bad_signature.todo) =>
    failReason('signature', 'bad_signature', `not made by the key ${quote(kid)} as it is published now${detail}`, todo);
  const bytes = Buffer.from(token.split('.')[2] ?? '', 'base64url').length;
  const sizes = keys.map(({ keyObject }) => (keyObject.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (!sizes.includes(bytes)) {
    return fail(
      `: it has ${bytes} bytes, one of this key has ${sizes.join(' or ')}`,
      'Copy the whole token again: its end was cut off or changed, or another tenant signed it.',
    );
  }
  const signer = published.find((jwk) => isSignedBy(token, jwk));
  if (signer !== undefined && kidOf(signer) === kid) {
    return fail(
      `, but by one of more than ${keys.length} keys that share this kid: the authorizer tries ${keys.length}`,
      'Have the provider give each key its own kid.',
    );
  }
  if (signer !== undefined) {
    return fail(
      `, but by the one published ${named(signer)}`,
      'Have the provider name in kid the key that it signs with.',
    );
  }
  return typeof claims.iat === 'number' ? fail(', nor by another published key') : fail('');
}

const kidOf = (jwk: unknown): unknown => memberOf(jwk, 'kid');

const SAME_NAME = 'Have the provider use the same kid in its tokens and in its key set.';

const bare = (kid: string): string => kid.trim().toLowerCase();

const named = (jwk: unknown): string => (kidOf(jwk) === undefined ? 'without a kid' : `as ${quote(kidOf(jwk))}`);

function listed(kids: readonly unknown[]): string {
  const more = kids.length > MAX_LISTED ? ` and ${kids.length - MAX_LISTED} more` : '';
  return `${kids.slice(0, MAX_LISTED).map(quote).join(', ')}${more}`;
}

/** Whether a published key made the signature, where it is usable under some kid. */
function isSignedBy(token: string, jwk: unknown): boolean {
  const verdict = judgeKey(typeof jwk === 'object' && jwk !== null ? { ...jwk, kid: 'any' } : jwk);
  return verdict.usable && isSignedByAny(token, [verdict.key]);
}

/** Checks RS256 (RFC 7518 3.3) and nothing else. */
function isSignedByAny(token: string, keys: readonly VerificationKey[]): boolean {
  const end = token.lastIndexOf('.');
  const input = Buffer.from(token.slice(0, end));
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  return keys.some(({ keyObject }) => verifySignature('sha256', input, keyObject, signature));
}
