import { isScopeToken, scopesOf } from '../../../../lambdas/authorizer/token/scopes';

test.each<[string, Record<string, unknown>, string, string[]]>([
  ['a space-separated scope', { scope: 'read write' }, 'scope', ['read', 'write']],
  ['blanks around and between', { scope: '  read   write ' }, 'scope', ['read', 'write']],
  ['one scope twice', { scope: 'read read' }, 'scope', ['read']],
  ['an empty scope', { scope: '' }, 'scope', []],
  ['no scope', {}, 'scope', []],
  ['an array of permissions', { permissions: ['read', 'write'] }, 'permissions', ['read', 'write']],
  ['a space-separated text under another name', { roles: 'admin staff' }, 'roles', ['admin', 'staff']],
  ['a claim named by a URL', { 'https://example.com/roles': ['admin'] }, 'https://example.com/roles', ['admin']],
  ['only the claim that is asked for', { scope: 'read', permissions: ['write'] }, 'permissions', ['write']],
  ['an array with what is no scope', { roles: ['read', 7, null, ['x'], '', 'a b', 'ä', 'a"'] }, 'roles', ['read']],
  ['an object', { scope: { read: true } }, 'scope', []],
  ['a number', { scope: 1 }, 'scope', []],
  ['other blanks, which separate nothing', { scope: 'read\twrite\u00a0x' }, 'scope', []],
])('reads %s', (_title, claims, name, expected) => {
  expect(scopesOf(claims, name)).toEqual(expected);
});

test.each(['constructor', '__proto__', 'toString'])('finds nothing inherited under the name %s', (name) => {
  expect(scopesOf({}, name)).toEqual([]);
});

test.each([
  ['read:messages', true],
  ['https://api.example.com/read', true],
  ['!#[]~', true],
  ['', false],
  ['a b', false],
  ['a"b', false],
  ['a\\b', false],
  ['a\n', false],
  [undefined, false],
])('knows whether %j is a scope-token of RFC 6749', (value, expected) => {
  expect(isScopeToken(value)).toBe(expected);
});
