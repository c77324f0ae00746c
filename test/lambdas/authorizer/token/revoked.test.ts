import fc from 'fast-check';
import {
  isRevoked,
  parseRevoked,
  type RevocableToken,
  revokedKinds,
} from '../../../../lambdas/authorizer/token/revoked';

const token: RevocableToken = { sub: 'alice', client: 'app', kid: 'key-1', jti: 'id-1', iat: 1_000 };

function isListed(text: string, overrides: Partial<RevocableToken> = {}): boolean {
  const list = parseRevoked(text);
  if (!list) throw new Error('not parsed');
  return isRevoked(list, { ...token, ...overrides });
}

test.each(['sub:alice', 'client:app', 'kid:key-1', 'jti:id-1', ' sub:bob , sub:alice '])(
  'revokes a token by %j',
  (text) => {
    expect(isListed(text)).toBe(true);
  },
);

test.each(['', ' ', ',', 'sub:Alice', 'sub:app', 'client:alice', 'kid:id-1', 'jti:key-1', 'sub:alic', 'sub:alicee'])(
  'does not revoke by %j',
  (text) => {
    expect(isListed(text)).toBe(false);
  },
);

test('a time revokes tokens issued before it, and tokens without iat', () => {
  const text = `sub:alice<${new Date(1_000_000).toISOString()}`;
  expect(isListed(text, { iat: 999 })).toBe(true);
  expect(isListed(text, { iat: 1_000 })).toBe(false);
  expect(isListed(text, { iat: 1_001 })).toBe(false);
  expect(isListed(text, { iat: undefined })).toBe(true);
});

test.each(['1970-01-01T00:16:40.5Z', '1970-01-01T02:17Z', '1970-01-01T02:16:41+02:00', '1969-12-31T18:46:41-05:30'])(
  'a time may be %s',
  (time) => {
    expect(isListed(`sub:alice<${time}`, { iat: 1_000 })).toBe(true);
    expect(isListed(`sub:alice<${time}`, { iat: 10_000 })).toBe(false);
  },
);

test('of two entries with one value the wider one counts', () => {
  expect(isListed('sub:alice<1970-01-01T00:00:10Z,sub:alice')).toBe(true);
  expect(isListed('sub:alice,sub:alice<1970-01-01T00:00:10Z')).toBe(true);
  expect(isListed('sub:alice<1970-01-01T00:00:10Z,sub:alice<1970-01-01T00:20:00Z')).toBe(true);
});

test('values with a comma, < or % are percent-encoded', () => {
  expect(isListed('sub:a%2Cb', { sub: 'a,b' })).toBe(true);
  expect(isListed('sub:a%3Cb', { sub: 'a<b' })).toBe(true);
  expect(isListed('sub:a%25b', { sub: 'a%b' })).toBe(true);
});

test('a token without client or jti is not revoked by the word undefined', () => {
  expect(isListed('client:undefined,jti:undefined', { client: undefined, jti: undefined })).toBe(false);
});

test.each([
  'alice',
  'user:alice',
  'xsub:alice',
  'sub:',
  'sub:%',
  'sub:<2026-01-01T00:00:00Z',
  'sub:alice<',
  'sub:alice<yesterday',
  'sub:alice<2026-01-01',
  'sub:alice<2026-13-01T00:00:00Z',
  'sub:alice<2026-01-01T00:00:00',
  'sub:alice<2026-01-01T00:00:00Z and more',
  'sub:alice<+012026-01-01T00:00:00Z',
  'sub:a<2026-01-01T00:00:00Z<2026-01-01T00:00:00Z',
  'sub:bob,alice',
])('refuses the whole list for the malformed entry in %j', (text) => {
  expect(parseRevoked(text)).toBeUndefined();
});

test('a generated token is revoked exactly when an entry matches', () => {
  const value = fc.constantFrom('a', 'b', 'a,b', '<', '%');
  const entry = fc.record({
    kind: fc.constantFrom(...revokedKinds),
    value,
    before: fc.option(fc.integer({ min: 1, max: 20 })),
  });
  const any = fc.record({
    sub: value,
    client: fc.option(value, { nil: undefined }),
    kid: value,
    jti: fc.option(value, { nil: undefined }),
    iat: fc.option(fc.integer({ min: 0, max: 21 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), any, (entries, subject) => {
      const text = entries
        .map((each) => {
          const time = each.before === null ? '' : `<${new Date(each.before * 1000).toISOString()}`;
          return `${each.kind}:${encodeURIComponent(each.value)}${time}`;
        })
        .join();
      const expected = entries.some(
        (each) =>
          subject[each.kind] === each.value &&
          (each.before === null || subject.iat === undefined || subject.iat < each.before),
      );
      expect(isRevoked(parseRevoked(text) ?? new Map(), subject)).toBe(expected);
    }),
  );
});
