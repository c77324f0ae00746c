import { checkHeader } from '../../../../lambdas/authorizer/token/header';

const good = { alg: 'RS256', kid: 'key-1' };
const refused = (reason: string) => ({ ok: false, reason });

test('returns the kid of a valid header', () => {
  expect(checkHeader(good, 'any')).toEqual({ ok: true, value: 'key-1' });
});

test('ignores keys and addresses in the header', () => {
  const embedded = { jwk: null, jku: 7, x5u: '', x5c: 'x', x5t: [], cty: 'JWT' };
  expect(checkHeader({ ...good, ...embedded }, 'any')).toEqual({ ok: true, value: 'key-1' });
});

test.each([undefined, null, '', 'none', 'rs256', 'RS256 ', 'RS384', 'HS256', 256, ['RS256'], { toString: 'RS256' }])(
  'refuses alg %j',
  (alg) => {
    expect(checkHeader({ ...good, alg }, 'any')).toEqual(refused('unsupported_algorithm'));
  },
);

test.each([
  { crit: ['exp'] },
  { crit: [] },
  { crit: undefined },
  { crit: null },
  { b64: false },
  { b64: true },
  { b64: undefined },
  { enc: 'A256GCM' },
  { enc: undefined },
])('refuses crit, b64 and enc: %j', (extension) => {
  expect(checkHeader({ ...good, ...extension }, 'any')).toEqual(refused('unsupported_header'));
});

test.each([
  'JWT',
  'jwt',
  'Jwt',
  'application/jwt',
  'Application/JWT',
  'at+jwt',
  'AT+JWT',
  'application/at+jwt',
  'Application/At+Jwt',
  undefined,
])('accepts typ %s where any access token may call', (typ) => {
  expect(checkHeader({ ...good, typ }, 'any')).toEqual({ ok: true, value: 'key-1' });
});

test.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('accepts typ %s when at+jwt (RFC 9068) is required', (typ) => {
  expect(checkHeader({ ...good, typ }, 'at+jwt')).toEqual({ ok: true, value: 'key-1' });
});

test.each(['JWT', undefined, 'jwt', 'application/jwt'])('refuses typ %s where RFC 9068 is required', (typ) => {
  expect(checkHeader({ ...good, typ }, 'at+jwt')).toEqual(refused('wrong_type'));
});

test.each([
  '',
  'id+jwt',
  'JWE',
  'JWT ',
  'application/',
  'application/id+jwt',
  'application/application/jwt',
  'jwapplication/t',
  null,
  7,
  ['JWT'],
])('refuses typ %j', (typ) => {
  expect(checkHeader({ ...good, typ }, 'any')).toEqual(refused('wrong_type'));
  expect(checkHeader({ ...good, typ }, 'at+jwt')).toEqual(refused('wrong_type'));
});

test.each([undefined, null, '', 7, ['key-1'], {}])('refuses kid %j', (kid) => {
  expect(checkHeader({ ...good, kid }, 'any')).toEqual(refused('missing_kid'));
});
