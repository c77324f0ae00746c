import { CLOCK_TOLERANCE_SECONDS, checkClaims, isPrintable } from '../../../../lambdas/authorizer/token/claims';

const NOW = 1_800_000_000;
const LAST_DATE = 253402300799;
const rules = { issuers: ['https://a.test', 'https://a.test/'], audiences: ['api-1', 'api-2'] };
const good = { iss: 'https://a.test', aud: 'api-1', exp: NOW + 60, sub: 'client-1' };

const check = (overrides: object, now = NOW) => checkClaims({ ...good, ...overrides }, rules, now);
const passed = { ok: true, value: { sub: 'client-1', exp: NOW + 60 } };
const refused = (reason: string) => ({ ok: false, reason });

test('passes good claims and returns subject and expiry', () => {
  expect(check({})).toEqual(passed);
});

test('reads own members only', () => {
  expect(checkClaims(Object.create(good) as Record<string, unknown>, rules, NOW)).toEqual(refused('wrong_issuer'));
});

describe('iss', () => {
  test.each(['https://a.test', 'https://a.test/'])('%s is ours', (iss) => {
    expect(check({ iss })).toEqual(passed);
  });
  test.each([undefined, null, '', 'https://a.test//', 'https://A.test', ['https://a.test'], 7])('%j is not', (iss) => {
    expect(check({ iss })).toEqual(refused('wrong_issuer'));
  });
});

describe('aud', () => {
  test.each(['api-1', 'api-2', ['api-1'], ['x', 'api-2'], ['api-1', 'api-2']].map((aud) => [aud]))(
    '%j names us',
    (aud) => {
      expect(check({ aud })).toEqual(passed);
    },
  );
  test.each(
    [undefined, null, '', [], [''], 'api', 'api-1 api-2', ['x'], [['api-1']], ['api-1', 7], ['api-1', null], {}, 7].map(
      (aud) => [aud],
    ),
  )('%j does not', (aud) => {
    expect(check({ aud })).toEqual(refused('wrong_audience'));
  });
});

describe('exp', () => {
  test('is exact: a token is good before it and not from it on', () => {
    expect(check({ exp: NOW + 0.001 })).toMatchObject({ ok: true });
    expect(check({ exp: NOW })).toEqual(refused('expired'));
    expect(check({ exp: NOW - 0.001 })).toEqual(refused('expired'));
    expect(check({ exp: -1 })).toEqual(refused('expired'));
  });
  test('may be as late as the last date there is', () => {
    expect(check({ exp: LAST_DATE })).toMatchObject({ ok: true });
    expect(check({ exp: LAST_DATE + 1 })).toEqual(refused('invalid_claim'));
    expect(check({ exp: -LAST_DATE })).toEqual(refused('expired'));
    expect(check({ exp: -LAST_DATE - 1 })).toEqual(refused('invalid_claim'));
  });
  test.each([undefined, null, '1900000000', true, [], {}, Number.POSITIVE_INFINITY, Number.NaN])(
    'must be a date: %p is none',
    (exp) => {
      expect(check({ exp })).toEqual(refused('invalid_claim'));
    },
  );
});

describe('nbf', () => {
  test('may lie ahead by the clock tolerance, half a minute', () => {
    expect(CLOCK_TOLERANCE_SECONDS).toBe(30);
    expect(check({ nbf: NOW + 30 })).toEqual(passed);
    expect(check({ nbf: NOW + 30.001 })).toEqual(refused('not_yet_valid'));
    expect(check({ nbf: 0 })).toEqual(passed);
  });
  test.each([null, '0', true, [], Number.POSITIVE_INFINITY])('must be a date where there is one: %p is none', (nbf) => {
    expect(check({ nbf })).toEqual(refused('invalid_claim'));
  });
});

describe('iat', () => {
  test.each([undefined, 0, NOW, NOW + 3_600])('may be %p', (iat) => {
    expect(check({ iat })).toEqual(passed);
  });
  test.each([null, '0', true, [], Number.NEGATIVE_INFINITY])('must be a date where there is one: %p is none', (iat) => {
    expect(check({ iat })).toEqual(refused('invalid_claim'));
  });
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

test.each(['scope', 'jti'])('%s must be a string where there is one', (name) => {
  expect(check({ [name]: '' })).toEqual(passed);
  for (const value of [null, 7, [], {}, true]) expect(check({ [name]: value })).toEqual(refused('invalid_claim'));
});

test('tells the most telling fault first', () => {
  expect(check({ iss: 'x', aud: 'x', exp: 0 })).toEqual(refused('wrong_issuer'));
  expect(check({ aud: 'x', exp: 0 })).toEqual(refused('wrong_audience'));
  expect(check({ exp: 0, nbf: NOW + 600 })).toEqual(refused('expired'));
  expect(check({ nbf: NOW + 600, sub: '' })).toEqual(refused('not_yet_valid'));
});

test('isPrintable refuses what cannot be written into a log line as it is', () => {
  for (const text of ['a', '\u00E9', 'a b']) expect(isPrintable(text)).toBe(true);
  for (const value of ['', ' ', 'a\rb', '\u2028', 'a\ud800', '\udc00a', undefined, 7]) {
    expect(isPrintable(value)).toBe(false);
  }
});
