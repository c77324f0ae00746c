import { routes } from '../../../lambdas/routes';
import { mayCall, requiredScopes, routeOf } from '../../../lambdas/shared/access';

test.each([
  ['public', [], true],
  ['token', [], true],
  [{ scopes: ['a', 'b'] }, ['b', 'c', 'a'], true],
  [{ scopes: ['a', 'b'] }, ['a'], false],
  [{ scopes: ['a'] }, [], false],
  [{ scopes: ['a'] }, ['A', 'aa', 'a:b'], false],
] as const)('%j with the scopes %j: %s', (access, scopes, expected) => {
  expect(mayCall(access, scopes)).toBe(expected);
});

test('only a list of scopes asks for scopes', () => {
  expect([requiredScopes('public'), requiredScopes('token'), requiredScopes({ scopes: ['a'] })]).toEqual([
    [],
    [],
    ['a'],
  ]);
});

test('finds a route by method and pattern, never by the path of a request', () => {
  expect(routeOf(routes, 'GET', '/scoped')?.handler).toBe('scoped');
  expect(routeOf(routes, 'POST', '/scoped')).toBeUndefined();
  expect(routeOf(routes, 'get', '/scoped')).toBeUndefined();
  expect(routeOf(routes, 'GET', '/scoped/')).toBeUndefined();
  expect(routeOf(routes, undefined, undefined)).toBeUndefined();
});
