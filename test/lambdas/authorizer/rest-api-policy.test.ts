import { createHash } from 'node:crypto';
import type { AuthorizerAnswer } from '../../../lambdas/authorizer/rest-api';
import type { Route } from '../../../lambdas/shared/route-table';
import { requestEvent, STAGE_ARN } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { goodClaims, SUBJECT, signToken } from '../../../samples/tokens';
import { evaluate } from '../../support/iam';
import { seededAuthorizer } from '../../support/seeded-authorizer';

const key = signingKey('key-1');

const table: readonly Route[] = [
  { method: 'GET', path: '/public', handler: 'any', access: 'public' },
  { method: 'GET', path: '/items/{id}', handler: 'any', access: 'token' },
  { method: 'GET', path: '/items/new', handler: 'any', access: { scopes: ['write'] } },
  { method: 'POST', path: '/items/{id}', handler: 'any', access: { scopes: ['read', 'write'] } },
];

/** Requests for each protected route; the first is open to any token, the others to `write` and to `read write`. */
const requests = [
  { method: 'GET', resource: '/items/{id}', path: '/items/7' },
  { method: 'GET', resource: '/items/new', path: '/items/new' },
  { method: 'POST', resource: '/items/{id}', path: '/items/7' },
];

function authorizer(env: Record<string, string> = {}, routes = table) {
  const { authorize, lines, levels } = seededAuthorizer({ AUTHACTION_JWKS: JSON.stringify(jwks(key)), ...env }, routes);
  const ask = (claims: Record<string, unknown>, request: (typeof requests)[number] | undefined = requests[0]) =>
    authorize(
      requestEvent({
        authorization: `Bearer ${signToken(key, goodClaims({ exp: 4102444800, ...claims }))}`,
        ...request,
      }),
    );
  return { authorize, ask, lines, levels };
}

/** What a policy says to each request, as API Gateway evaluates it from its cache. */
const verdicts = ({ policyDocument }: AuthorizerAnswer) =>
  requests.map(({ method, path }) => evaluate(policyDocument, `${STAGE_ARN}${method}${path}`) === 'allow');

test.each([
  ['', [true, false, false]],
  ['write', [true, true, false]],
  ['read', [true, false, false]],
  ['read write', [true, true, true]],
])('with the scope "%s", the policy for any request decides every other request', async (scope, expected) => {
  const { ask } = authorizer();
  for (const request of requests) expect(verdicts(await ask({ scope }, request))).toEqual(expected);
});

test.each(['', 'write', 'read write'])(
  'the answer does not depend on the requested route (scope "%s")',
  async (scope) => {
    const { ask } = authorizer();
    const answers = await Promise.all(requests.map((request) => ask({ scope, client_id: 'client-1' }, request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  },
);

test('logs insufficient_scope only when the requested route is forbidden', async () => {
  const { ask, lines, levels } = authorizer();
  await ask({ scope: '' }, requests[0]);
  await ask({ scope: '' }, requests[1]);
  expect(levels).toEqual(['info', 'info']);
  expect(lines).toMatchObject([
    { decision: 'allow', kid: 'key-1' },
    { decision: 'forbid', reason: 'insufficient_scope', kid: 'key-1' },
  ]);
});

test('no part of a path enters the policy', async () => {
  const { ask } = authorizer();
  const { policyDocument } = await ask(
    {},
    { method: 'GET', resource: '/items/{id}', path: '/items/*/prod/GET/$' + '{aws:x}' },
  );
  const resources = policyDocument.Statement.flatMap(({ Resource }) => Resource);
  expect(resources).toEqual([`${STAGE_ARN}GET/items/*`, `${STAGE_ARN}GET/items/new`]);
});

test('reads scopes from the claim that AUTHACTION_SCOPE_CLAIM names', async () => {
  const { ask } = authorizer({ AUTHACTION_SCOPE_CLAIM: 'permissions' });
  const answer = await ask({ scope: 'read', permissions: ['write', 'read'] }, requests[0]);
  expect(verdicts(answer)).toEqual([true, true, true]);
  expect(answer.context.scope).toBe('write read');
  expect(verdicts(await ask({ scope: 'read write' }, requests[0]))).toEqual([true, false, false]);
});

describe('with AUTHACTION_ALLOWED_CLIENTS', () => {
  const env = { AUTHACTION_ALLOWED_CLIENTS: 'client-a, client-b' };

  test.each([
    ['sub', { sub: 'client-a' }],
    ['client_id', { client_id: 'client-b' }],
    ['azp', { azp: 'client-b' }],
  ])('allows a client that is listed by its %s', async (_title, claims) => {
    const { ask, lines } = authorizer(env);
    expect(verdicts(await ask({ scope: 'read write', ...claims }))).toEqual([true, true, true]);
    expect(lines).toMatchObject([{ decision: 'allow' }]);
  });

  test.each([
    ['a client that is not listed', {}],
    ['a client that differs in case', { sub: 'Client-A' }],
    ['a sub that contains the whole list', { sub: 'client-a, client-b' }],
    ['a client whose azp is listed and whose client_id is not', { azp: 'client-a', client_id: 'other' }],
  ])('denies every route explicitly to %s', async (_title, claims) => {
    const { ask, lines } = authorizer(env);
    for (const request of requests) {
      const { policyDocument, principalId } = await ask({ scope: 'read write', ...claims }, request);
      expect(principalId).toBe((claims as { sub?: string }).sub ?? SUBJECT);
      expect(requests.map(({ method, path }) => evaluate(policyDocument, `${STAGE_ARN}${method}${path}`))).toEqual([
        'explicit deny',
        'explicit deny',
        'explicit deny',
      ]);
    }
    expect(lines).toMatchObject(requests.map(() => ({ decision: 'forbid', reason: 'client_not_allowed' })));
  });
});

/** Names that no wildcard can stand for, every other one closed to a token without scopes. */
const tooManyRoutes = Array.from(
  { length: 300 },
  (_, index): Route => ({
    method: 'GET',
    path: `/${createHash('sha256').update(String(index)).digest('hex').slice(0, 8)}`,
    handler: 'any',
    access: index % 2 === 0 ? 'token' : { scopes: ['s'] },
  }),
);

test('throws an error that is not Unauthorized rather than return a policy that API Gateway might cut off', async () => {
  const { ask } = authorizer({}, tooManyRoutes);
  await expect(ask({})).rejects.not.toThrow(/^Unauthorized$/);
});

test('logs a policy that is too large as fail and internal_error', async () => {
  const { ask, lines } = authorizer({}, tooManyRoutes);
  await expect(ask({})).rejects.toThrow(/^The token cannot be checked$/);
  expect(lines).toMatchObject([{ decision: 'fail', reason: 'internal_error', error: 'PolicyTooLargeError' }]);
});
