import { parseConfig } from '../../../lambdas/authorizer/config';
import { type DecisionParts, decide } from '../../../lambdas/authorizer/decide';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { KeyFetchError, readKeySet } from '../../../lambdas/authorizer/keys/fetch';
import { createKeyStore, SOFT_AGE_MS } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import type { Access, Route } from '../../../lambdas/shared/route-table';
import { jwks, type SigningKey, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, nowSeconds, SUBJECT, signToken } from '../../../samples/tokens';

const key = signingKey('key-1');
const nextKey = signingKey('key-2');
const rekeyed = signingKey('key-1');
/** Published beside another key of the same kid. */
const twin = signingKey('key-1');

/** A decision maker whose provider, clocks and network are the test's. */
function setUp(
  published: unknown = jwks(key),
  env: Record<string, string> = {},
  access?: Access,
  other: Partial<DecisionParts> = {},
) {
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
  const parts = { config, keyStore, verify: createVerify(config), nowSeconds: () => state.wall / 1000, ...other };
  const route: Route | undefined = access && { method: 'GET', path: '/a', handler: 'any', access };
  const request = (authorization: string) => ({
    headers: { Authorization: authorization },
    sourceIp: '192.0.2.1',
    route,
  });
  return {
    state,
    pass: (milliseconds: number) => {
      state.monotonic += milliseconds;
      state.wall += milliseconds;
    },
    decide: (token: string) => decide(parts, request(`Bearer ${token}`)),
    /** Decides on a good token of this key: `allow`, or the reason. */
    async outcome(signer: SigningKey) {
      const claims = goodClaims({ exp: Math.floor(state.wall / 1000) + 3600 });
      const decision = await decide(parts, request(`Bearer ${signToken(signer, claims)}`));
      return decision.outcome === 'allow' ? 'allow' : decision.reason;
    },
  };
}

describe('decide()', () => {
  test('allows a valid token and returns its principal and the kid it was signed with', async () => {
    const exp = nowSeconds() + 60;
    const claims = goodClaims({ exp, scope: 'read:a write:b read:a', client_id: 'client-1' });
    expect(await setUp().decide(signToken(key, claims))).toEqual({
      outcome: 'allow',
      kid: 'key-1',
      principal: { sub: SUBJECT, scopes: ['read:a', 'write:b'], expiresAtSeconds: exp, clientId: 'client-1' },
    });
  });

  test('reads the scopes from the claim that AUTHACTION_SCOPE_CLAIM names', async () => {
    const { decide } = setUp(jwks(key), { AUTHACTION_SCOPE_CLAIM: 'permissions' });
    const decision = await decide(signToken(key, goodClaims({ scope: 'x', permissions: ['read:a'] })));
    expect(decision).toMatchObject({ principal: { scopes: ['read:a'] } });
  });

  test('returns the kid with a refusal only once the header is valid', async () => {
    const { decide } = setUp();
    const invalid = await decide(signToken(key, goodClaims(), { crit: [] }));
    expect(invalid).toEqual({ outcome: 'refuse', reason: 'unsupported_header' });
    const expired = await decide(signToken(key, goodClaims({ exp: 1 })));
    expect(expired).toEqual({ outcome: 'refuse', reason: 'expired', kid: 'key-1' });
  });

  test('tries each of two keys that share a kid', async () => {
    const { outcome } = setUp(jwks(key, twin));
    expect(await outcome(key)).toBe('allow');
    expect(await outcome(twin)).toBe('allow');
    expect(await outcome(rekeyed)).toBe('bad_signature');
  });

  test('requires the token type that AUTHACTION_TOKEN_TYPE names', async () => {
    const { decide } = setUp(jwks(key), { AUTHACTION_TOKEN_TYPE: 'at+jwt' });
    expect(await decide(signToken(key))).toMatchObject({ reason: 'wrong_type' });
    expect(await decide(signToken(key, goodClaims(), { typ: 'at+jwt' }))).toMatchObject({ outcome: 'allow' });
  });

  const principal = { sub: SUBJECT, scopes: ['read:a'], expiresAtSeconds: 4102444800, clientId: 'client-1' };
  const scoped = () => signToken(key, goodClaims({ exp: 4102444800, scope: 'read:a', client_id: 'client-1' }));

  test.each<[Access | undefined, string]>([
    [undefined, 'allow'],
    ['public', 'allow'],
    ['token', 'allow'],
    [{ scopes: ['read:a'] }, 'allow'],
    [{ scopes: ['read:a', 'write:a'] }, 'forbid'],
  ])('for a route with access %j and a token with read:a, the outcome is %s', async (access, outcome) => {
    const reason = outcome === 'forbid' ? { reason: 'insufficient_scope' } : {};
    const decision = await setUp(jwks(key), {}, access).decide(scoped());
    expect(decision).toEqual({ outcome, ...reason, kid: 'key-1', principal });
  });

  test.each<[string, string, string]>([
    ['its client id', 'client-1', 'allow'],
    ['its subject', SUBJECT, 'allow'],
    ['neither', 'other', 'forbid'],
  ])('with AUTHACTION_ALLOWED_CLIENTS that list %s (%s), the outcome is %s', async (_title, clients, outcome) => {
    const reason = outcome === 'forbid' ? { reason: 'client_not_allowed' } : {};
    const decision = await setUp(jwks(key), { AUTHACTION_ALLOWED_CLIENTS: clients }).decide(scoped());
    expect(decision).toEqual({ outcome, ...reason, kid: 'key-1', principal });
  });

  test('reports client_not_allowed rather than insufficient_scope when both apply', async () => {
    const { decide } = setUp(jwks(key), { AUTHACTION_ALLOWED_CLIENTS: 'other' }, { scopes: ['write:a'] });
    expect(await decide(scoped())).toMatchObject({ outcome: 'forbid', reason: 'client_not_allowed' });
  });

  test('fails with internal_error and the error itself when verify throws, and does not reject', async () => {
    const error = new TypeError('broken');
    const verify = () => {
      throw error;
    };
    const decision = await setUp(jwks(key), {}, undefined, { verify }).decide(signToken(key));
    expect(decision).toEqual({ outcome: 'fail', reason: 'internal_error', error });
    expect('error' in decision && decision.error).toBe(error);
  });

  test('fails with internal_error when the key store rejects with an unknown error', async () => {
    const keyStore = {
      find: () => Promise.reject('not an Error'),
      findNewer: () => Promise.resolve([]),
      fill: () => Promise.resolve(),
    };
    const decision = await setUp(jwks(key), {}, undefined, { keyStore }).decide(signToken(key));
    expect(decision).toEqual({ outcome: 'fail', reason: 'internal_error', error: 'not an Error' });
  });
});

describe('requests to the provider', () => {
  test('are not made by warm calls', async () => {
    const { outcome, state } = setUp();
    for (let calls = 0; calls < 10; calls += 1) expect(await outcome(key)).toBe('allow');
    expect(state.fetches).toBe(1);
  });

  test('that fail make the outcome fail with keys_unavailable, never refuse', async () => {
    const { decide } = setUp(new KeyFetchError('network', true));
    expect(await decide(signToken(key))).toEqual({ outcome: 'fail', reason: 'keys_unavailable' });
  });

  test.each([
    ['a token that expires', key, 'expired'],
    ['a forged token that expires', rekeyed, 'bad_signature'],
  ])('that last until the exp of %s leave it refused', async (_title, signer, reason) => {
    const { decide, state, pass } = setUp();
    state.wall = nowSeconds() * 1_000;
    state.onFetch = () => pass(2_000);
    const token = signToken(signer, goodClaims({ exp: state.wall / 1_000 + 2 }));
    expect(await decide(token)).toMatchObject({ outcome: 'refuse', reason });
  });
});

describe('rotation', () => {
  test('with an overlap accepts both keys', async () => {
    const { outcome, state, pass } = setUp();
    expect(await outcome(key)).toBe('allow');
    state.published = jwks(key, nextKey);
    pass(1);
    expect(await outcome(nextKey)).toBe('allow');
    expect(await outcome(key)).toBe('allow');
    expect(state.fetches).toBe(2);
  });

  test('without an overlap accepts the new key from its first token on, and the old key no longer', async () => {
    const { outcome, state, pass } = setUp();
    expect(await outcome(key)).toBe('allow');
    state.published = jwks(nextKey);
    pass(1);
    expect(await outcome(nextKey)).toBe('allow');
    pass(1);
    expect(await outcome(key)).toBe('unknown_key');
  });

  test('under the same kid accepts the new key and refuses the old one within the soft age', async () => {
    const { outcome, state, pass } = setUp();
    expect(await outcome(key)).toBe('allow');
    state.published = jwks(rekeyed);
    pass(SOFT_AGE_MS + 1);
    expect(await outcome(rekeyed)).toBe('allow');
    expect(await outcome(key)).toBe('bad_signature');
  });

  test('refuses a withdrawn key within the soft age', async () => {
    const { outcome, state, pass } = setUp(jwks(key, nextKey));
    expect(await outcome(key)).toBe('allow');
    state.published = jwks(nextKey);
    pass(SOFT_AGE_MS + 1);
    expect(await outcome(key)).toBe('unknown_key');
  });

  test('accepts a new key ten seconds after a flood of unknown kids from the same address at the latest', async () => {
    const { outcome, decide, state, pass } = setUp();
    expect(await outcome(key)).toBe('allow');
    for (let index = 0; index < 30; index += 1) {
      pass(1);
      expect(await decide(signToken(key, goodClaims(), { kid: `unknown-${index}` }))).toMatchObject({
        reason: 'unknown_key',
      });
    }
    expect(state.fetches).toBeLessThanOrEqual(4);
    state.published = jwks(nextKey);
    pass(10_000);
    expect(await outcome(nextKey)).toBe('allow');
  });
});

describe('clocks', () => {
  test.each([
    ['a day ahead', 86_400_000],
    ['ten minutes back', -600_000],
  ])('a wall clock that steps %s refuses no valid token', async (_title, step) => {
    const { outcome, state } = setUp();
    expect(await outcome(key)).toBe('allow');
    state.wall += step;
    expect(await outcome(key)).toBe('allow');
    expect(state.fetches).toBeLessThanOrEqual(2);
  });

  test('keys reach their soft age in a container whose monotonic clock stops between calls', async () => {
    const { decide, state, pass } = setUp(jwks(key, nextKey));
    const token = signToken(key, goodClaims({ exp: nowSeconds() + 86_400 }));
    expect(await decide(token)).toMatchObject({ outcome: 'allow' });
    state.published = jwks(nextKey);
    const calls = Math.ceil((1.1 * SOFT_AGE_MS) / 902);
    for (let call = 0; call < calls; call += 1) {
      await decide(token);
      pass(2);
      state.wall += 900; // frozen
    }
    expect(await decide(token)).toMatchObject({ outcome: 'refuse', reason: 'unknown_key' });
  });
});

describe('a revoked token', () => {
  const env = (revoked: string) => ({ AUTHACTION_REVOKED: revoked });

  test.each(['sub:client-1@clients', 'kid:key-1', 'jti:one', 'client:app'])(
    'is refused by the entry %s',
    async (entry) => {
      const token = signToken(key, goodClaims({ jti: 'one', client_id: 'app' }));
      expect(await setUp(jwks(key), env(entry)).decide(token)).toEqual({
        outcome: 'refuse',
        reason: 'revoked',
        kid: 'key-1',
      });
    },
  );

  test('is refused only if it was issued before the time of the entry', async () => {
    const iat = nowSeconds() - 100;
    const issuedBefore = (seconds: number) => `sub:client-1@clients<${new Date(seconds * 1000).toISOString()}`;
    const token = signToken(key, goodClaims({ iat }));
    expect((await setUp(jwks(key), env(issuedBefore(iat + 1))).decide(token)).outcome).toBe('refuse');
    expect((await setUp(jwks(key), env(issuedBefore(iat))).decide(token)).outcome).toBe('allow');
  });

  test('is not told apart before its signature holds', async () => {
    const token = signToken(signingKey('key-1'), goodClaims());
    expect(await setUp(jwks(key), env('sub:client-1@clients')).decide(token)).toMatchObject({
      reason: 'bad_signature',
    });
  });
});
