import { largeTable, nested } from '../../../../bench/large-tables';
import { createPolicies } from '../../../../lambdas/authorizer/policy/policy';
import type { Route } from '../../../../lambdas/shared/route-table';
import { STAGE_ARN } from '../../../../samples/events';
import { evaluator } from '../../../support/iam';

const flat = (count: number, isFor: (index: number) => Route['access'] = () => 'token'): Route[] =>
  Array.from({ length: count }, (_, index) => ({
    method: 'GET',
    path: `/route-${index}`,
    handler: 'any',
    access: isFor(index),
  }));

/** The policy in short: `+GET/orders` is allowed, `-GET/orders/export` denied. */
function short(table: readonly Route[], ...scopes: string[]): string[] {
  const { Statement } = createPolicies(table).policyFor(scopes, STAGE_ARN);
  return Statement.flatMap(({ Effect, Resource }) =>
    Resource.map((resource) => `${Effect === 'Allow' ? '+' : '-'}${resource.slice(STAGE_ARN.length)}`),
  );
}

test('needs one resource where a token may call everything', () => {
  expect(short(flat(150))).toEqual(['+GET/route-*']);
});

test('takes a wildcard for one character beside a path without it', () => {
  const route = (path: Route['path'], access: Route['access']): Route => ({
    method: 'GET',
    path,
    handler: 'any',
    access,
  });
  const admin = { scopes: ['admin'] } as const;
  const beside = [route('/x', admin), route('/xa', 'token'), route('/xb', 'token'), route('/xcd', admin)];
  expect(short([...flat(150), ...beside])).toEqual(expect.arrayContaining(['+GET/route-*', '+GET/x?']));
});

test.each<[string, Route['path'], readonly Route['path'][], string]>([
  ['below that path', '/x/{id}', ['/x', '/xa', '/xb'], 'GET/x/1'],
  ['that begins like that path', '/xcd', ['/x', '/x/{id}'], 'GET/xcd'],
])('takes no wildcard for a path and what follows it beside a closed route %s', (_title, closed, open, request) => {
  const table: Route[] = [
    ...flat(150),
    ...open.map((path): Route => ({ method: 'GET', path, handler: 'any', access: 'token' })),
    { method: 'GET', path: closed, handler: 'any', access: { scopes: ['admin'] } },
  ];
  const verdict = evaluator(createPolicies(table).policyFor([], STAGE_ARN));
  expect([verdict(`${STAGE_ARN}GET/x`), verdict(STAGE_ARN + request)]).toEqual(['allow', 'implicit deny']);
});

test('puts no star behind a star', () => {
  const below = flat(150).map((route): Route => ({ ...route, path: `/tenants/{id}${route.path}` }));
  const one: Route = { method: 'POST', path: '/tenants/{id}', handler: 'any', access: 'token' };
  expect(short([...below, one])).toEqual(['+*/tenants/*']);
});

test('denies everything in one resource to a caller who may call nothing', () => {
  expect(createPolicies(flat(150)).denyAll(STAGE_ARN).Statement).toEqual([
    { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: [`${STAGE_ARN}GET/route-*`] },
  ]);
});

test('refuses unusual spellings where a wildcard is beside what the token may not call', () => {
  const table: Route[] = [
    ...flat(150),
    { method: 'GET', path: '/admin', handler: 'any', access: { scopes: ['admin'] } },
  ];
  expect(short(table)).toEqual([
    '+GET/route-*',
    '-*//*',
    '-*/*/',
    '-*/./*',
    '-*/.',
    '-*/../*',
    '-*/..',
    '-*%2e*',
    '-*%2E*',
  ]);
});

test('takes no wildcard that an encoded character of another route fits', () => {
  // `/A` may be written `/%41`, which `/?41` would match.
  const table: Route[] = [
    ...flat(150),
    ...['/x41', '/y41'].map((path): Route => ({ method: 'GET', path: path as '/', handler: 'any', access: 'token' })),
    { method: 'GET', path: '/A', handler: 'any', access: { scopes: ['admin'] } },
  ];
  const verdict = evaluator(createPolicies(table).policyFor([], STAGE_ARN));
  expect(['GET/x41', 'GET/%41', 'GET/A'].map((path) => verdict(STAGE_ARN + path))).toEqual([
    'allow',
    'implicit deny',
    'implicit deny',
  ]);
});

test('covers a path and what is below it, beside what is below that', () => {
  const table = largeTable(nested, (index) => (index % 4 > 1 ? 1 : 0));
  const policy = short(table, 's0');
  expect(policy).toEqual(expect.arrayContaining(['+*T/orders*', '+DELETE/orders*']));
  expect(policy).toContain('-*/orders/*/items*');
});
