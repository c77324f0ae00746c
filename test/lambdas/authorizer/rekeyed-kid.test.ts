import { parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { KeyFetchError, readKeySet } from '../../../lambdas/authorizer/keys/fetch';
import { createKeyStore, SOFT_AGE_MS } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, type SigningKey, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, signToken } from '../../../samples/tokens';

const oldKey = signingKey('key-1');
const newKey = signingKey('key-1');
const nextKey = signingKey('key-2');

/** Decisions against a provider whose replicas publish what the test tells them to, and answer in turn. */
function setUp() {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE });
  const provider = { replicas: [jwks(oldKey)] as readonly unknown[], fetches: 0 };
  let verifications = 0;
  let now = 0;
  const keyStore = createKeyStore({
    async fetchKeySet() {
      provider.fetches += 1;
      const published = provider.replicas[provider.fetches % provider.replicas.length];
      if (published instanceof Error) throw published;
      return readKeySet(Buffer.from(JSON.stringify(published)));
    },
    clock: () => now++,
    random: () => 0.5,
    hardAgeMs: config.keysMaxAgeSeconds * 1000,
    observe: () => {},
  });
  const verify = createVerify(config);
  const parts = {
    config,
    keyStore,
    verify(...parameters: Parameters<typeof verify>) {
      verifications += 1;
      return verify(...parameters);
    },
    nowSeconds: () => Date.now() / 1000,
  };
  return {
    provider,
    verifications: () => verifications,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    async outcome(signer: SigningKey, sourceIp = '192.0.2.1') {
      const headers = { Authorization: `Bearer ${signToken(signer)}` };
      const decision = await decide(parts, { headers, sourceIp, route: undefined });
      return decision.outcome === 'allow' ? 'allow' : decision.reason;
    },
  };
}

test('a new key under an old kid is good at once, and tokens of the old key are refused', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  provider.replicas = [jwks(newKey)];
  expect(await outcome(newKey)).toBe('allow');
  expect(provider.fetches).toBe(2);
  expect(await outcome(newKey)).toBe('allow');
  expect(provider.fetches).toBe(2);
  expect(await outcome(oldKey)).toBe('bad_signature');
});

test('a new key beside the old one under the same kid is good at once', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  provider.replicas = [jwks(oldKey, newKey)];
  expect(await outcome(newKey)).toBe('allow');
  expect(await outcome(oldKey)).toBe('allow');
});

test('forged signatures from one network cost one refetch', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  for (let calls = 0; calls < 30; calls += 1) expect(await outcome(newKey)).toBe('bad_signature');
  expect(provider.fetches).toBe(2);
});

test('a forged signature is verified once when no refetch is granted', async () => {
  const { verifications, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  await outcome(newKey);
  const before = verifications();
  await outcome(newKey);
  expect(verifications() - before).toBe(1);
});

test('a bad signature under keys that the call itself has fetched causes no refetch', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(newKey)).toBe('bad_signature');
  expect(provider.fetches).toBe(1);
});

test.each([
  ['during an outage', new KeyFetchError('status', false)],
  ['when the answer is an empty set', { keys: [] }],
])('a bad signature under a known kid is a refusal, not an outage, %s', async (_title, published) => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  provider.replicas = [published];
  expect(await outcome(newKey)).toBe('bad_signature');
  expect(await outcome(oldKey)).toBe('allow');
});

test('a bad signature under a kid that is not published any more is an unknown key', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  provider.replicas = [jwks(nextKey)];
  expect(await outcome(newKey)).toBe('unknown_key');
});

test('a forged signature does not delay a caller of the same address who has a freshly rotated key', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  expect(await outcome(signingKey('key-1'))).toBe('bad_signature');
  provider.replicas = [jwks(oldKey, nextKey)];
  expect(await outcome(nextKey)).toBe('allow');
});

test('an unknown kid does not delay a caller of the same address whose key was replaced under its kid', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  expect(await outcome(nextKey)).toBe('unknown_key');
  provider.replicas = [jwks(newKey)];
  expect(await outcome(newKey)).toBe('allow');
});

describe('replicas that disagree', () => {
  test.each([
    ['a key is replaced under its kid, one of two is stale', newKey, [oldKey, newKey]],
    ['a key is rotated, one of two is stale', nextKey, [oldKey, nextKey]],
    ['a key is replaced under its kid, one of three is stale', newKey, [newKey, oldKey, newKey]],
    ['a key is rotated, one of three is stale', nextKey, [nextKey, oldKey, nextKey]],
  ])('refuse none of 90 calls in half an hour under the new key: %s', async (_title, signer, published) => {
    for (let first = 0; first < published.length; first += 1) {
      const { provider, outcome, pass } = setUp();
      expect(await outcome(oldKey)).toBe('allow');
      provider.replicas = [jwks(signer)];
      expect(await outcome(signer)).toBe('allow');
      provider.replicas = [...published.slice(first), ...published.slice(0, first)].map((key) => jwks(key));
      for (let calls = 0; calls < 90; calls += 1) {
        pass(20_000);
        expect(await outcome(signer)).toBe('allow');
      }
      expect(provider.fetches).toBeLessThanOrEqual(2 + 14); // two for each of seven refreshes at most
    }
  });

  test('let forged signatures cause one fetch after a refresh that replaced the key', async () => {
    const { provider, outcome, pass } = setUp();
    expect(await outcome(oldKey)).toBe('allow');
    const forger = signingKey('key-1');
    expect(await outcome(forger)).toBe('bad_signature');
    expect(provider.fetches).toBe(2);
    pass(1.2 * SOFT_AGE_MS);
    provider.replicas = [jwks(newKey)];
    for (let calls = 0; calls < 30; calls += 1) expect(await outcome(forger)).toBe('bad_signature');
    expect(provider.fetches).toBeLessThanOrEqual(5); // the refresh, once more, and the repeat of a network on record
  });
});
