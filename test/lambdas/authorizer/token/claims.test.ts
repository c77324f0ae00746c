import {
  CLOCK_TOLERANCE_SECONDS,
  checkClaims,
  isScopeToken,
  MAX_ENCODED_CLAIMS_LENGTH,
  readPrincipal,
  scopesOf,
} from '../../../../lambdas/authorizer/token/claims';

const NOW = 1_800_000_000;
const LAST_DATE = 253402300799;
const rules = { issuers: ['https://a.test', 'https://a.test/'], audiences: ['api-1', 'api-2'] };
const good = { iss: 'https://a.test', aud: 'api-1', exp: NOW + 60, sub: 'client-1' };

const check = (overrides: object, now = NOW) => checkClaims({ ...good, ...overrides }, rules, now);
const passed = { ok: true, value: { sub: 'client-1', exp: NOW + 60 } };
const refused = (reason: string) => ({ ok: false, reason });

test('checkClaims() passes valid claims and returns sub and exp', () => {
  expect(check({})).toEqual(passed);
});

describe('iss', () => {
  test.each(['https://a.test', 'https://a.test/'])('accepts %s', (iss) => {
    expect(check({ iss })).toEqual(passed);
  });
  test.each([undefined, null, '', 'https://a.test//', 'https://A.test', ['https://a.test'], 7])(
    'refuses %j with wrong_issuer',
    (iss) => {
      expect(check({ iss })).toEqual(refused('wrong_issuer'));
    },
  );
});

describe('aud', () => {
  test.each(['api-1', 'api-2', ['api-1'], ['x', 'api-2'], ['api-1', 'api-2']].map((aud) => [aud]))(
    'accepts %j',
    (aud) => {
      expect(check({ aud })).toEqual(passed);
    },
  );
  test.each(
    [undefined, null, '', [], [''], 'api', 'api-1 api-2', ['x'], [['api-1']], ['api-1', 7], ['api-1', null], {}, 7].map(
      (aud) => [aud],
    ),
  )('refuses %j with wrong_audience', (aud) => {
    expect(check({ aud })).toEqual(refused('wrong_audience'));
  });
});

describe('exp', () => {
  test('is exact: a token is valid before it and expired from it on', () => {
    expect(check({ exp: NOW + 0.001 })).toMatchObject({ ok: true });
    expect(check({ exp: NOW })).toEqual(refused('expired'));
    expect(check({ exp: NOW - 0.001 })).toEqual(refused('expired'));
    expect(check({ exp: -1 })).toEqual(refused('expired'));
  });
  test('may be as late as the last NumericDate', () => {
    expect(check({ exp: LAST_DATE })).toMatchObject({ ok: true });
    expect(check({ exp: LAST_DATE + 1 })).toEqual(refused('invalid_claim'));
    expect(check({ exp: -LAST_DATE })).toEqual(refused('expired'));
    expect(check({ exp: -LAST_DATE - 1 })).toEqual(refused('invalid_claim'));
  });
  test.each([undefined, null, '1900000000', true, [], {}, Number.POSITIVE_INFINITY, Number.NaN])(
    'must be a NumericDate: refuses %p',
    (exp) => {
      expect(check({ exp })).toEqual(refused('invalid_claim'));
    },
  );
});

describe('nbf', () => {
  test('may be later than now by the clock tolerance of 30 seconds', () => {
    expect(CLOCK_TOLERANCE_SECONDS).toBe(30);
    expect(check({ nbf: NOW + 30 })).toEqual(passed);
    expect(check({ nbf: NOW + 30.001 })).toEqual(refused('not_yet_valid'));
    expect(check({ nbf: 0 })).toEqual(passed);
  });
  test.each([null, '0', true, [], Number.POSITIVE_INFINITY])(
    'must be a NumericDate when present: refuses %p',
    (nbf) => {
      expect(check({ nbf })).toEqual(refused('invalid_claim'));
    },
  );
});

describe('iat', () => {
  test.each([undefined, 0, NOW, NOW + 3_600])('may be %p', (iat) => {
    expect(check({ iat })).toEqual(passed);
  });
  test.each([null, '0', true, [], Number.NEGATIVE_INFINITY])(
    'must be a NumericDate when present: refuses %p',
    (iat) => {
      expect(check({ iat })).toEqual(refused('invalid_claim'));
    },
  );
});

describe('sub', () => {
  test.each(['a', ' a ', 'auth0|1', 'Zo\u00EB', '\u{1F511}'])('may be %j', (sub) => {
    expect(check({ sub })).toMatchObject({ value: { sub } });
  });
  test.each([undefined, null, '', ' ', '\t', 7, [], {}, 'a\nb', 'a\0', '\u0085', 'a\u2029'])(
    'must not be %j',
    (sub) => {
      expect(check({ sub })).toEqual(refused('invalid_claim'));
    },
  );
});

test.each(['scope', 'jti'])('%s must be a string when present', (name) => {
  expect(check({ [name]: '' })).toEqual(passed);
  for (const value of [null, 7, [], {}, true]) expect(check({ [name]: value })).toEqual(refused('invalid_claim'));
});

describe('claims for handlers', () => {
  const withClaims = { ...rules, contextClaims: new Set(['org_id', 'name']) };
  /** `{"name":"x…"}` in base64 has 4 characters for 3 bytes. */
  const nameOfEncodedLength = (length: number) => 'x'.repeat((length / 4) * 3 - '{"name":""}'.length);

  test('are the named ones, encoded', () => {
    const { value } = checkClaims({ ...good, org_id: 'a', other: 'b' }, withClaims, NOW) as typeof passed;
    expect(value).toEqual({ ...passed.value, claims: Buffer.from('{"org_id":"a"}').toString('base64') });
  });

  test('may be absent', () => {
    expect(checkClaims(good, withClaims, NOW)).toMatchObject({
      value: { claims: Buffer.from('{}').toString('base64') },
    });
  });

  test(`may have ${MAX_ENCODED_CLAIMS_LENGTH} characters; a token with more is refused with invalid_claim`, () => {
    const most = nameOfEncodedLength(MAX_ENCODED_CLAIMS_LENGTH);
    const claimsOf = (name: string) => checkClaims({ ...good, name }, withClaims, NOW);
    const { value } = claimsOf(most) as { value: { claims: string } };
    expect(value.claims).toHaveLength(MAX_ENCODED_CLAIMS_LENGTH);
    expect(claimsOf(`${most}x`)).toEqual(refused('invalid_claim'));
  });

  test('of other names do not count', () => {
    expect(checkClaims({ ...good, other: 'x'.repeat(5000) }, withClaims, NOW)).toMatchObject({ ok: true });
  });

  test('are not read where the rules name none', () => {
    expect(check({ name: 'x'.repeat(5000) })).toEqual(passed);
  });
});

test('checkClaims() checks iss, aud, exp, nbf and sub in this order', () => {
  expect(check({ iss: 'x', aud: 'x', exp: 0 })).toEqual(refused('wrong_issuer'));
  expect(check({ aud: 'x', exp: 0 })).toEqual(refused('wrong_audience'));
  expect(check({ exp: 0, nbf: NOW + 600 })).toEqual(refused('expired'));
  expect(check({ nbf: NOW + 600, sub: '' })).toEqual(refused('not_yet_valid'));
});

describe('readPrincipal()', () => {
  const CHECKED = { sub: 'client-1', exp: NOW + 60 };

  test('returns the checked sub and exp and the scopes of the named claim', () => {
    const claims = { ...good, scope: 'x', permissions: ['read:a', 'write:b', 'read:a'] };
    expect(readPrincipal(claims, CHECKED, 'permissions')).toEqual({
      sub: 'client-1',
      scopes: ['read:a', 'write:b'],
      expiresAtSeconds: NOW + 60,
    });
  });

  test.each<[string, object, string | undefined]>([
    ['client_id', { client_id: 'a' }, 'a'],
    ['client_id beyond ASCII', { client_id: 'Zo\u00EB b' }, 'Zo\u00EB b'],
    ['azp without a client_id', { azp: 'b' }, 'b'],
    ['client_id rather than azp', { client_id: 'a', azp: 'b' }, 'a'],
    ['neither', {}, undefined],
    ['a client_id that is not a string', { client_id: 7 }, undefined],
    ['azp where client_id is not a printable string', { client_id: 7, azp: 'b' }, 'b'],
    ...['', ' ', 'a\n', 'a\rb', '\u2028', 'a\ud800', '\udc00a'].map((client_id): [string, object, undefined] => [
      `the unprintable client_id ${JSON.stringify(client_id)}`,
      { client_id },
      undefined,
    ]),
  ])('given %s, the clientId is %j', (_title, claims, clientId) => {
    const principal = readPrincipal({ ...good, ...claims }, CHECKED, 'scope');
    expect(principal.clientId).toBe(clientId);
    expect('clientId' in principal).toBe(clientId !== undefined);
  });
});

test.each<[string, Record<string, unknown>, string, string[]]>([
  ['a space-separated scope', { scope: 'read write' }, 'scope', ['read', 'write']],
  ['spaces around and between', { scope: '  read   write ' }, 'scope', ['read', 'write']],
  ['one scope twice', { scope: 'read read' }, 'scope', ['read']],
  ['an empty scope', { scope: '' }, 'scope', []],
  ['no scope', {}, 'scope', []],
  ['an array of permissions', { permissions: ['read', 'write'] }, 'permissions', ['read', 'write']],
  ['a space-separated string under another name', { roles: 'admin staff' }, 'roles', ['admin', 'staff']],
  ['a claim named by a URL', { 'https://example.com/roles': ['admin'] }, 'https://example.com/roles', ['admin']],
  ['only the named claim', { scope: 'read', permissions: ['write'] }, 'permissions', ['write']],
  ['only the scope-tokens of an array', { roles: ['read', 7, null, ['x'], '', 'a b', 'ä', 'a"'] }, 'roles', ['read']],
  ['an object', { scope: { read: true } }, 'scope', []],
  ['a number', { scope: 1 }, 'scope', []],
  ['other white space, which separates nothing', { scope: 'read\twrite\u00a0x' }, 'scope', []],
])('scopesOf() reads %s', (_title, claims, name, expected) => {
  expect(scopesOf(claims, name)).toEqual(expected);
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
])('isScopeToken(%j) is %s (RFC 6749 3.3)', (value, expected) => {
  expect(isScopeToken(value)).toBe(expected);
});
