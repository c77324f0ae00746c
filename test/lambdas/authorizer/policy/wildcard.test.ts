import { wildcardMatches } from '../../../../lambdas/authorizer/policy/wildcard';

test.each([
  ['/orders', '/orders', true],
  ['/orders', '/order', false],
  ['/order', '/orders', false],
  ['/orders*', '/orders', true],
  ['/orders*', '/orders/{id}/lines', true],
  ['/orders*', '/{any}', true],
  ['/orders*', '/order', false],
  ['/orders/*', '/orders/{id}', true],
  ['/orders/*', '/orders', false],
  ['/orders/*', '/{path+}', true],
  ['/a/b', '/{id}', false],
  ['/a/b', '/{path+}', true],
  ['/*/b', '/{id}', false],
  ['/*/b', '/a/c/b', true],
  ['/*/b', '/{id}/{id2}', true],
  ['/r?', '/r1', true],
  ['/r?', '/r', false],
  ['/r?', '/r12', false],
  ['/r?', '/{id}', true],
  ['/?/b', '/a/b', true],
  ['/a?b', '/a/b', true],
  ['/a^b', '/a/b', false],
  ['/a^b', '/a-b', true],
  ['/a^*', '/a/b', false],
  ['/a^*', '/ab/c', true],
  ['/*', '/', true],
  ['/', '/{path+}', false],
])('%s matches a path of %s: %s', (pattern, path, expected) => {
  expect(wildcardMatches(pattern, path)).toBe(expected);
});

test.each([
  ['/a/*', '/a/*/b', true],
  ['/a/*/b', '/a/*', false],
  ['/a/x', '/a/*', false],
  ['/a/?', '/a/*', true],
])('%s and %s, another resource', (pattern, path, expected) => {
  expect(wildcardMatches(pattern, path)).toBe(expected);
});

test('stays quick for patterns with many stars', () => {
  expect(wildcardMatches('/*/a'.repeat(60), '/{v}/a'.repeat(59))).toBe(false);
}, 5_000);
