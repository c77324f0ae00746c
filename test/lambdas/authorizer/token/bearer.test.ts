import { bearerToken, MAX_TOKEN_LENGTH } from '../../../../lambdas/authorizer/token/bearer';

const accepted = (value: string) => ({ ok: true, value });
const refused = (reason: string) => ({ ok: false, reason });
const single = (value: unknown) => bearerToken({ headers: { Authorization: value } });

test('returns the token of the one Authorization value', () => {
  expect(single('Bearer abc.DEF-_~+/0==')).toEqual(accepted('abc.DEF-_~+/0=='));
});

test.each(['Authorization', 'authorization', 'AUTHORIZATION', 'aUTHORIZATION'])('reads the field name %s', (name) => {
  expect(bearerToken({ headers: { [name]: 'Bearer abc' } })).toEqual(accepted('abc'));
  expect(bearerToken({ multiValueHeaders: { [name]: ['Bearer abc'] } })).toEqual(accepted('abc'));
});

test.each(['Authorizatio', 'Authorization ', 'Author\u0131zation', 'X-Authorization', 'Cookie', 'Proxy-Auth...'])(
  'does not read a field named %s',
  (name) => {
    expect(bearerToken({ headers: { [name]: 'Bearer abc' } })).toEqual(refused('missing_token'));
  },
);

test('counts one value that is in both headers and multiValueHeaders once', () => {
  const value = 'Bearer abc';
  expect(bearerToken({ headers: { authorization: value }, multiValueHeaders: { AUTHORIZATION: [value] } })).toEqual(
    accepted('abc'),
  );
});

test.each([
  ['nothing', {}],
  ['null maps', { headers: null, multiValueHeaders: null }],
  ['maps of wrong types', { headers: 'Authorization', multiValueHeaders: 7 }],
  ['an empty value', { headers: { Authorization: '' } }],
  ['an empty list', { multiValueHeaders: { Authorization: [] } }],
  ['a list of an empty value', { multiValueHeaders: { Authorization: [''] } }],
  ['two empty values', { headers: { Authorization: '', authorization: '' } }],
])('finds no token in %s', (_title, fields) => {
  expect(bearerToken(fields)).toEqual(refused('missing_token'));
});

test.each([
  ['twice in headers', { headers: { Authorization: 'Bearer abc', authorization: 'Bearer abc' } }],
  ['twice in one list', { multiValueHeaders: { Authorization: ['Bearer abc', 'Bearer abc'] } }],
  ['twice in two lists', { multiValueHeaders: { Authorization: ['Bearer abc'], authorization: ['Bearer abc'] } }],
  [
    'differently in both maps',
    { headers: { Authorization: 'Bearer a' }, multiValueHeaders: { Authorization: ['Bearer b'] } },
  ],
  ['joined by a comma', { headers: { Authorization: 'Bearer abc,Bearer abc' } }],
])('refuses credentials given %s', (_title, fields) => {
  expect(bearerToken(fields)).toEqual(refused('multiple_credentials'));
});

test.each([
  'Basic abc',
  'xBearer abc',
  'Bearer',
  'Bearer ',
  'abc',
  'Bearer\tabc',
  'Bearer abc ',
  ' Bearer abc',
  'Bearer abc\n',
  'Bearer a=bc',
  'Bearer ==',
  'Bearer \u00E4',
  'Bearer a:b',
])('refuses %j with malformed_authorization', (value) => {
  expect(single(value)).toEqual(refused('malformed_authorization'));
});

test.each([null, 7, true, {}, [['Bearer abc']]])('refuses a value that is not a string: %j', (value) => {
  expect(single(value)).toEqual(refused('malformed_authorization'));
  expect(bearerToken({ multiValueHeaders: { Authorization: [value] } })).toEqual(refused('malformed_authorization'));
});

test.each([
  ['an empty list', 'multiple_credentials', []],
  ['a list of null', 'multiple_credentials', [null]],
  ['a string instead of a list', 'malformed_authorization', 'Bearer abc'],
  ['null instead of a list', 'malformed_authorization', null],
] as const)('refuses a good field beside %s in multiValueHeaders as %s', (_title, reason, list) => {
  const headers = { Authorization: 'Bearer abc' };
  expect(bearerToken({ headers, multiValueHeaders: { Authorization: list } })).toEqual(refused(reason));
});

test('accepts several spaces after the scheme', () => {
  expect(single('Bearer   abc')).toEqual(accepted('abc'));
});

test('accepts only arrays in multiValueHeaders', () => {
  expect(bearerToken({ multiValueHeaders: { Authorization: 'Bearer abc' } })).toEqual(
    refused('malformed_authorization'),
  );
  const twice = { Authorization: ['Bearer abc'], authorization: [] };
  expect(bearerToken({ multiValueHeaders: twice })).toEqual(refused('multiple_credentials'));
});

test('accepts a token of 16,384 characters, whatever stands before it, and refuses a longer one', () => {
  const longest = 'x'.repeat(MAX_TOKEN_LENGTH);
  expect(MAX_TOKEN_LENGTH).toBe(16_384);
  for (const scheme of ['Bearer ', 'Bearer  ', `bearer${' '.repeat(100)}`]) {
    expect(single(scheme + longest)).toEqual(accepted(longest));
    expect(single(`${scheme}${longest}x`)).toEqual(refused('token_too_large'));
  }
});

test('refuses a value that API Gateway would not let through, before it looks at it', () => {
  expect(single(`Bearer${' '.repeat(20_471)}abc`)).toEqual(accepted('abc'));
  expect(single(`Bearer${' '.repeat(20_472)}abc`)).toEqual(refused('token_too_large'));
  expect(single(','.repeat(20_481))).toEqual(refused('token_too_large'));
});

test.each([
  ['spaces', `Bearer${' '.repeat(20_000)}\n`],
  ['schemes', 'Bearer '.repeat(2_500)],
  ['token characters', `Bearer ${'x'.repeat(20_000)}\n`],
  ['equals signs', `Bearer x${'='.repeat(20_000)}x`],
])('is quick with a flood of %s', (_title, value) => {
  const startedAt = performance.now();
  for (let times = 0; times < 100; times += 1) {
    expect(single(value)).toEqual(refused('malformed_authorization'));
  }
  expect((performance.now() - startedAt) / 100).toBeLessThan(10);
});
