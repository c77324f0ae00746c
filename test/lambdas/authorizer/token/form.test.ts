import { parseJwt } from '../../../../lambdas/authorizer/token/form';
import { encodePart } from '../../../../samples/tokens';

const malformed = { ok: false, reason: 'malformed_token' };
const part = encodePart({ a: 1 });

test('decodes header and claims of a compact serialization', () => {
  const token = `${encodePart({ alg: 'RS256' })}.${encodePart({ sub: 'Zo\u00EB' })}.${encodePart('signature')}`;
  expect(parseJwt(token)).toEqual({
    ok: true,
    value: { unverifiedHeader: { alg: 'RS256' }, unverifiedClaims: { sub: 'Zo\u00EB' } },
  });
});

test('uses the last of two members of one name', () => {
  const result = parseJwt(`${part}.${encodePart('{"exp":1,"exp":2}')}.${part}`);
  expect(result).toMatchObject({ value: { unverifiedClaims: { exp: 2 } } });
});

const names = ['__proto__', 'constructor', 'toString'];

test('has no member that the token does not have itself', () => {
  const result = parseJwt(`${part}.${part}.${part}`);
  if (!result.ok) throw new Error(result.reason);
  for (const object of Object.values(result.value)) {
    expect(names.filter((name) => name in object)).toEqual([]);
    expect(names.map((name) => object[name])).toEqual([undefined, undefined, undefined]);
  }
});

test('keeps a __proto__ member as an ordinary member', () => {
  const result = parseJwt(`${part}.${encodePart('{"__proto__":{"exp":1}}')}.${part}`);
  if (!result.ok) throw new Error(result.reason);
  expect(Object.entries(result.value.unverifiedClaims)).toEqual([['__proto__', { exp: 1 }]]);
  expect(result.value.unverifiedClaims.exp).toBeUndefined();
});

test.each([
  '',
  '.',
  '..',
  '...',
  part,
  `${part}.${part}`,
  `${part}.${part}.`,
  `${part}..${part}`,
  `.${part}.${part}`,
  `${part}.${part}.${part}.`,
  `${part}.${part}.${part}.${part}`,
])('refuses a token that does not have three non-empty parts: %s', (token) => {
  expect(parseJwt(token)).toEqual(malformed);
});

test.each([
  ['padding', `${encodePart('{}')}=`],
  ['the standard alphabet', 'e+8='],
  ['a space', `${part} `],
  ['a line break', `${part.slice(0, 4)}\n${part.slice(4)}`],
  ['a character outside ASCII', `${part}\u00E9`],
  ['a lone last character', `${part.slice(0, 4)}A`],
  ['stray bits', `${encodePart('{}').slice(0, -1)}1`],
])('refuses %s in any part', (_title, spoilt) => {
  expect(parseJwt(`${spoilt}.${part}.${part}`)).toEqual(malformed);
  expect(parseJwt(`${part}.${spoilt}.${part}`)).toEqual(malformed);
  expect(parseJwt(`${part}.${part}.${spoilt}`)).toEqual(malformed);
});

test.each<[string, string | Buffer]>([
  ['a list', '[{}]'],
  ['a list after a space', ' [{}]'],
  ['null', 'null'],
  ['null after a line break', '\nnull'],
  ['a number after a tab', '\t7'],
  ['a string', '"a"'],
  ['a number', '1'],
  ['true', 'true'],
  ['two values', '{}{}'],
  ['a broken object', '{'],
  ['a comment', '{}//'],
  ['single quotes', "{'a':1}"],
  ['a byte order mark', '\uFEFF{}'],
  ['UTF-16', Buffer.from('{}', 'utf16le')],
  ['a byte that is not UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0x22, 0x3a, 0x31, 0x7d])],
  ['an encoded surrogate', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ['an overlong encoding', Buffer.from([0x7b, 0x22, 0xc1, 0xa1, 0x22, 0x3a, 0x31, 0x7d])],
])('refuses %s as header or claims', (_title, text) => {
  expect(parseJwt(`${encodePart(text)}.${part}.${part}`)).toEqual(malformed);
  expect(parseJwt(`${part}.${encodePart(text)}.${part}`)).toEqual(malformed);
});

test.each([
  ['dots', '.'.repeat(8_192)],
  ['brackets', `${encodePart('['.repeat(3_000))}.${encodePart('['.repeat(3_000))}.${part}`],
  ['a deep object', `${part}.${encodePart(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`)}.!`],
  ['digits', `${part}.${encodePart(`{"exp":${'9'.repeat(6_000)}`)}.${part}`],
])('is quick with a flood of %s', (_title, token) => {
  const startedAt = performance.now();
  for (let times = 0; times < 100; times += 1) expect(parseJwt(token)).toEqual(malformed);
  expect((performance.now() - startedAt) / 100).toBeLessThan(10);
});
