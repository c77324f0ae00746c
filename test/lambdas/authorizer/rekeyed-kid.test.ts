import { parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { KeyFetchError, readKeySet } from '../../../lambdas/authorizer/keys/fetch';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, type SigningKey, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, signToken } from '../../../samples/tokens';

const oldKey = signingKey('key-1');
const newKey = signingKey('key-1');
const nextKey = signingKey('key-2');

/** Decisions against a provider that publishes what the test tells it to. */
function setUp(published: unknown = jwks(oldKey)) {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE });
  const provider = { published, fetches: 0 };
  let verifications = 0;
  let now = 0;
  const keyStore = createKeyStore({
    async fetchKeySet() {
      provider.fetches += 1;
      if (provider.published instanceof Error) throw provider.published;
      return readKeySet(Buffer.from(JSON.stringify(provider.published)));
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
  provider.published = jwks(newKey);
  expect(await outcome(newKey)).toBe('allow');
  expect(provider.fetches).toBe(2);
  expect(await outcome(newKey)).toBe('allow');
  expect(provider.fetches).toBe(2);
  expect(await outcome(oldKey)).toBe('bad_signature');
});

test('a new key beside the old one under the same kid is good at once', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  provider.published = jwks(oldKey, newKey);
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
  provider.published = published;
  expect(await outcome(newKey)).toBe('bad_signature');
  expect(await outcome(oldKey)).toBe('allow');
});

test('a bad signature under a kid that is not published any more is an unknown key', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  provider.published = jwks(nextKey);
  expect(await outcome(newKey)).toBe('unknown_key');
});

test('a forged signature does not delay a caller of the same address who has a freshly rotated key', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  expect(await outcome(signingKey('key-1'))).toBe('bad_signature');
  provider.published = jwks(oldKey, nextKey);
  expect(await outcome(nextKey)).toBe('allow');
});

test('an unknown kid does not delay a caller of the same address whose key was replaced under its kid', async () => {
  const { provider, outcome } = setUp();
  expect(await outcome(oldKey)).toBe('allow');
  expect(await outcome(nextKey)).toBe('unknown_key');
  provider.published = jwks(newKey);
  expect(await outcome(newKey)).toBe('allow');
});
