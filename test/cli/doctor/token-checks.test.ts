import fc from 'fast-check';
import { type TokenExaminer, tokenChecks } from '../../../cli/doctor/token-checks';
import { verdictSection, verdicts } from '../../../cli/doctor/verdict';
import type { Config } from '../../../lambdas/authorizer/config';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { KeyFetchError } from '../../../lambdas/authorizer/keys/fetch';
import { type KeySet, parseKeySet } from '../../../lambdas/authorizer/keys/key-set';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, ISSUER, nowSeconds, signToken } from '../../../samples/tokens';
import { acceptances, document, keyedRefusals, keylessRefusals, type MakeEvent, REVOKED } from '../../support/refusals';
import { sampleRoutes } from '../../support/sample-routes';

const key = signingKey('key-1');
const otherKey = signingKey('key-1');
const keySet = parseKeySet(jwks(key)) as KeySet;
const settings = { AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE };

function examiner(
  config: Config = parseConfig(settings),
  fetchKeySet: () => Promise<KeySet> = async () => keySet,
): TokenExaminer {
  const keyStore = createKeyStore({
    fetchKeySet,
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: 3_600_000,
    observe: () => {},
  });
  return {
    config,
    keyStore,
    verify: createVerify(config),
    nowSeconds: () => Date.now() / 1000,
    published: jwks(key).keys,
  };
}

const noKeys = () => Promise.reject(new KeyFetchError('status', false));

/** What the authorizer says, and what the doctor's first failing check says. */
async function bothReasons(token: string, parts = examiner()) {
  const checks = await tokenChecks(token, parts);
  const [verdict] = await verdicts(token, sampleRoutes, parts);
  const authorizer = verdict && 'reason' in verdict.decision ? verdict.decision.reason : undefined;
  return { doctor: checks.find(({ status }) => status === 'fail')?.reason, authorizer };
}

const now = nowSeconds();
const refusals: readonly (readonly [string, string])[] = [
  ['malformed_authorization', 'not a token'],
  ['multiple_credentials', 'one,two'],
  ['token_too_large', 'a'.repeat(16_385)],
  ['malformed_token', 'opaque'],
  ['malformed_token', 'a.b.c.d.e'],
  ['unsupported_algorithm', signToken(key, goodClaims(), { alg: 'HS256' })],
  ['unsupported_header', signToken(key, goodClaims(), { crit: [] })],
  ['unsupported_header', signToken(key, goodClaims(), { b64: false })],
  ['wrong_type', signToken(key, goodClaims(), { typ: 'dpop+jwt' })],
  ['missing_kid', signToken(key, goodClaims(), { kid: 7 })],
  ['wrong_issuer', signToken(key, goodClaims({ iss: 'https://elsewhere.example' }))],
  ['wrong_audience', signToken(key, goodClaims({ aud: ['https://elsewhere.example'] }))],
  ['invalid_claim', signToken(key, goodClaims({ exp: undefined }))],
  ['expired', signToken(key, goodClaims({ exp: now - 5 }))],
  ['not_yet_valid', signToken(key, goodClaims({ nbf: now + 3600 }))],
  ['invalid_claim', signToken(key, goodClaims({ iat: 'now' }))],
  ['invalid_claim', signToken(key, goodClaims({ sub: '' }))],
  ['invalid_claim', signToken(key, goodClaims({ scope: ['a'] }))],
  ['invalid_claim', signToken(key, goodClaims({ jti: 1 }))],
  ['unknown_key', signToken(signingKey('key-2'), goodClaims())],
  ['bad_signature', signToken(otherKey, goodClaims())],
];

describe('the checks of a token', () => {
  test('all pass for a good token', async () => {
    const checks = await tokenChecks(signToken(key), examiner());
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual(
      [
        'bearer',
        'form',
        'alg',
        'extensions',
        'typ',
        'kid',
        'iss',
        'aud',
        'exp',
        'nbf',
        'iat',
        'sub',
        'scope',
        'jti',
        'key',
        'signature',
      ].map((name) => `${name} pass`),
    );
    expect(checks.some(({ notReached }) => notReached)).toBe(false);
  });

  test.each(refusals)('name %s first, as the authorizer does (%#)', async (reason, token) => {
    expect(await bothReasons(token)).toEqual({ doctor: reason, authorizer: reason });
  });

  /** The tokens of the authorizer's own tests, as far as they come in a header that the doctor would make. */
  const table = (events: readonly { readonly title: string; readonly event: MakeEvent }[]) =>
    events.flatMap(({ title, event }) => {
      const { headers, multiValueHeaders } = (event(ISSUER) ?? {}) as {
        headers?: Readonly<Record<string, unknown>> | null;
        multiValueHeaders?: Readonly<Record<string, unknown>> | null;
      };
      const value = headers?.Authorization;
      const isPlain = JSON.stringify(multiValueHeaders?.Authorization) === JSON.stringify([value]);
      return isPlain && typeof value === 'string' && value.startsWith('Bearer ')
        ? [[title, value.slice(7).trimStart()]]
        : [];
    });
  const published = parseKeySet(document) as KeySet;
  const parts = () => examiner(parseConfig({ ...settings, AUTHACTION_REVOKED: REVOKED }), async () => published);

  test.each(table([...keylessRefusals, ...keyedRefusals]))('agree with the authorizer on %s', async (_title, token) => {
    const { doctor, authorizer } = await bothReasons(token, parts());
    expect(doctor).toBe(authorizer);
    expect(authorizer).toBeDefined();
  });

  test.each(table(acceptances))('find nothing wrong with %s', async (_title, token) => {
    expect(await bothReasons(token, parts())).toEqual({ doctor: undefined, authorizer: undefined });
  });

  test('say keys_unavailable when the keys are unavailable', async () => {
    const parts = examiner(parseConfig(settings), noKeys);
    expect(await bothReasons(signToken(key), parts)).toEqual({
      doctor: 'keys_unavailable',
      authorizer: 'keys_unavailable',
    });
  });

  test('agree with the authorizer on claims for handlers that are too large, or absent', async () => {
    const parts = () => examiner(parseConfig({ ...settings, AUTHACTION_CONTEXT_CLAIMS: 'org_id' }));
    const large = signToken(key, goodClaims({ org_id: 'x'.repeat(3000) }));
    expect(await bothReasons(large, parts())).toEqual({ doctor: 'invalid_claim', authorizer: 'invalid_claim' });
    expect(await bothReasons(signToken(key), parts())).toEqual({ doctor: undefined, authorizer: undefined });
    const checks = await tokenChecks(signToken(key), parts());
    expect(checks).toContainEqual(expect.objectContaining({ name: 'context claims', status: 'warn' }));
  });

  test('agree with the authorizer on any mixture of faults', async () => {
    const parts = examiner();
    const odd = fc.constantFrom(undefined, null, '', 'x', 7, [], {}, true);
    const header = fc.record(
      { alg: fc.constantFrom('none', 'RS512'), crit: odd, typ: odd, kid: odd },
      { requiredKeys: [] },
    );
    const claims = fc.record(
      {
        iss: fc.constantFrom(`${ISSUER}/`, 'https://elsewhere.example', ['x']),
        aud: fc.constantFrom([AUDIENCE, 'x'], [AUDIENCE, 7], 'x'),
        exp: fc.constantFrom(undefined, now - 1, now + 900, '9'),
        nbf: fc.constantFrom(now + 10, now + 900, 'x'),
        iat: odd,
        sub: odd,
        scope: odd,
        jti: odd,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(header, claims, fc.boolean(), async (headerFaults, claimFaults, forged) => {
        const token = signToken(forged ? otherKey : key, goodClaims(claimFaults), headerFaults);
        const { doctor, authorizer } = await bothReasons(token, parts);
        expect(doctor).toBe(authorizer);
      }),
      { numRuns: 200 },
    );
  });

  test('fail once, and only warn of what the authorizer does not reach', async () => {
    const token = signToken(key, goodClaims({ aud: 'https://elsewhere.example', exp: now - 3600 }));
    const checks = await tokenChecks(token, examiner());
    const failed = checks.filter(({ reason }) => reason !== undefined);
    expect(failed.map(({ name, status, notReached }) => [name, status, notReached])).toEqual([
      ['aud', 'fail', undefined],
      ['exp', 'warn', true],
    ]);
    expect(checks.find(({ name }) => name === 'signature')).toMatchObject({ status: 'pass', notReached: true });
    expect(failed[0]?.detail).toBe(
      `"https://elsewhere.example"; expected "${AUDIENCE}" in a string or an array of strings`,
    );
    expect(failed[0]?.advice).toContain('AUTHACTION_AUDIENCE');
    expect(failed[1]?.detail).toContain('1 hour ago');
  });

  test('show a forged signature of a token that has also expired, as not reached', async () => {
    const checks = await tokenChecks(signToken(otherKey, goodClaims({ exp: now - 1 })), examiner());
    expect(checks.find(({ name }) => name === 'signature')).toMatchObject({
      status: 'warn',
      reason: 'bad_signature',
      notReached: true,
    });
  });

  test('never show a subject, a token id or a whole token, and escape what a token says', async () => {
    const secret = 'private-subject';
    const hostile = `\u001b[31m\u202e${'x'.repeat(500)}`;
    const token = signToken(key, goodClaims({ sub: secret, jti: secret, iss: hostile }), { kid: hostile });
    const shown = JSON.stringify(await tokenChecks(token, examiner()));
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(token.slice(0, 100));
    expect(shown).not.toContain('\u202e');
    expect(shown).not.toContain('x'.repeat(100));
    expect(shown).not.toMatch(/[^\\]\\u001b/);
  });
});

describe('the decision', () => {
  const section = async (token: string, parts = examiner()) =>
    verdictSection(token, await verdicts(token, sampleRoutes, parts), parts.config.scopeClaim, false);

  test('lists the routes a token opens, and the scopes it lacks for others', async () => {
    const { checks } = await section(signToken(key));
    expect(checks).toMatchObject([
      { name: 'token', status: 'pass', detail: 'good; scopes none (from "scope")' },
      { name: 'GET /protected', status: 'pass' },
      {
        name: 'GET /scoped',
        status: 'warn',
        reason: 'insufficient_scope',
        detail: expect.stringContaining('missing read:messages'),
      },
    ]);
  });

  test('lists every route for a token with all scopes', async () => {
    const { checks } = await section(signToken(key, goodClaims({ scope: 'read:messages' })));
    expect(checks.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass']);
  });

  test('fails for a client that is not listed', async () => {
    const parts = examiner(parseConfig({ ...settings, AUTHACTION_ALLOWED_CLIENTS: 'somebody-else' }));
    const { checks } = await section(signToken(key), parts);
    expect(checks).toMatchObject([{ name: 'client', status: 'fail', reason: 'client_not_allowed' }]);
  });

  test('is one line when the token is refused', async () => {
    const { checks } = await section(signToken(key, goodClaims({ exp: now - 1 })));
    expect(checks).toMatchObject([{ status: 'fail', reason: 'expired', detail: expect.stringContaining('401') }]);
  });

  test('is 503 when the keys are unavailable', async () => {
    const { checks } = await section(signToken(key), examiner(parseConfig(settings), noKeys));
    expect(checks).toMatchObject([
      { status: 'fail', reason: 'keys_unavailable', detail: expect.stringContaining('503') },
    ]);
  });
});
