import { findRoute, mayCall, type Route, requiredScopes } from '../../../lambdas/shared/route-table';
import { sampleRoutes } from '../../support/sample-routes';

test.each([
  ['public', [], true],
  ['token', [], true],
  [{ scopes: ['a', 'b'] }, ['b', 'c', 'a'], true],
  [{ scopes: ['a', 'b'] }, ['a'], false],
  [{ scopes: ['a'] }, [], false],
  [{ scopes: ['a'] }, ['A', 'aa', 'a:b'], false],
] as const)('mayCall(%j) with the scopes %j is %s', (access, scopes, expected) => {
  expect(mayCall(access, scopes)).toBe(expected);
});

test('requiredScopes() is empty except for a list of scopes', () => {
  expect([requiredScopes('public'), requiredScopes('token'), requiredScopes({ scopes: ['a'] })]).toEqual([
    [],
    [],
    ['a'],
  ]);
});

test('findRoute() compares method and resource pattern exactly, never the path of a request', () => {
  expect(findRoute(sampleRoutes, 'GET', '/scoped')?.handler).toBe('scoped');
  expect(findRoute(sampleRoutes, 'POST', '/scoped')).toBeUndefined();
  expect(findRoute(sampleRoutes, 'get', '/scoped')).toBeUndefined();
  expect(findRoute(sampleRoutes, 'GET', '/scoped/')).toBeUndefined();
  expect(findRoute(sampleRoutes, undefined, undefined)).toBeUndefined();
});

test('finds the row that names the method before the ANY row of the same path', () => {
  const table: Route[] = [
    { method: 'ANY', path: '/{proxy+}', handler: 'app', access: 'token' },
    { method: 'GET', path: '/{proxy+}', handler: 'reader', access: 'token' },
    { method: 'ANY', path: '/other', handler: 'other', access: 'token' },
  ];
  expect(findRoute(table, 'GET', '/{proxy+}')?.handler).toBe('reader');
  expect(findRoute(table, 'DELETE', '/{proxy+}')?.handler).toBe('app');
  expect(findRoute(table, 'OPTIONS', '/other')?.handler).toBe('other');
});

test.each([undefined, 'get', 'ANY', 'TRACE', 7])('finds no ANY row for the method %p', (method) => {
  expect(findRoute([{ method: 'ANY', path: '/a', handler: 'app', access: 'token' }], method, '/a')).toBeUndefined();
});
