import { parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { KeyFetchError, readKeySet } from '../../../lambdas/authorizer/keys/fetch';
import { createKeyStore, KeysUnavailableError, SOFT_AGE_MS } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, type SigningKey, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, nowSeconds, SUBJECT, signToken } from '../../../samples/tokens';

const key = signingKey('key-1');
const nextKey = signingKey('key-2');
const rekeyed = signingKey('key-1');
/** Published beside another key of the same kid. */
const twin = signingKey('key-1');

/** A decision maker whose provider, clocks and network are the test's. */
function setUp(published: unknown = jwks(key), env: Record<string, string> = {}) {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, ...env });
  const state = { published, fetches: 0, monotonic: 0, wall: Date.now(), onFetch: () => {} };
  const keyStore = createKeyStore({
    fetchKeySet: async () => {
      state.fetches += 1;
      state.onFetch();
      if (state.published instanceof Error) throw state.published;
      return readKeySet(Buffer.from(JSON.stringify(state.published)));
    },
    clock: guardedClock(
      () => state.monotonic,
      () => state.wall,
    ),
    random: () => 0.5,
    hardAgeMs: config.keysMaxAgeSeconds * 1000,
    observe: () => {},
  });
  const parts = { config, keyStore, verify: createVerify(config), wallClock: () => state.wall / 1000 };
  const request = (authorization: string) => ({ headers: { Authorization: authorization }, address: '192.0.2.1' });
  return {
    state,
    pass: (milliseconds: number) => {
      state.monotonic += milliseconds;
      state.wall += milliseconds;
    },
    decide: (token: string) => decide(parts, request(`Bearer ${token}`)),
    /** Decides on a good token of this key: `verified`, or the reason. */
    async outcome(signer: SigningKey) {
      const claims = goodClaims({ exp: Math.floor(state.wall / 1000) + 3600 });
      const decision = await decide(parts, request(`Bearer ${signToken(signer, claims)}`));
      return decision.outcome === 'verified' ? 'verified' : decision.reason;
    },
  };
}

describe('what is decided', () => {
  test('a good token yields its principal and the key it was signed with', async () => {
    const exp = nowSeconds() + 60;
    const claims = goodClaims({ exp, scope: 'read:a write:b read:a', client_id: 'client-1' });
    expect(await setUp().decide(signToken(key, claims))).toEqual({
      outcome: 'verified',
      kid: 'key-1',
      principal: { sub: SUBJECT, scopes: ['read:a', 'write:b'], expiresAt: exp, clientId: 'client-1' },
    });
  });

  test('scopes come from the claim the settings name', async () => {
    const { decide } = setUp(jwks(key), { AUTHACTION_SCOPE_CLAIM: 'permissions' });
    const decision = await decide(signToken(key, goodClaims({ scope: 'x', permissions: ['read:a'] })));
    expect(decision).toMatchObject({ principal: { scopes: ['read:a'] } });
  });

  test.each([
    ['client_id', { client_id: 'a' }, 'a'],
    ['azp where there is no client_id', { azp: 'b' }, 'b'],
    ['client_id rather than azp', { client_id: 'a', azp: 'b' }, 'a'],
    ['nothing where there is neither', {}, undefined],
    ['nothing where it is no text', { client_id: 7 }, undefined],
    ['nothing where it cannot be printed', { client_id: 'a\n' }, undefined],
    ['nothing where client_id is odd, whatever azp says', { client_id: null, azp: 'b' }, undefined],
  ])('the client is %s', async (_title, claims, clientId) => {
    const decision = await setUp().decide(signToken(key, goodClaims(claims)));
    expect(decision.outcome === 'verified' && 'clientId' in decision.principal).toBe(clientId !== undefined);
    expect(decision).toMatchObject({ principal: clientId === undefined ? {} : { clientId } });
  });

  test('the client is read from own members only', async () => {
    const text = JSON.stringify(goodClaims()).replace('{', '{"__proto__":{"client_id":"a"},');
    const decision = await setUp().decide(signToken(key, text));
    expect(decision.outcome === 'verified' && decision.principal.clientId).toBeUndefined();
  });

  test('a refusal names the kid once the header is sound, and not before', async () => {
    const { decide } = setUp();
    const unsound = await decide(signToken(key, goodClaims(), { crit: [] }));
    expect(unsound).toStrictEqual({ outcome: 'refused', reason: 'unsupported_header' });
    const sound = await decide(signToken(key, goodClaims({ exp: 1 })));
    expect(sound).toEqual({ outcome: 'refused', reason: 'expired', kid: 'key-1' });
  });

  test('each of two keys that share a kid is tried', async () => {
    const { outcome } = setUp(jwks(key, twin));
    expect(await outcome(key)).toBe('verified');
    expect(await outcome(twin)).toBe('verified');
    expect(await outcome(rekeyed)).toBe('bad_signature');
  });

  test('the required token type is a setting', async () => {
    const { decide } = setUp(jwks(key), { AUTHACTION_TOKEN_TYPE: 'at+jwt' });
    expect(await decide(signToken(key))).toMatchObject({ reason: 'wrong_type' });
    expect(await decide(signToken(key, goodClaims(), { typ: 'at+jwt' }))).toMatchObject({ outcome: 'verified' });
  });
});

describe('what is asked of the provider', () => {
  test('nothing by a warm authorizer', async () => {
    const { outcome, state } = setUp();
    for (let calls = 0; calls < 10; calls += 1) expect(await outcome(key)).toBe('verified');
    expect(state.fetches).toBe(1);
  });

  test('an outage is an exception, never a refusal', async () => {
    const { decide } = setUp(new KeyFetchError('network', true));
    await expect(decide(signToken(key))).rejects.toBeInstanceOf(KeysUnavailableError);
  });

  test.each([
    ['a token that runs out', key, 'expired'],
    ['a forged token that runs out', rekeyed, 'bad_signature'],
  ])('%s in the very moment the keys have arrived is refused', async (_title, signer, reason) => {
    const { decide, state, pass } = setUp();
    state.wall = nowSeconds() * 1_000;
    state.onFetch = () => pass(2_000);
    const token = signToken(signer, goodClaims({ exp: state.wall / 1_000 + 2 }));
    expect(await decide(token)).toMatchObject({ outcome: 'refused', reason });
  });
});

describe('rotation', () => {
  test('with an overlap both keys are good', async () => {
    const { outcome, state, pass } = setUp();
    expect(await outcome(key)).toBe('verified');
    state.published = jwks(key, nextKey);
    pass(1);
    expect(await outcome(nextKey)).toBe('verified');
    expect(await outcome(key)).toBe('verified');
    expect(state.fetches).toBe(2);
  });

  test('at once: the new key is good from its first token on, the old one no longer', async () => {
    const { outcome, state, pass } = setUp();
    expect(await outcome(key)).toBe('verified');
    state.published = jwks(nextKey);
    pass(1);
    expect(await outcome(nextKey)).toBe('verified');
    pass(1);
    expect(await outcome(key)).toBe('unknown_key');
  });

  test('under the same kid: within the soft age the new key is good and the old one is not', async () => {
    const { outcome, state, pass } = setUp();
    expect(await outcome(key)).toBe('verified');
    state.published = jwks(rekeyed);
    pass(SOFT_AGE_MS + 1);
    expect(await outcome(rekeyed)).toBe('verified');
    expect(await outcome(key)).toBe('bad_signature');
  });

  test('a withdrawn key is refused within the soft age', async () => {
    const { outcome, state, pass } = setUp(jwks(key, nextKey));
    expect(await outcome(key)).toBe('verified');
    state.published = jwks(nextKey);
    pass(SOFT_AGE_MS + 1);
    expect(await outcome(key)).toBe('unknown_key');
  });

  test('after a flood of junk kids from the same address delays its new key by ten seconds at most', async () => {
    const { outcome, decide, state, pass } = setUp();
    expect(await outcome(key)).toBe('verified');
    for (let junk = 0; junk < 30; junk += 1) {
      pass(1);
      expect(await decide(signToken(key, goodClaims(), { kid: `junk-${junk}` }))).toMatchObject({
        reason: 'unknown_key',
      });
    }
    expect(state.fetches).toBeLessThanOrEqual(4);
    state.published = jwks(nextKey);
    pass(10_000);
    expect(await outcome(nextKey)).toBe('verified');
  });
});

describe('clocks', () => {
  test.each([
    ['a day ahead', 86_400_000],
    ['ten minutes back', -600_000],
  ])('a wall clock that steps %s locks nobody out', async (_title, step) => {
    const { outcome, state } = setUp();
    expect(await outcome(key)).toBe('verified');
    state.wall += step;
    expect(await outcome(key)).toBe('verified');
    expect(state.fetches).toBeLessThanOrEqual(2);
  });

  test('keys grow old in a container whose clock stands still between calls', async () => {
    const { decide, state, pass } = setUp(jwks(key, nextKey));
    const token = signToken(key, goodClaims({ exp: nowSeconds() + 86_400 }));
    expect(await decide(token)).toMatchObject({ outcome: 'verified' });
    state.published = jwks(nextKey);
    const calls = Math.ceil((1.1 * SOFT_AGE_MS) / 902);
    for (let call = 0; call < calls; call += 1) {
      await decide(token);
      pass(2);
      state.wall += 900; // frozen
    }
    expect(await decide(token)).toMatchObject({ outcome: 'refused', reason: 'unknown_key' });
  });
});
