import { ConfigError, parseConfig, settings } from '../../../lambdas/authorizer/config';
import { jwks, signingKey } from '../../../samples/keys';

const key = signingKey('key-1');
const good = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'https://api.example.com' };

/** The problems of an environment; fails the test when there are none. */
function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig({ ...good, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('There is no problem with these settings');
}

test('takes domain and audience, and a default for the rest', () => {
  expect(parseConfig(good)).toEqual({
    issuers: ['https://tenant.example.com', 'https://tenant.example.com/'],
    audiences: ['https://api.example.com'],
    jwksUri: 'https://tenant.example.com/.well-known/jwks.json',
    seed: undefined,
    scopeClaim: 'scope',
    tokenTypes: 'any',
    allowedClients: undefined,
    keysMaxAgeSeconds: 21_600,
    allowLogRate: 1,
    tokenMemoEntries: 256,
  });
});

test('takes every setting', () => {
  const config = parseConfig({
    ...good,
    AUTHACTION_JWKS: JSON.stringify(jwks(key)),
    AUTHACTION_SCOPE_CLAIM: 'permissions',
    AUTHACTION_TOKEN_TYPE: 'at+jwt',
    AUTHACTION_ALLOWED_CLIENTS: ' client-1, client-2 ,,client-1',
    AUTHACTION_KEYS_MAX_AGE_SECONDS: '300',
    AUTHACTION_ALLOW_LOG_RATE: '0.1',
    AUTHACTION_TOKEN_MEMO_ENTRIES: '12',
  });
  expect(config).toMatchObject({
    scopeClaim: 'permissions',
    tokenTypes: 'at+jwt',
    allowedClients: new Set(['client-1', 'client-2']),
    keysMaxAgeSeconds: 300,
    allowLogRate: 0.1,
    tokenMemoEntries: 12,
  });
  expect([...(config.seed?.keys() ?? [])]).toEqual(['key-1']);
});

test.each([',', ' , ,'])(
  'refuses a list of clients that names nobody, instead of letting everybody in: %j',
  (clients) => {
    expect(problemsOf({ AUTHACTION_ALLOWED_CLIENTS: clients })).toEqual([
      'AUTHACTION_ALLOWED_CLIENTS names nobody: list clients, or leave it empty for all',
    ]);
  },
);

test('takes a setting that is empty or blank for one that is not there', () => {
  const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, ' ']));
  expect(parseConfig({ ...empty, ...good })).toEqual(parseConfig(good));
});

test.each([
  'tenant.example.com',
  ' tenant.example.com ',
  'Tenant.Example.COM',
  'https://tenant.example.com',
  'HTTPS://tenant.example.com/',
  'https://tenant.example.com///',
  'tenant.example.com:443',
])('normalises the domain %j', (AUTHACTION_DOMAIN) => {
  expect(parseConfig({ ...good, AUTHACTION_DOMAIN }).jwksUri).toBe('https://tenant.example.com/.well-known/jwks.json');
});

test('keeps a port of the domain', () => {
  const { issuers, jwksUri } = parseConfig({ ...good, AUTHACTION_DOMAIN: 'localhost:3001' });
  expect(issuers).toEqual(['https://localhost:3001', 'https://localhost:3001/']);
  expect(jwksUri).toBe('https://localhost:3001/.well-known/jwks.json');
});

test.each([
  ['tenant.example.com/path', /^AUTHACTION_DOMAIN is not a domain name: .*tenant\.example\.com, without a path$/],
  ['tenant.example.com?x', /is not a domain name/],
  ['tenant.example.com#x', /is not a domain name/],
  ['user@tenant.example.com', /is not a domain name/],
  [':secret@tenant.example.com', /is not a domain name/],
  ['a b', /is not a domain name/],
  ['xhttps://a', /is not a domain name/],
  ['tenant.example.com/http:', /is not a domain name/],
  ['http://tenant.example.com', /^AUTHACTION_DOMAIN must not start with http: tokens are only trusted over https$/],
  ['HTTP://localhost', /must not start with http/],
  [undefined, /^AUTHACTION_DOMAIN is missing: it is your tenant's domain, for example tenant\.example\.com$/],
])('refuses the domain %j', (AUTHACTION_DOMAIN, problem) => {
  expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual([expect.stringMatching(problem)]);
});

test('takes a domain that only begins like a scheme', () => {
  expect(parseConfig({ ...good, AUTHACTION_DOMAIN: 'xhttp.example' }).issuers[0]).toBe('https://xhttp.example');
});

test('takes several audiences, without blanks around them and without duplicates', () => {
  expect(parseConfig({ ...good, AUTHACTION_AUDIENCE: ' a, b ,a,,' }).audiences).toEqual(['a', 'b']);
});

test.each([
  ['a b', 'contains a blank: separate several audiences with commas'],
  ['a,b\tc', 'contains a blank: separate several audiences with commas'],
  [',', 'is missing: it is the identifier of your API at AuthAction'],
  [undefined, 'is missing: it is the identifier of your API at AuthAction'],
])('refuses the audience %j', (AUTHACTION_AUDIENCE, problem) => {
  expect(problemsOf({ AUTHACTION_AUDIENCE })).toEqual([`AUTHACTION_AUDIENCE ${problem}`]);
});

test.each([
  ['{', 'is not JSON: paste the whole answer of /.well-known/jwks.json, or leave it empty'],
  ['[]', 'is not a JWK set: it needs a list "keys" (RFC 7517)'],
  ['{"keys":{}}', 'is not a JWK set: it needs a list "keys" (RFC 7517)'],
  ['{"keys":[]}', 'holds no usable key: RS256 needs an RSA key of 2048 bits with a kid'],
  ['{"keys":[{"kty":"EC"}]}', 'holds no usable key: RS256 needs an RSA key of 2048 bits with a kid'],
])('refuses the key set %s', (AUTHACTION_JWKS, problem) => {
  expect(problemsOf({ AUTHACTION_JWKS })).toEqual([`AUTHACTION_JWKS ${problem}`]);
});

test.each(['jwt', 'AT+JWT', 'none'])('refuses the token type %s', (AUTHACTION_TOKEN_TYPE) => {
  expect(problemsOf({ AUTHACTION_TOKEN_TYPE })).toEqual(['AUTHACTION_TOKEN_TYPE is neither "any" nor "at+jwt"']);
});

test.each(['299', '604801', 'x', 'NaN', '-1', 'Infinity'])('refuses %s seconds for the age of keys', (value) => {
  expect(problemsOf({ AUTHACTION_KEYS_MAX_AGE_SECONDS: value })).toEqual([
    'AUTHACTION_KEYS_MAX_AGE_SECONDS is not a whole number from 300 to 604800',
  ]);
});
test.each([300, 604_800])('takes %d seconds for the age of keys', (seconds) => {
  expect(parseConfig({ ...good, AUTHACTION_KEYS_MAX_AGE_SECONDS: String(seconds) }).keysMaxAgeSeconds).toBe(seconds);
});

test.each(['-0.1', '1.1', 'all'])('refuses the log rate %s', (value) => {
  expect(problemsOf({ AUTHACTION_ALLOW_LOG_RATE: value })).toEqual([
    'AUTHACTION_ALLOW_LOG_RATE is not a number from 0 to 1, such as 0.05',
  ]);
});
test.each(['0', '0.05', '0.125', '1', '1.0', '1.00'])('takes the log rate %s', (rate) => {
  expect(parseConfig({ ...good, AUTHACTION_ALLOW_LOG_RATE: rate }).allowLogRate).toBe(Number(rate));
});

test('says everything that is wrong at once, and quotes no value', () => {
  const secret = 'secret value';
  const env = {
    AUTHACTION_DOMAIN: secret,
    AUTHACTION_AUDIENCE: secret,
    AUTHACTION_JWKS: secret,
    AUTHACTION_TOKEN_TYPE: secret,
    AUTHACTION_KEYS_MAX_AGE_SECONDS: secret,
    AUTHACTION_ALLOW_LOG_RATE: secret,
  };
  expect(problemsOf(env)).toHaveLength(6);
  const thrown = (() => {
    try {
      return parseConfig(env);
    } catch (error) {
      return error as ConfigError;
    }
  })();
  expect(thrown).toBeInstanceOf(ConfigError);
  expect(thrown).toMatchObject({ name: 'ConfigError' });
  const { message } = thrown as ConfigError;
  expect(message).toMatch(/^The settings cannot be used:\n {2}- AUTHACTION_DOMAIN .*\n {2}- AUTHACTION_AUDIENCE /);
  expect(message).not.toContain('secret');
});

test.each([
  'https:',
  'https://',
  'https:tenant.example.com',
  '@tenant.example.com',
  ':@tenant.example.com',
  '1',
  '0x7f.1',
  '127.1',
  'ten\tant.example.com',
  'ten\nant.example.com',
  'ex%61mple.com',
  'tenant.example.com:70000',
  'tenant.example.com:03001',
  '[::ffff:127.0.0.1]',
  '[:::1]',
])('refuses the domain %j, which would be read as something else', (AUTHACTION_DOMAIN) => {
  expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual([expect.stringMatching(/^AUTHACTION_DOMAIN is not a domain name/)]);
});

test.each(['*', '$x', '.', '..', '-', 'exa_mple..com', '-a.example.com', 'a-.example.com', 'a..example.com'])(
  'refuses the domain %j, which nobody can have',
  (AUTHACTION_DOMAIN) => {
    expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual([
      expect.stringMatching(/^AUTHACTION_DOMAIN is not a domain name: it is your tenant's domain/),
    ]);
  },
);

test.each(['localhost:3001', '127.0.0.1:3001', '[::1]:3001', 'a-b.c1.example.com', 'a.example.com', 'a', 'a:4430'])(
  'takes the host %j',
  (AUTHACTION_DOMAIN) => {
    expect(parseConfig({ ...good, AUTHACTION_DOMAIN }).issuers[0]).toBe(`https://${AUTHACTION_DOMAIN}`);
  },
);

test.each(['0x1000', '300.5', '1e4'])('refuses %s for a whole number', (AUTHACTION_KEYS_MAX_AGE_SECONDS) => {
  expect(problemsOf({ AUTHACTION_KEYS_MAX_AGE_SECONDS })).toHaveLength(1);
});
