import type { Config } from '../../lambdas/authorizer/config';
import { judgeKey, type KeySet, parseKeySet, type VerificationKey } from '../../lambdas/authorizer/keys/key-set';
import { describeType, quote } from '../../terminal/quote';
import { numericDate } from '../../terminal/times';
import { count, type FetchedKeys } from './key-fetch';
import { describeKeyProblem } from './key-problem';
import { type Check, pass, skip, warn } from './report';

/** The maximum number of keys that are described one by one. */
const MAX_DESCRIBED = 20;

/** Everything that the published key set shows: each key, and what is about to go wrong with them. */
export function publishedKeyChecks(config: Config, { published, keySet }: FetchedKeys): readonly Check[] {
  const described = published.slice(0, MAX_DESCRIBED).map(describeKey);
  const more = published.length - described.length;
  return [
    ...described,
    ...(more > 0 ? [skip('key', `${count(more, 'more key')}, not listed here`)] : []),
    ...crowdedKids(published),
    ...endingKeys(published),
    ...replicaCheck(keySet, published),
    ...seedCheck(config, published),
  ];
}

/** One published key, and the authorizer's verdict on it. */
function describeKey(jwk: unknown): Check {
  const verdict = judgeKey(jwk);
  const alg = memberOf(jwk, 'alg');
  const assumed = verdict.usable ? ' (RS256 is assumed)' : '';
  const algorithm = alg === undefined ? `no alg${assumed}` : `alg ${quote(alg)}`;
  const kid = memberOf(jwk, 'kid');
  const name =
    typeof kid === 'string' ? quote(kid) : kid === undefined ? 'without a kid' : `kid is ${describeType(kid)}`;
  if (verdict.usable) return pass('key', `${name}: ${algorithm}, ${verdict.bits} bits, used`);
  const problems = typeof kid === 'string' || kid === undefined ? [] : ['kid is not a string'];
  if (verdict.problem !== 'kid' || problems.length === 0) problems.push(describeKeyProblem(verdict));
  return skip('key', `${name}: ${algorithm}, not used: ${problems.join('; ')}`);
}

/** A member of a JWK itself. */
export const memberOf = (jwk: unknown, name: string): unknown =>
  typeof jwk === 'object' && jwk !== null && Object.hasOwn(jwk, name)
    ? (jwk as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** Kids that more usable keys share than the authorizer tries. */
function crowdedKids(published: readonly unknown[]): readonly Check[] {
  const counts = new Map<string, number>();
  for (const jwk of published) {
    const verdict = judgeKey(jwk);
    if (verdict.usable) counts.set(verdict.key.jwk.kid, (counts.get(verdict.key.jwk.kid) ?? 0) + 1);
  }
  const used = parseKeySet({ keys: published });
  return [...counts].flatMap(([kid, number]) => {
    const tried = used?.get(kid)?.length ?? 0;
    if (tried === number) return [];
    return [
      warn(
        'shared kid',
        `${number} usable keys share the kid ${quote(kid)}; the authorizer tries the first ${tried}, tokens of the others are refused with bad_signature`,
        'Have the provider give each key its own kid.',
      ),
    ];
  });
}

/** Keys whose own members say that they end (OpenID Federation 1.0, 8.7.2): the authorizer does not read these. */
function endingKeys(published: readonly unknown[]): readonly Check[] {
  const nowSeconds = Date.now() / 1000;
  return published.flatMap((jwk) => {
    const date = numericDate(memberOf(jwk, 'exp'), nowSeconds);
    if (date === undefined || !judgeKey(jwk).usable) return [];
    return [
      warn(
        'key ends',
        `${quote(memberOf(jwk, 'kid'))} says exp ${date}. The authorizer uses a key as long as it is published`,
        'Make sure that tokens are signed with another key before this one is withdrawn: then they get unknown_key.',
      ),
    ];
  });
}

/** Two requests at once that bring different keys come from replicas that disagree, as after a rotation. */
function replicaCheck(keySet: KeySet | undefined, published: readonly unknown[]): readonly Check[] {
  const other = parseKeySet({ keys: published });
  if (keySet === undefined || other === undefined) return [];
  const moduli = ([kid, keys]: readonly [string, readonly VerificationKey[]]) =>
    keys.map(({ jwk }) => `${kid} ${jwk.n}`);
  const [ours, theirs] = [keySet, other].map((set) => new Set([...set].flatMap(moduli)));
  const differing = [...(ours ?? []), ...(theirs ?? [])].filter((key) => !(ours?.has(key) && theirs?.has(key)));
  if (differing.length === 0) return [];
  const kids = new Set(differing.map((key) => key.slice(0, key.lastIndexOf(' '))));
  return [
    warn(
      'replicas',
      `two requests at the same time brought different keys: ${[...kids].map(quote).join(', ')} in one answer only`,
      'The provider is changing its keys, or its replicas disagree: run the doctor again in a few minutes.',
    ),
  ];
}

/** Whether the keys configured to start from are still the provider's. */
function seedCheck({ seed }: Config, published: readonly unknown[]): readonly Check[] {
  const current = parseKeySet({ keys: published });
  if (!seed || !current) return [];
  const missing = [...seed.keys()].filter((kid) => !current.has(kid));
  if (missing.length > 0) {
    return [
      warn(
        'AUTHACTION_JWKS',
        `${missing.map(quote).join(', ')} no longer published: tokens of this key are accepted until the authorizer's first refresh, then refused with unknown_key`,
        'Renew AUTHACTION_JWKS and deploy.',
      ),
    ];
  }
  const moduliOf = (set: KeySet, kid: string) => (set.get(kid) ?? []).map(({ jwk }) => jwk.n);
  const replaced = [...seed.keys()].filter((kid) => {
    const now = moduliOf(current, kid);
    return !moduliOf(seed, kid).every((modulus) => now.includes(modulus));
  });
  if (replaced.length === 0) {
    return [pass('AUTHACTION_JWKS', `${count(seed.size, 'key')} to start from, still published`)];
  }
  return [
    warn(
      'AUTHACTION_JWKS',
      `${replaced.map(quote).join(', ')} has been replaced by another key under the same kid. A new container starts with the old one, and refetches at the first token of the new one`,
      'Renew AUTHACTION_JWKS and deploy: tokens of the old key are accepted until then or the first refresh.',
    ),
  ];
}
