import { contextClaimsCheck } from '../../../cli/doctor/context-claims';
import { examineSettings } from '../../../cli/doctor/settings';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { checkClaims } from '../../../lambdas/authorizer/token/claims';
import { AUDIENCE, DOMAIN, goodClaims } from '../../../samples/tokens';

const SECRET = 'a-private-value';
const config = (names: string) =>
  parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, AUTHACTION_CONTEXT_CLAIMS: names });
const check = (names: string, claims: Readonly<Record<string, unknown>>) =>
  contextClaimsCheck(config(names), { __proto__: null, ...goodClaims(claims) }); // as parsed: without a prototype

test('the settings name the claims that handlers get', () => {
  const env = { AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE };
  const named = examineSettings({ ...env, AUTHACTION_CONTEXT_CLAIMS: 'org_id, roles' }, 'a test').section.checks;
  expect(named).toContainEqual({ name: 'context claims', status: 'pass', detail: '"org_id" "roles"' });
  const none = examineSettings(env, 'a test').section.checks;
  expect(none.map(({ name }) => name)).not.toContain('context claims');
});

test('says nothing where no claims are configured', () => {
  expect(check('', { org_id: SECRET })).toEqual([]);
});

test('passes a token that has every configured claim', () => {
  expect(check('org_id,roles', { org_id: SECRET, roles: [] })).toMatchObject([
    { name: 'context claims', status: 'pass' },
  ]);
});

test('names the configured claims that handlers do not get, and why, without a value', () => {
  const claims = { org_id: SECRET, address: { city: SECRET }, groups: [SECRET, 7], level: null };
  const checks = check('org_id,email,address,groups,level,toString', claims);
  expect(checks).toMatchObject([
    {
      status: 'warn',
      detail:
        'handlers do not get "email" (absent), "address" (an object), "groups" (an array not only of strings), "level" (null), "toString" (absent)',
    },
  ]);
  expect(JSON.stringify(checks)).not.toContain(SECRET);
});

test('escapes the name of a claim', () => {
  expect(check('\u001b[31m', {})[0]?.detail).toContain('"\\u001b[31m" (absent)');
});

test.each([
  [1536, undefined],
  [1537, 'invalid_claim'],
])('fails where the authorizer refuses the token for the size of its claims: %d bytes of JSON', (bytes, reason) => {
  const claims = { roles: 'r', name: 'x'.repeat(bytes - '{"roles":"r","name":""}'.length) };
  const [found] = check('name,roles', claims);
  const decision = checkClaims(goodClaims(claims), config('name,roles'), 0);
  expect(found?.reason).toBe(reason);
  expect('reason' in decision ? decision.reason : undefined).toBe(reason);
  if (reason === undefined) return;
  expect(found?.detail).toBe(
    '2052 characters for handlers; at most 2048. Largest claims: "name" (1516 characters) and "roles" (3 characters)',
  );
});
