import {
  areApart,
  findPath,
  isWithin,
  policyPath,
  policyPattern,
  routePattern,
} from '../../../../lambdas/authorizer/policy/path-pattern';

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
])('isWithin() is true for %s in %s', (narrow, wide) => {
  expect(isWithin(routePattern(narrow), routePattern(wide))).toBe(true);
});

test('treats only a whole segment in braces as a variable', () => {
  expect(routePattern('/a{id}/{id}a/a{path+}/{path+}a/{id}/{path+}')).toEqual([
    { text: 'a{id}' },
    { text: '{id}a' },
    { text: 'a{path+}' },
    { text: '{path+}a' },
    'one',
    'many',
  ]);
});

test.each([
  ['/items/{id}', '/items/new'],
  ['/items/{path+}', '/items/{id}'],
  ['/items', '/items/{path+}'],
  ['/Items', '/items'],
])('isWithin() is false for %s in %s', (one, other) => {
  expect(isWithin(routePattern(one), routePattern(other))).toBe(false);
});

test.each([
  ['/a', '/b', true],
  ['/a/{id}', '/b/{id}', true],
  ['/a/{id}/b', '/a/{id}/c', true],
  ['/a/{id}', '/a/b', false],
  ['/{id}/b', '/a/{id}', false],
  ['/{path+}', '/a', false],
  ['/a', '/a/b', false],
])('areApart(%s, %s), which compares fixed segments, is %s', (one, other, expected) => {
  expect(areApart(routePattern(one), routePattern(other))).toBe(expected);
  expect(areApart(routePattern(other), routePattern(one))).toBe(expected);
});

test('areApart() is false after a star', () => {
  expect(areApart(policyPattern('/{a}/b'), routePattern('/a/c/b'))).toBe(false);
  expect(areApart(routePattern('/a/c/b'), policyPattern('/{a}/b'))).toBe(false);
});

test('a variable is one segment for the gateway and any number for a policy', () => {
  expect(findPath([routePattern('/items/{id}'), routePattern('/items/{id}/parts')])).toBeUndefined();
  expect(findPath([policyPattern('/items/{id}'), routePattern('/items/{id}/parts')])).toBe('/items/x/parts');
});

test('findPath() returns a shortest path that some patterns match and others do not, with generated segments first', () => {
  expect(findPath([routePattern('/items/{id}')], [routePattern('/items/new')])).toBe('/items/x');
  expect(findPath([routePattern('/x/{id}')], [routePattern('/x/{id}')])).toBeUndefined();
  expect(findPath([policyPattern('/{a}/x'), routePattern('/x/{b}/{c}')], [])).toBe('/x/xx/x');
});

test('findPath() finds a path of any length', () => {
  for (let length = 1; length <= 20; length += 1) {
    const path = '/a'.repeat(length);
    expect(findPath([routePattern(path)])).toBe(path);
  }
});

test('the root is matched by no {path+} of the gateway but by every star of a policy', () => {
  expect(findPath([policyPattern('/{path+}'), routePattern('/')])).toBe('/');
  expect(findPath([routePattern('/'), routePattern('/items')])).toBeUndefined();
});

test('findPath() ends within 5 s for patterns with many stars', () => {
  const stars = `/${Array.from({ length: 20 }, (_, index) => `{p${index}}/a`).join('/')}`;
  expect(findPath([policyPattern(stars), policyPattern(`${stars}/b`)])).toBeUndefined();
}, 5_000);
