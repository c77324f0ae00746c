import { ConfigError, parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { KeyFetchError, readKeySet } from '../../../lambdas/authorizer/keys/fetch';
import { createKeyStore, KeysUnavailableError } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { tokenMemo } from '../../../lambdas/authorizer/token-memo';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, encodePart, goodClaims, SUBJECT, signToken } from '../../../samples/tokens';

const MINUTE = 60_000;
const key = signingKey('key-1');
const nextKey = signingKey('key-2');
const rekeyed = signingKey('key-1');

/** A decision maker that counts the signatures it checks. */
function setUp(env: Record<string, string> = {}) {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, ...env });
  const state = { published: jwks(key) as unknown, fetches: 0, asked: 0, signatures: 0, passed: 0, onFetch: () => {} };
  const startedAt = Date.now();
  const keyStore = createKeyStore({
    fetchKeySet: async () => {
      state.fetches += 1;
      state.onFetch();
      if (state.published instanceof Error) throw state.published;
      return readKeySet(Buffer.from(JSON.stringify(state.published)));
    },
    clock: () => state.passed,
    random: () => 0.5,
    hardAgeMs: config.keysMaxAgeSeconds * 1000,
    observe: () => {},
  });
  const verify = createVerify(config);
  const parts = {
    config,
    keyStore: {
      ...keyStore,
      find: (...args: Parameters<typeof keyStore.find>) => {
        state.asked += 1;
        return keyStore.find(...args);
      },
    },
    verify: (...args: Parameters<typeof verify>) => {
      state.signatures += 1;
      return verify(...args);
    },
    memo: tokenMemo(config.tokenMemoEntries),
    wallClock: () => (startedAt + state.passed) / 1000,
  };
  return {
    state,
    /** `verified`, or the reason. */
    async outcome(token: string) {
      const request = { headers: { Authorization: `Bearer ${token}` }, address: '192.0.2.1' };
      const decision = await decide(parts, request);
      return decision.outcome === 'verified' ? decision.outcome : decision.reason;
    },
    decide: (token: string) => decide(parts, { headers: { Authorization: `Bearer ${token}` }, address: '192.0.2.1' }),
  };
}

const longLived = (claims: Record<string, unknown> = {}) =>
  goodClaims({ exp: Math.floor(Date.now() / 1000) + 86_400, ...claims });

test('the same token again is the same answer without a second look at its signature', async () => {
  const { state, decide } = setUp();
  const token = signToken(key, longLived({ scope: 'read:a', client_id: 'client-1' }));
  const first = await decide(token);
  expect(first).toMatchObject({ outcome: 'verified', kid: 'key-1', principal: { sub: SUBJECT, scopes: ['read:a'] } });
  expect(await decide(token)).toEqual(first);
  expect(state.signatures).toBe(1);
});

test('a token that only ends like a remembered one is another token', async () => {
  const { outcome } = setUp();
  const token = signToken(key, longLived());
  expect(await outcome(token)).toBe('verified');
  const [header, , signature] = token.split('.');
  expect(await outcome(`${header}.${encodePart(longLived({ sub: 'admin' }))}.${signature}`)).toBe('bad_signature');
  // One bit of the signature, ahead of the end it is found by.
  const other = token[token.length - 100] === 'A' ? 'B' : 'A';
  const altered = `${token.slice(0, -100)}${other}${token.slice(-99)}`;
  expect(altered).toHaveLength(token.length);
  expect(await outcome(altered)).toBe('bad_signature');
  expect(await outcome(token)).toBe('verified');
});

test('a refused token is not remembered', async () => {
  const { outcome, state } = setUp();
  const forged = signToken(rekeyed, longLived());
  expect(await outcome(forged)).toBe('bad_signature');
  expect(await outcome(forged)).toBe('bad_signature');
  expect(state.signatures).toBe(2);
});

test('a remembered token ends with its exp', async () => {
  const { outcome, state } = setUp();
  const token = signToken(key, goodClaims({ exp: Math.floor(Date.now() / 1000) + 60 }));
  expect(await outcome(token)).toBe('verified');
  state.passed = 59_000 - 1_000;
  expect(await outcome(token)).toBe('verified');
  state.passed = MINUTE;
  expect(await outcome(token)).toBe('expired');
});

test('a remembered token that has run out asks for no keys', async () => {
  const { outcome, state } = setUp();
  const token = signToken(key, goodClaims({ exp: Math.floor(Date.now() / 1000) + 60 }));
  await outcome(token);
  state.passed = 6 * MINUTE; // the keys are due
  expect(await outcome(token)).toBe('expired');
  expect(state.fetches).toBe(1);
});

test('a remembered token that runs out while keys are asked for is refused', async () => {
  const { outcome, state } = setUp();
  const token = signToken(key, goodClaims({ exp: Math.floor(Date.now() / 1000) + 361 }));
  await outcome(token);
  state.passed = 6 * MINUTE; // the keys are due
  state.published = new KeyFetchError('network', true);
  state.onFetch = () => {
    state.passed += 2_000;
  };
  expect(await outcome(token)).toBe('expired');
});

test('a remembered token ends with its key, since keys are refreshed for it as for any other', async () => {
  const { outcome, state } = setUp();
  const token = signToken(key, longLived());
  expect(await outcome(token)).toBe('verified');
  state.published = jwks(nextKey);
  state.passed = 6 * MINUTE;
  expect(await outcome(token)).toBe('unknown_key');
  expect(state.fetches).toBeGreaterThan(1);
});

test('a remembered token ends when its key id stands for another key', async () => {
  const { outcome, state } = setUp();
  const token = signToken(key, longLived());
  expect(await outcome(token)).toBe('verified');
  state.published = jwks(rekeyed);
  state.passed = 6 * MINUTE;
  expect(await outcome(token)).toBe('bad_signature');
});

test('what is remembered dies with its key set, even when the next one has the same keys', async () => {
  const { outcome, state } = setUp();
  const token = signToken(key, longLived());
  await outcome(token);
  state.passed = 6 * MINUTE;
  expect(await outcome(token)).toBe('verified');
  expect(state).toMatchObject({ fetches: 2, signatures: 2 });
  expect(await outcome(token)).toBe('verified');
  expect(state.signatures).toBe(2);
});

test('a remembered token is as undecidable as any other once the keys are too old', async () => {
  const { outcome, state } = setUp({ AUTHACTION_KEYS_MAX_AGE_SECONDS: '300' });
  const token = signToken(key, longLived());
  expect(await outcome(token)).toBe('verified');
  state.published = new KeyFetchError('network', true);
  state.passed = 301_000;
  await expect(outcome(token)).rejects.toBeInstanceOf(KeysUnavailableError);
});

test('remembers as many tokens as the settings say, the youngest', async () => {
  const { outcome, state } = setUp({ AUTHACTION_TOKEN_MEMO_ENTRIES: '2' });
  const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((jti) => signToken(key, longLived({ jti })));
  for (const token of [a, b, c]) await outcome(token);
  expect(state.signatures).toBe(3);
  for (const token of [b, c]) await outcome(token);
  expect(state.signatures).toBe(3);
  await outcome(a);
  expect(state.signatures).toBe(4);
});

test('can be switched off', async () => {
  const { outcome, state } = setUp({ AUTHACTION_TOKEN_MEMO_ENTRIES: '0' });
  const token = signToken(key, longLived());
  await outcome(token);
  expect(await outcome(token)).toBe('verified');
  expect(state.signatures).toBe(2);
});

test.each(['-1', '1001', 'all'])('cannot be set to %s entries', (entries) => {
  expect(() => setUp({ AUTHACTION_TOKEN_MEMO_ENTRIES: entries })).toThrow(ConfigError);
});

test('a remembered token whose key is gone asks for its keys once', async () => {
  const { state, outcome } = setUp();
  const token = signToken(key, longLived());
  expect(await outcome(token)).toBe('verified');
  state.published = jwks(nextKey);
  state.passed += 10 * MINUTE;
  state.asked = 0;
  expect(await outcome(token)).toBe('unknown_key');
  expect(state.asked).toBe(1);
});
