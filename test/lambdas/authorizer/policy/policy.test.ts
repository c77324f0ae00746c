import { createHash } from 'node:crypto';
import {
  createPolicies,
  MAX_POLICY_LENGTH,
  MAX_RESOURCE_LENGTH,
  PolicyTooLargeError,
  parseStageArn,
} from '../../../../lambdas/authorizer/policy/policy';
import type { Access, Route } from '../../../../lambdas/shared/route-table';
import { STAGE_ARN } from '../../../../samples/events';
import { evaluate } from '../../../support/iam';
import { sampleRoutes } from '../../../support/sample-routes';

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

test('lists every protected route of the table that any token may call', () => {
  expect(short(sampleRoutes)).toEqual(['+GET/protected']);
  expect(short(sampleRoutes, 'read:messages')).toEqual(['+GET/protected', '+GET/scoped']);
});

test('keeps a fixed route out of what the variable beside it allows', () => {
  expect(short(shop)).toEqual(['+GET/files/*', '-GET/files/private']);
});

test('keeps a longer route out of what a variable allows, since * crosses /', () => {
  expect(short(shop, 'orders:read')).toEqual([
    '+GET/orders',
    '+GET/orders/*',
    '+GET/files/*',
    '-GET/orders/export',
    '-GET/orders/*/invoice',
    '-GET/files/private',
  ]);
});

test('needs every scope a route names', () => {
  expect(short(shop, 'admin')).not.toContain('+GET/orders/export');
  expect(short(shop, 'admin', 'orders:write', 'orders:read')).not.toContain('-GET/orders/export');
});

test('leaves out what another entry covers already', () => {
  expect(short(shop, 'orders:read', 'orders:write', 'invoices:read', 'admin')).toEqual([
    '+GET/orders',
    '+POST/orders',
    '+GET/orders/*',
    '+GET/files/*',
    '+DELETE/files/*',
  ]);
});

test('denies nothing that is not opened by something else', () => {
  expect(short(shop, 'invoices:read')).toEqual(['+GET/orders/*/invoice', '+GET/files/*', '-GET/files/private']);
});

test('denies every protected route, explicitly, to a caller who may call none', () => {
  const scoped = shop.filter(({ access }) => access !== 'token');
  const denied = ['-GET/orders', '-POST/orders', '-GET/orders/*', '-GET/files/private', '-DELETE/files/*'];
  expect(short(scoped, 'other')).toEqual(denied);
  const { Statement } = createPolicies(scoped).denyAll(STAGE_ARN);
  expect(Statement).toEqual([
    { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: denied.map((entry) => STAGE_ARN + entry.slice(1)) },
  ]);
});

test('closes a path between two routes of which neither is narrower', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/{p}/b', handler: 'any', access: { scopes: ['s'] } },
  ];
  const policy = createPolicies(table).policyFor([], STAGE_ARN);
  expect(evaluate(policy, `${STAGE_ARN}GET/a/b`)).toBe('explicit deny');
});

test('closes it even where another method has a route for just that path', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/{p}/b', handler: 'any', access: { scopes: ['s'] } },
    { method: 'POST', path: '/a/b', handler: 'any', access: 'token' },
  ];
  expect(evaluate(createPolicies(table).policyFor([], STAGE_ARN), `${STAGE_ARN}GET/a/b`)).toBe('explicit deny');
});

test('denies no wider route for paths that a narrower one takes', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/{p}/{q}', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(short(table)).toEqual(['+GET/a/*']);
});

test('sees that a variable in the middle reaches over fixed segments', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}/b', handler: 'any', access: 'token' },
    { method: 'GET', path: '/a/{p}/c/b', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(short(table)).toEqual(['+GET/a/*/b', '-GET/a/*/c/b']);
});

test('names a resource once where two routes share it', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: { scopes: ['s'] } },
    { method: 'GET', path: '/a/{path+}', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(short(table)).toEqual(['-GET/a/*']);
  expect(short(table, 's')).toEqual(['+GET/a/*']);
});

test('names it where the first of them stands', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a/{p}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/b', handler: 'any', access: 'token' },
    { method: 'GET', path: '/a/{path+}', handler: 'any', access: 'token' },
  ];
  expect(short(table)).toEqual(['+GET/a/*', '+GET/b']);
});

test('closes a route that is in the table twice with different access', () => {
  const table: Route[] = [
    { method: 'GET', path: '/a', handler: 'any', access: 'token' },
    { method: 'GET', path: '/a', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(evaluate(createPolicies(table).policyFor([], STAGE_ARN), `${STAGE_ARN}GET/a`)).toBe('explicit deny');
});

test('opens the root only to those who may call it', () => {
  const table: Route[] = [
    { method: 'GET', path: '/', handler: 'any', access: { scopes: ['s'] } },
    { method: 'GET', path: '/{path+}', handler: 'any', access: 'token' },
  ];
  expect(short(table)).toEqual(['+GET/*', '-GET/']);
  expect(short(table, 's')).toEqual(['+GET/*']);
});

describe('the policies that are kept', () => {
  const table: Route[] = Array.from({ length: 70 }, (_, index) => ({
    method: 'GET',
    path: `/r${index}`,
    handler: 'any',
    access: { scopes: [`s${index}`] },
  }));

  test('give the same answer for the same scopes however many others were asked in between', () => {
    const policies = createPolicies(table);
    for (const round of [1, 2]) {
      for (const index of table.keys()) {
        const { Statement } = policies.policyFor([`s${index}`], STAGE_ARN);
        expect([round, Statement.map(({ Resource }) => Resource)]).toEqual([round, [[`${STAGE_ARN}GET/r${index}`]]]);
      }
    }
  });

  test('cannot be changed by a caller for another one', () => {
    const policies = createPolicies(table);
    const first = policies.policyFor(['s0'], STAGE_ARN);
    const before = JSON.stringify(first);
    (first.Statement as unknown[]).length = 0;
    expect(JSON.stringify(policies.policyFor(['s0'], STAGE_ARN))).toBe(before);
  });

  test('are of the stage that is asked for', () => {
    const policies = createPolicies(table);
    const other = STAGE_ARN.replace('prod', 'test');
    const resources = [STAGE_ARN, other].map((stage) => policies.policyFor(['s0'], stage).Statement[0]?.Resource);
    expect(resources).toEqual([[`${STAGE_ARN}GET/r0`], [`${other}GET/r0`]]);
  });
});

/** Routes of one level whose names have nothing in common, half of them for `s` and half for `t`. */
const unrelated = (count: number): Route[] =>
  Array.from({ length: count }, (_, index) => ({
    method: 'GET',
    path: `/${createHash('sha256').update(String(index)).digest('hex').slice(0, 8)}`,
    handler: 'any',
    access: { scopes: [index % 2 === 0 ? 's' : 't'] },
  }));

test('returns no policy rather than one API Gateway might cut off', () => {
  expect(JSON.stringify(createPolicies(unrelated(200)).policyFor(['s'], STAGE_ARN)).length).toBeLessThanOrEqual(
    MAX_POLICY_LENGTH,
  );
  const tooLong = () => createPolicies(unrelated(300)).policyFor(['s'], STAGE_ARN);
  expect(tooLong).toThrow(PolicyTooLargeError);
  expect(tooLong).toThrow(expect.objectContaining({ name: 'PolicyTooLargeError' }));
});

test('names every route while the policy is as long as API Gateway takes, and covers them when it is longer', () => {
  const table = (lastPath: Route['path']) =>
    [...Array.from({ length: 106 }, (_, index) => `/r${index}` as const), lastPath].map(
      (path): Route => ({ method: 'GET', path, handler: 'any', access: 'token' }),
    );
  const policy = (lastPath: Route['path']) => createPolicies(table(lastPath)).policyFor([], STAGE_ARN);
  const length = (lastPath: Route['path']) => JSON.stringify(policy(lastPath)).length;
  const spare = MAX_POLICY_LENGTH - length('/a');
  expect(spare).toBeLessThan(MAX_RESOURCE_LENGTH - STAGE_ARN.length - 'GET/a'.length);
  expect(length(`/a${'a'.repeat(spare)}`)).toBe(MAX_POLICY_LENGTH);
  expect(policy(`/a${'a'.repeat(spare)}`).Statement[0]?.Resource).toHaveLength(107);
  expect(policy(`/aa${'a'.repeat(spare)}`).Statement.map(({ Resource }) => Resource)).toEqual([[`${STAGE_ARN}GET/*`]]);
});

test('returns no policy with a resource longer than API Gateway takes, even if it is only one of several', () => {
  const longest = 'a'.repeat(MAX_RESOURCE_LENGTH - STAGE_ARN.length - 'GET/'.length);
  const table = (segment: string): Route[] => [
    { method: 'GET', path: '/short', handler: 'any', access: 'token' },
    { method: 'GET', path: `/${segment}`, handler: 'any', access: 'token' },
    { method: 'GET', path: '/other', handler: 'any', access: { scopes: ['s'] } },
  ];
  expect(createPolicies(table(longest)).policyFor([], STAGE_ARN).Statement).toHaveLength(1);
  expect(() => createPolicies(table(`${longest}a`)).policyFor([], STAGE_ARN)).toThrow(PolicyTooLargeError);
});

describe('an ANY row', () => {
  const any = (path: Route['path'], access: Access = 'token'): Route => ({
    method: 'ANY',
    path,
    handler: 'any',
    access,
  });
  const get = (path: Route['path'], access: Access = 'token'): Route => ({ ...any(path, access), method: 'GET' });
  const scoped: Access = { scopes: ['s'] };

  test('is named by * where that reaches nothing else', () => {
    expect(short([any('/{proxy+}')])).toEqual(['+*/*']);
    expect(short([any('/a'), get('/b', scoped)])).toEqual(['+*/a']);
  });

  test('is named method by method where * would be another route behind a longer path', () => {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    expect(short([any('/a/b'), get('/{p}/{q}/{r}', scoped)])).toEqual(methods.map((method) => `+${method}/a/b`));
    expect(short([any('/a/b'), get('/x/{q}/b', scoped)])).toContain('+*T/a/b');
  });

  test.each<[string, Route, string]>([
    ['a last slash', any('/'), 'GET/x/'],
    ['a last slash behind a variable', any('/x/{id}'), 'GET/secret/x/'],
    ['a parent segment', any('/a/{id}/b'), 'GET/secret/a/../b'],
  ])('does not open another route by %s', (_title, row, spelling) => {
    const secrets = [get('/x', scoped), get('/secret/x', scoped), get('/secret/b', scoped)];
    const policy = createPolicies([row, ...secrets]).policyFor([], STAGE_ARN);
    expect(evaluate(policy, STAGE_ARN + spelling)).toBe('implicit deny');
  });

  test('is named method by method beside a route that it does not open to the token', () => {
    const table: Route[] = [
      { method: 'ANY', path: '/b/{rest+}', handler: 'any', access: 'token' },
      { method: 'GET', path: '/b/a', handler: 'any', access: { scopes: ['s'] } },
    ];
    // `*/b/*` would be the method GET and a dot segment here.
    expect(evaluate(createPolicies(table).policyFor([], STAGE_ARN), `${STAGE_ARN}GET/%2e/b/a`)).toBe('implicit deny');
  });

  test('is named method by method where *T would be another route in an unusual spelling', () => {
    const policy = createPolicies([any('/b/{rest+}'), get('/aT/c', scoped)]).policyFor([], STAGE_ARN);
    expect(evaluate(policy, `${STAGE_ARN}GET/aT/b/../c`)).toBe('implicit deny');
  });

  test('is named method by method where *T would be a public method of its own, and another route in an unusual spelling', () => {
    const table = [any('/{a}/{rest+}'), get('/{a}/{rest+}', 'public'), get('/', scoped)];
    expect(evaluate(createPolicies(table).policyFor([], STAGE_ARN), `${STAGE_ARN}GET//`)).toBe('implicit deny');
  });

  test('gives way to the row that names the method', () => {
    const others = ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => `+${method}/a`);
    expect(short([any('/a'), get('/a', scoped)])).toEqual(others);
    expect(short([any('/a', scoped), get('/a')])).toEqual(['+GET/a']);
    expect(short([any('/a', scoped), get('/a')], 's')).toEqual(['+*/a', '+GET/a']);
  });

  test('is named by *T and the methods that do not end so, where another row has a method that does not', () => {
    const table = [any('/a'), { ...get('/a', scoped), method: 'DELETE' } as const];
    expect(short(table)).toEqual(['+*T/a', '+HEAD/a', '+PATCH/a', '+OPTIONS/a']);
  });

  test('does not reach below a row that is public for one method', () => {
    const table = [any('/a/{id}'), get('/a/{id}', 'public'), get('/a/new', scoped)];
    const policy = createPolicies(table).policyFor([], STAGE_ARN);
    expect(evaluate(policy, `${STAGE_ARN}GET/a/new`)).toBe('implicit deny');
    expect(evaluate(policy, `${STAGE_ARN}PUT/a/new`)).toBe('allow');
  });

  test('behind everything keeps a part of the paths for one scope', () => {
    const table = [any('/{proxy+}'), any('/admin/{proxy+}', { scopes: ['admin'] })];
    expect(short(table, 'admin')).toEqual(['+*/*']);
    const policy = createPolicies(table).policyFor([], STAGE_ARN);
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      expect(evaluate(policy, `${STAGE_ARN}${method}/admin/users`)).toBe('explicit deny');
      expect(evaluate(policy, `${STAGE_ARN}${method}/users/admin/1`)).toBe('allow');
    }
  });
});

test.each([
  ['arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/protected', STAGE_ARN],
  ['arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/GET/*/prod/GET/', STAGE_ARN],
  [
    'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc/test-invoke-stage/POST/',
    'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc/test-invoke-stage/',
  ],
])('takes the stage out of %s and nothing behind it', (methodArn, stage) => {
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
])('takes no stage out of %p', (methodArn) => {
  expect(parseStageArn(methodArn)).toBeUndefined();
});
