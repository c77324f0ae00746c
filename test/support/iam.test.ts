import { evaluate, expressionOf, type Policy } from './iam';

const policy = (...statements: (readonly [string, ...string[]])[]): Policy => ({
  Statement: statements.map(([effect, ...resources]) => ({
    Effect: effect,
    Action: 'execute-api:Invoke',
    Resource: resources,
  })),
});

test.each([
  ['a/*', 'a/b', true],
  ['a/*', 'a/b/c', true],
  ['a/*', 'a/', true],
  ['a/*', 'a', false],
  ['a/*/c', 'a/b/b/c', true],
  ['a?c', 'a/c', true],
  ['a?c', 'ac', false],
  ['A', 'a', false],
  ['a', 'ab', false],
  ['a.c', 'abc', false],
])('the test evaluator: %s against %s is %s', (pattern, text, expected) => {
  expect(expressionOf(pattern).test(text)).toBe(expected);
});

test('the test evaluator puts an explicit Deny first, then an Allow, then nothing', () => {
  const both = policy(['Allow', 'a/*'], ['Deny', 'a/b']);
  expect(evaluate(both, 'a/b')).toBe('explicit deny');
  expect(evaluate(both, 'a/c')).toBe('allow');
  expect(evaluate(both, 'b')).toBe('implicit deny');
});
