import { findPath, isWithin, policyPath } from '../../../../lambdas/authorizer/policy/path-pattern';

test.each([
  ['/items', 'items'],
  ['/items/{id}', 'items/*'],
  ['/items/{id}/parts/{part}', 'items/*/parts/*'],
  ['/files/{path+}', 'files/*'],
  ['/', ''],
])('writes %s into a policy as %s', (path, resource) => {
  expect(policyPath(path)).toBe(`/${resource}`);
});

test.each([
  ['/items/new', '/items/{id}'],
  ['/items/{id}', '/{path+}'],
  ['/items/{id}/parts', '/items/{path+}'],
  ['/items/{id}', '/items/{id}'],
])('knows that %s is within %s', (narrow, wide) => {
  expect(isWithin(narrow, wide)).toBe(true);
});

test.each([
  ['/items/{id}', '/items/new'],
  ['/items/{path+}', '/items/{id}'],
  ['/items', '/items/{path+}'],
  ['/Items', '/items'],
])('knows that %s is not within %s', (one, other) => {
  expect(isWithin(one, other)).toBe(false);
});

test.each(['/a{id}', '/{id}a', '/a{path+}', '/{path+}a'])('takes %s as text: a variable is a whole segment', (path) => {
  expect(findPath([path], [])).toBe(path);
  expect(isWithin(path + path, path)).toBe(false);
});

test('a variable is one segment for the gateway and any number for a policy', () => {
  expect(findPath(['/items/{id}', '/items/{id}/parts'], [])).toBeUndefined();
  expect(findPath(['/items/*', '/items/{id}/parts'], [])).toBe('/items/x/parts');
});

test('finds a shortest path that some patterns match and others do not, with made-up texts first', () => {
  expect(findPath(['/items/{id}'], ['/items/new'])).toBe('/items/x');
  expect(findPath(['/x/{id}'], ['/x/{id}'])).toBeUndefined();
  expect(findPath(['/*/x', '/x/{b}/{c}'], [])).toBe('/x/xx/x');
});

test('finds a path of any length', () => {
  for (let length = 1; length <= 70; length += 1) {
    const path = '/a'.repeat(length);
    expect(findPath([path], [])).toBe(path);
  }
});

test('the root is a path of its own, which no {path+} of the gateway but every star of a policy matches', () => {
  expect(findPath(['/*', '/'], [])).toBe('/');
  expect(findPath(['/', '/items'], [])).toBeUndefined();
});

test('stays quick for patterns with many stars', () => {
  const stars = '/*/a'.repeat(20);
  expect(findPath([stars, `${stars}/b`], [])).toBeUndefined();
}, 5_000);
