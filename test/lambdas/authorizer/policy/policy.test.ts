import {
  createPolicies,
  MAX_POLICY_LENGTH,
  MAX_RESOURCE_LENGTH,
  PolicyTooLargeError,
  parseStageArn,
  policyLength,
  resourceOf,
  type Statement,
} from '../../../../lambdas/authorizer/policy/policy';
import { routes } from '../../../../lambdas/routes';
import type { Route } from '../../../../lambdas/shared/route-table';
import { STAGE_ARN } from '../../../../samples/events';
import { evaluate } from '../../../support/iam';

const shop = [
  { method: 'GET', path: '/health', handler: 'any', access: 'public' },
  { method: 'GET', path: '/orders', handler: 'any', access: { scopes: ['orders:read'] } },
  { method: 'POST', path: '/orders', handler: 'any', access: { scopes: ['orders:write'] } },
  { method: 'GET', path: '/orders/{order}', handler: 'any', access: { scopes: ['orders:read'] } },
  { method: 'GET', path: '/orders/export', handler: 'any', access: { scopes: ['orders:read', 'admin'] } },
  { method: 'GET', path: '/orders/{order}/invoice', handler: 'any', access: { scopes: ['invoices:read'] } },
  { method: 'GET', path: '/files/{path+}', handler: 'any', access: 'token' },
  { method: 'GET', path: '/files/private', handler: 'any', access: { scopes: ['admin'] } },
  { method: 'DELETE', path: '/files/{path+}', handler: 'any', access: { scopes: ['admin'] } },
] as const satisfies readonly Route[];

/** The policy in short: `+GET/orders` is allowed, `-GET/orders/export` denied. */
function short(table: readonly Route[], ...scopes: string[]): string[] {
  const { Statement } = createPolicies(table).policyFor(scopes, STAGE_ARN);
  return Statement.flatMap(({ Effect, Resource }) =>
    Resource.map((resource) => `${Effect === 'Allow' ? '+' : '-'}${resource.slice(STAGE_ARN.length)}`),
  );
}

test('allows every protected route of the table that the scopes permit, not only the requested one', () => {
  expect(short(routes)).toEqual(['+GET/protected']);
  expect(short(routes, 'read:messages')).toEqual(['+GET/protected', '+GET/scoped']);
});

test('denies a fixed route that the variable of a sibling would allow', () => {
  expect(short(shop)).toEqual(['+GET/files/*', '-GET/files/private']);
});

test('denies a longer route that a variable would allow, since * crosses /', () => {
  expect(short(shop, 'orders:read')).toEqual([
    '+GET/orders',
    '+GET/orders/*',
    '+GET/files/*',
    '-GET/orders/export',
    '-GET/orders/*/invoice',
    '-GET/files/private',
  ]);
});

test('requires every scope a route names', () => {
  expect(short(shop, 'admin')).not.toContain('+GET/orders/export');
  expect(short(shop, 'admin', 'orders:write', 'orders:read')).not.toContain('-GET/orders/export');
});

test('leaves out a resource that another one covers', () => {
  expect(short(shop, 'orders:read', 'orders:write', 'invoices:read', 'admin')).toEqual([
    '+GET/orders',
    '+POST/orders',
    '+GET/orders/*',
    '+GET/files/*',
    '+DELETE/files/*',
  ]);
});

test('denies no route that no allowed one opens', () => {
  expect(short(shop, 'invoices:read')).toEqual(['+GET/orders/*/invoice', '+GET/files/*', '-GET/files/private']);
});

test('denies every protected route explicitly to a caller that may call none', () => {
  const scoped = shop.filter(({ access }) => access !== 'token');
  const denied = ['-GET/orders', '-POST/orders', '-GET/orders/*', '-GET/files/private', '-DELETE/files/*'];
  expect(short(scoped, 'other')).toEqual(denied);
  const { Statement } = createPolicies(scoped).denyAll(STAGE_ARN);
  expect(Statement).toEqual([
    { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: denied.map((entry) => STAGE_ARN + entry.slice(1)) },
  ]);
});

test('denies a path that two routes match when neither is narrower', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/{p}/b', handler: 'any', access: { scopes: ['s'] } },
  ];
  const policy = createPolicies(table).policyFor([], STAGE_ARN);
  expect(evaluate(policy, `${STAGE_ARN}GET/a/b`)).toBe('explicit deny');
});

test('denies that path even when another method has a route for exactly it', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/{p}/b', handler: 'any', access: { scopes: ['s'] } },
    { method: 'POST', path: '/a/b', handler: 'any', access: 'token' },
  ];
  expect(evaluate(createPolicies(table).policyFor([], STAGE_ARN), `${STAGE_ARN}GET/a/b`)).toBe('explicit deny');
});

test('denies a route whose fixed segments a variable in the middle spans', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}/b', handler: 'any', access: 'token' },
    { method: 'GET', path: '/a/{p}/c/b', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(short(table)).toEqual(['+GET/a/*/b', '-GET/a/*/c/b']);
});

test('lists a resource once when two routes share it', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: { scopes: ['s'] } },
    { method: 'GET', path: '/a/{path+}', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(short(table)).toEqual(['-GET/a/*']);
  expect(short(table, 's')).toEqual(['+GET/a/*']);
});

test('lists a shared resource at the position of the first route', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/b', handler: 'any', access: 'token' },
    { method: 'GET', path: '/a/{path+}', handler: 'any', access: 'token' },
  ];
  expect(short(table)).toEqual(['+GET/a/*', '+GET/b']);
});

test('denies a route that is in the table twice with different access', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a', handler: 'any', access: 'token' },
    { method: 'GET', path: '/a', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(evaluate(createPolicies(table).policyFor([], STAGE_ARN), `${STAGE_ARN}GET/a`)).toBe('explicit deny');
});

test('allows the root only to callers that may call it', () => {
  const table: Route[] = [
    { method: 'GET', path: '/', handler: 'any', access: { scopes: ['s'] } },
    { method: 'GET', path: '/{path+}', handler: 'any', access: 'token' },
  ];
  expect(short(table)).toEqual(['+GET/*', '-GET/']);
  expect(short(table, 's')).toEqual(['+GET/*']);
});

describe('cached policies', () => {
  const table: Route[] = Array.from({ length: 70 }, (_, index) => ({
    method: 'GET',
    path: `/r${index}`,
    handler: 'any',
    access: { scopes: [`s${index}`] },
  }));

  test('are the same for the same scopes however many others were requested in between', () => {
    const policies = createPolicies(table);
    for (const round of [1, 2]) {
      for (const index of table.keys()) {
        const { Statement } = policies.policyFor([`s${index}`], STAGE_ARN);
        expect([round, Statement.map(({ Resource }) => Resource)]).toEqual([round, [[`${STAGE_ARN}GET/r${index}`]]]);
      }
    }
  });

  /** A table of one route per scope that counts how often its paths are read: once more for each policy that is made. */
  function countedTable() {
    const count = { reads: 0 };
    const counted = table.map(
      ({ path, ...route }): Route => ({
        ...route,
        get path() {
          count.reads += 1;
          return path;
        },
      }),
    );
    const policies = createPolicies(counted);
    return {
      /** Whether asking for this policy makes it anew. */
      makes(scopes: readonly string[], stage = STAGE_ARN): boolean {
        count.reads = 0;
        policies.policyFor(scopes, stage);
        return count.reads > 0;
      },
    };
  }

  test('are made once for the same allowed routes and stage', () => {
    const { makes } = countedTable();
    expect(makes(['s0'])).toBe(true);
    expect(makes(['s1'])).toBe(true);
    expect(makes(['s0'])).toBe(false);
    expect(makes(['s0', 'unknown'])).toBe(false);
    expect(makes(['s0'], STAGE_ARN.replace('prod', 'test'))).toBe(true);
  });

  test('are at most 64, whatever scopes callers send', () => {
    const { makes } = countedTable();
    for (let index = 0; index < 64; index += 1) expect(makes([`s${index}`])).toBe(true);
    expect(makes(['s0'])).toBe(false);
    expect(makes(['s64'])).toBe(true);
    expect(makes(['s0'])).toBe(true);
  });

  test.each(['policyFor', 'denyAll'] as const)(
    'are copied for each caller of %s: changing one changes no other',
    (name) => {
      const policies = createPolicies(table);
      const ask = () => (name === 'denyAll' ? policies.denyAll(STAGE_ARN) : policies.policyFor(['s0'], STAGE_ARN));
      const expected = JSON.stringify(ask());
      const changed = ask();
      for (const statement of changed.Statement) {
        (statement.Resource as string[]).push('*');
        Object.assign(statement, { Effect: 'Allow' });
      }
      (changed.Statement as Statement[]).push({ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: ['*'] });
      expect(JSON.stringify(ask())).toBe(expected);
    },
  );
});

test('throws PolicyTooLargeError rather than return a policy API Gateway might cut off', () => {
  const many = (count: number): Route[] =>
    Array.from({ length: count }, (_, index) => ({
      method: 'GET',
      path: `/r${index}`,
      handler: 'any',
      access: 'token',
    }));
  const longest = createPolicies(many(90)).policyFor([], STAGE_ARN);
  expect(JSON.stringify(longest).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
  expect(() => createPolicies(many(200)).policyFor([], STAGE_ARN)).toThrow(PolicyTooLargeError);
  expect(() => createPolicies(many(200)).denyAll(STAGE_ARN)).toThrow(PolicyTooLargeError);
});

test('returns a policy of MAX_POLICY_LENGTH, and throws for one that is one character longer', () => {
  const table = (lastPath: Route['path']) =>
    [...Array.from({ length: 106 }, (_, index) => `/r${index}` as const), lastPath].map(
      (path): Route => ({ method: 'GET', path, handler: 'any', access: 'token' }),
    );
  const length = (lastPath: Route['path']) =>
    JSON.stringify(createPolicies(table(lastPath)).policyFor([], STAGE_ARN)).length;
  const spare = MAX_POLICY_LENGTH - length('/a');
  expect(spare).toBeLessThan(MAX_RESOURCE_LENGTH - STAGE_ARN.length - 'GET/a'.length);
  expect(length(`/a${'a'.repeat(spare)}`)).toBe(MAX_POLICY_LENGTH);
  expect(() => length(`/aa${'a'.repeat(spare)}`)).toThrow(PolicyTooLargeError);
});

test('throws for a resource longer than MAX_RESOURCE_LENGTH, even when it is one of several', () => {
  const longest = 'a'.repeat(MAX_RESOURCE_LENGTH - STAGE_ARN.length - 'GET/'.length);
  const table = (segment: string): Route[] => [
    { method: 'GET', path: '/short', handler: 'any', access: 'token' },
    { method: 'GET', path: `/${segment}`, handler: 'any', access: 'token' },
  ];
  expect(createPolicies(table(longest)).policyFor([], STAGE_ARN).Statement).toHaveLength(1);
  expect(() => createPolicies(table(`${longest}a`)).policyFor([], STAGE_ARN)).toThrow(PolicyTooLargeError);
});

test('policyLength() is the length of a policy of two statements, plus one comma', () => {
  const policy = createPolicies(shop).policyFor(['orders:read'], STAGE_ARN);
  expect(policy.Statement).toHaveLength(2);
  const resources = policy.Statement.flatMap(({ Resource }) => Resource.map((arn) => arn.slice(STAGE_ARN.length)));
  expect(resources).toContain(resourceOf(shop[4]));
  expect(policyLength(resources, STAGE_ARN)).toBe(JSON.stringify(policy).length + 1);
});

test.each([
  ['arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/protected', STAGE_ARN],
  ['arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/*/prod/GET/', STAGE_ARN],
  [
    'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc/test-invoke-stage/POST/',
    'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc/test-invoke-stage/',
  ],
])('parseStageArn() reads the stage of %s and nothing after it', (methodArn, stage) => {
  expect(parseStageArn(methodArn)).toBe(stage);
});

test.each([
  undefined,
  null,
  7,
  '',
  '*',
  'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234',
  'arn:aws:execute-api:eu-central-1:123456789012:*/prod/GET/a',
  'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/*/GET/a',
  'arn:aws:lambda:eu-central-1:123456789012:function:a/b/c',
  ' arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/a',
  ['arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/a'],
])('parseStageArn() finds no stage in %p', (methodArn) => {
  expect(parseStageArn(methodArn)).toBeUndefined();
});
