import { findToken } from '../../../../local/console/page/pasted-token';

test.each([
  ['a.b.c'],
  ['  a.b.c\n'],
  ['Bearer a.b.c'],
  ['bearer   a.b.c'],
  ['Authorization: Bearer a.b.c'],
  ['"a.b.c"'],
  ["'a.b.c'"],
  ['"a.b.c",'],
  ["'Authorization: Bearer a.b.c'"],
  ['Bearer "a.b.c"'],
  ['{"access_token":"a.b.c","token_type":"Bearer","expires_in":86400}'],
  ['{\n  "access_token": "a.b.c"\n}\n'],
])('finds the token in %j', (text) => {
  expect(findToken(text)).toBe('a.b.c');
});

test.each(['', '  ', '"', '{"access_token":7}', 'Bearer '])('finds no token in %j', (text) => {
  expect(findToken(text)).toBe('');
});
