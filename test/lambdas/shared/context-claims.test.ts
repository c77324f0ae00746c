import fc from 'fast-check';
import { decodeClaims, encodeClaims } from '../../../lambdas/shared/context-claims';

const encode = (claims: Readonly<Record<string, unknown>>, names = Object.keys(claims)): string =>
  encodeClaims(claims, new Set(names));
const roundTrip = (claims: Readonly<Record<string, unknown>>) => decodeClaims(encode(claims));

/** Any string that JSON can hold, lone surrogates and control characters among it. */
const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
/** -0 is left out: JSON writes it as 0. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const value = fc.oneof(text, fc.string(), number, fc.integer(), fc.boolean(), fc.array(text), fc.array(fc.string()));

test('decodeClaims() returns the claims that encodeClaims() wrote', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value), (claims) => {
      expect(roundTrip(claims)).toEqual({ ...claims });
    }),
  );
});

test('what is written needs no escaping anywhere: letters, digits, +, / and =', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value), (claims) => {
      expect(encode(claims)).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    }),
  );
});

test.each<[string, unknown]>([
  ['a string that looks like a boolean', 'true'],
  ['a boolean', true],
  ['a string that looks like a number', '7'],
  ['a number', 7],
  ['a string that looks like a list', '["a"]'],
  ['a list', ['a']],
  ['an empty list', []],
  ['an empty string', ''],
  ['a list of empty strings', ['', '']],
  ['false', false],
  ['zero', 0],
  ['a fraction', 1.5],
  ['the largest number', Number.MAX_VALUE],
  ['control characters', '\0\r\n\t\u0085\u2028'],
  ['an emoji', '\u{1F511}'],
  ['a lone surrogate', 'a\ud800b'],
])('keeps %s as it is', (_title, claim) => {
  expect(roundTrip({ claim })).toEqual({ claim });
});

test.each<[string, unknown]>([
  ['null', null],
  ['an object', { a: 1 }],
  ['a list with a number', ['a', 7]],
  ['a list with null', [null]],
  ['a list of lists', [['a']]],
  ['a list of lists, one of them empty', ['a', []]],
  ['a number beyond all others', Number.POSITIVE_INFINITY],
  ['undefined', undefined],
])('leaves out %s', (_title, claim) => {
  expect(roundTrip({ claim, other: 'x' })).toEqual({ other: 'x' });
});

test.each(['https://example.com/roles', 'sub', 'a b', 'ä', '\u{1F511}', '', '__proto__', 'constructor', 'toString'])(
  'takes a claim of any name: %j',
  (name) => {
    const claims = JSON.parse(`{${JSON.stringify(name)}:"x"}`) as Record<string, unknown>;
    expect(Object.entries(roundTrip(claims) ?? {})).toEqual([[name, 'x']]);
  },
);

test('writes the named claims only, and none that is inherited', () => {
  expect(decodeClaims(encode({ a: 'x', b: 'y' }, ['a', 'toString', '__proto__']))).toEqual({ a: 'x' });
  const inherited = Object.create({ a: 'x' }) as Record<string, unknown>;
  expect(decodeClaims(encode(inherited, ['a']))).toEqual({});
});

test('decodeClaims() reads no claims where the authorizer wrote none', () => {
  expect(decodeClaims(undefined)).toEqual({});
});

test.each(['', 'x', 'e30', '[]', 'null', '7', '"a"'].map((json) => [json, Buffer.from(json).toString('base64')]))(
  'decodeClaims() returns undefined for base64 of anything but an object: %s',
  (_json, encoded) => {
    expect(decodeClaims(encoded)).toBeUndefined();
  },
);
