import { describeType, quote } from '../../terminal/quote';

test.each([
  ['text', '"text"'],
  [7, '7'],
  [undefined, 'undefined'],
  [['a'], '["a"]'],
  ['\u001b[31m', '"\\u001b[31m"'],
  ['\u202Etxt', '"\\u202etxt"'],
])('%j is shown as %s', (value, shown) => {
  expect(quote(value)).toBe(shown);
});

test('a long value is cut off, with its length', () => {
  expect(quote('x'.repeat(500))).toBe(`"${'x'.repeat(79)}… (502 characters)`);
});

test('a value that is nested too deeply is shown by its type', () => {
  const nested: unknown = JSON.parse(`${'['.repeat(60_000)}${']'.repeat(60_000)}`);
  expect(quote(nested)).toBe('an array');
  expect(quote({ nested })).toBe('an object');
});

test.each([
  [null, 'null'],
  [[], 'an array'],
  [{}, 'an object'],
  ['', 'a string'],
  [1, 'a number'],
])('%j is %s', (value, type) => {
  expect(describeType(value)).toBe(type);
});
