import { isRevoked, parseRevoked } from '../../../../lambdas/authorizer/token/revoked';
import { hasEntry, subjectEntry, toggleEntry } from '../../../../local/console/page/revoked-list';

const token = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

test.each(['alice', 'auth0|42', 'a,b<c%d', 'é 😀', ' '])('the authorizer refuses the subject %j', (sub) => {
  const entry = subjectEntry(token({ sub })) ?? '';
  const list = parseRevoked(toggleEntry('kid:old', entry));
  expect(list && isRevoked(list, { sub, client: undefined, kid: 'k', jti: undefined, iat: 0 })).toBe(true);
});

test.each([[{}], [{ sub: 42 }], [{ sub: '' }], [{ sub: '\ud800' }], [null]])(
  'a token with the claims %j has no entry',
  (claims) => {
    expect(subjectEntry(token(claims))).toBeUndefined();
  },
);

test('no entry comes from what is not a JWT', () => {
  expect(subjectEntry('opaque')).toBeUndefined();
});

test('takes out the entry that is there, however encoded, and nothing else', () => {
  const list = 'kid:old, sub:a|b,sub:a%7Cb<2026-11-25T12:00:00Z';
  expect(hasEntry(list, 'sub:a%7Cb')).toBe(true);
  expect(toggleEntry(list, 'sub:a%7Cb')).toBe('kid:old,sub:a%7Cb<2026-11-25T12:00:00Z');
});

test('an entry with a time is not the entry of the subject', () => {
  const list = 'sub:a<2026-11-25T12:00:00Z';
  expect(hasEntry(list, 'sub:a')).toBe(false);
  expect(toggleEntry(toggleEntry(list, 'sub:a'), 'sub:a')).toBe(list);
});
