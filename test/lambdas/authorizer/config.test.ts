import { parseConfig, settings } from '../../../lambdas/authorizer/config';
import { ProblemsError, type SettingProblem } from '../../../lambdas/authorizer/problems';
import { jwks, signingKey } from '../../../samples/keys';

const key = signingKey('key-1');
const good = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'https://api.example.com' };

/** The error for an environment; fails the test when there is none. */
function errorOf(env: Record<string, string | undefined>): ProblemsError<SettingProblem> {
  try {
    parseConfig({ ...good, ...env });
  } catch (error) {
    if (error instanceof ProblemsError) return error as ProblemsError<SettingProblem>;
    throw error;
  }
  throw new Error('There is no problem with these settings');
}

/** The problems of an environment as sentences. */
const problemsOf = (env: Record<string, string | undefined>): readonly string[] =>
  errorOf(env).problems.map(({ setting, text }) => `${setting} ${text}`);

test('needs the domain and the audience, and has a default for every other setting', () => {
  expect(parseConfig(good)).toEqual({
    issuers: ['https://tenant.example.com', 'https://tenant.example.com/'],
    audiences: ['https://api.example.com'],
    jwksUri: 'https://tenant.example.com/.well-known/jwks.json',
    seed: undefined,
    scopeClaim: 'scope',
    tokenTypes: 'any',
    allowedClients: undefined,
    keysMaxAgeSeconds: 21_600,
    keysTimeoutSeconds: 3,
    revoked: new Map(),
    allowLogRate: 1,
  });
});

test('parses every setting', () => {
  const config = parseConfig({
    ...good,
    AUTHACTION_JWKS: JSON.stringify(jwks(key)),
    AUTHACTION_SCOPE_CLAIM: 'permissions',
    AUTHACTION_TOKEN_TYPE: 'at+jwt',
    AUTHACTION_ALLOWED_CLIENTS: ' client-1, client-2 ,,client-1',
    AUTHACTION_KEYS_MAX_AGE_SECONDS: '300',
    AUTHACTION_KEYS_TIMEOUT_SECONDS: '10',
    AUTHACTION_REVOKED: 'sub:alice',
    AUTHACTION_ALLOW_LOG_RATE: '0.1',
  });
  expect(config).toMatchObject({
    scopeClaim: 'permissions',
    tokenTypes: 'at+jwt',
    allowedClients: new Set(['client-1', 'client-2']),
    keysMaxAgeSeconds: 300,
    keysTimeoutSeconds: 10,
    revoked: new Map([['sub:alice', Number.POSITIVE_INFINITY]]),
    allowLogRate: 0.1,
  });
  expect([...(config.seed?.keys() ?? [])]).toEqual(['key-1']);
});

test.each([',', ' , ,'])(
  'refuses a list of clients that names no client, instead of allowing every client: %j',
  (clients) => {
    expect(problemsOf({ AUTHACTION_ALLOWED_CLIENTS: clients })).toEqual([
      'AUTHACTION_ALLOWED_CLIENTS names no client: list clients, or leave it empty for all',
    ]);
  },
);

test('treats an empty or white-space setting as absent', () => {
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
])('normalizes the domain %j', (AUTHACTION_DOMAIN) => {
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

test('accepts a domain that only begins like a scheme', () => {
  expect(parseConfig({ ...good, AUTHACTION_DOMAIN: 'xhttp.example' }).issuers[0]).toBe('https://xhttp.example');
});

test('accepts several audiences, trimmed and without duplicates', () => {
  expect(parseConfig({ ...good, AUTHACTION_AUDIENCE: ' a, b ,a,,' }).audiences).toEqual(['a', 'b']);
});

test.each([
  ['a b', 'contains a space: separate several audiences with commas'],
  ['a,b\tc', 'contains a space: separate several audiences with commas'],
  [',', 'is missing: it is the identifier of your API at AuthAction'],
  [undefined, 'is missing: it is the identifier of your API at AuthAction'],
])('refuses the audience %j', (AUTHACTION_AUDIENCE, problem) => {
  expect(problemsOf({ AUTHACTION_AUDIENCE })).toEqual([`AUTHACTION_AUDIENCE ${problem}`]);
});

test.each([
  ['{', 'is not a JWK set: paste the whole answer of /.well-known/jwks.json, or leave it empty'],
  ['[]', 'is not a JWK set: paste the whole answer of /.well-known/jwks.json, or leave it empty'],
  ['{"keys":{}}', 'is not a JWK set: paste the whole answer of /.well-known/jwks.json, or leave it empty'],
  ['{"keys":[]}', 'has no usable key: RS256 needs an RSA key of 2048 bits with a kid'],
  ['{"keys":[{"kty":"EC"}]}', 'has no usable key: RS256 needs an RSA key of 2048 bits with a kid'],
])('refuses the key set %s', (AUTHACTION_JWKS, problem) => {
  expect(problemsOf({ AUTHACTION_JWKS })).toEqual([`AUTHACTION_JWKS ${problem}`]);
});

test.each(['jwt', 'AT+JWT', 'none'])('refuses the token type %s', (AUTHACTION_TOKEN_TYPE) => {
  expect(problemsOf({ AUTHACTION_TOKEN_TYPE })).toEqual(['AUTHACTION_TOKEN_TYPE is neither "any" nor "at+jwt"']);
});

test.each(['299', '604801', 'x', 'NaN', '-1', 'Infinity'])(
  'refuses %s seconds for AUTHACTION_KEYS_MAX_AGE_SECONDS',
  (value) => {
    expect(problemsOf({ AUTHACTION_KEYS_MAX_AGE_SECONDS: value })).toEqual([
      'AUTHACTION_KEYS_MAX_AGE_SECONDS is not a whole number from 300 to 604800',
    ]);
  },
);
test.each([300, 604_800])('accepts %d seconds for AUTHACTION_KEYS_MAX_AGE_SECONDS', (seconds) => {
  expect(parseConfig({ ...good, AUTHACTION_KEYS_MAX_AGE_SECONDS: String(seconds) }).keysMaxAgeSeconds).toBe(seconds);
});

test.each(['-0.1', '1.1', 'all'])('refuses the log rate %s', (value) => {
  expect(problemsOf({ AUTHACTION_ALLOW_LOG_RATE: value })).toEqual([
    'AUTHACTION_ALLOW_LOG_RATE is not a number from 0 to 1, such as 0.05',
  ]);
});
test.each(['0', '0.05', '0.125', '1', '1.0', '1.00'])('accepts the log rate %s', (rate) => {
  expect(parseConfig({ ...good, AUTHACTION_ALLOW_LOG_RATE: rate }).allowLogRate).toBe(Number(rate));
});

test('throws one ProblemsError with every problem, and quotes no value', () => {
  const secret = 'secret value';
  const env = {
    AUTHACTION_DOMAIN: secret,
    AUTHACTION_AUDIENCE: secret,
    AUTHACTION_JWKS: secret,
    AUTHACTION_TOKEN_TYPE: secret,
    AUTHACTION_KEYS_MAX_AGE_SECONDS: secret,
    AUTHACTION_ALLOW_LOG_RATE: secret,
  };
  const { problems, message } = errorOf(env);
  expect(problems.map(({ setting }) => setting)).toEqual(Object.keys(env));
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
])('refuses the domain %j, which a URL parser reads as something else', (AUTHACTION_DOMAIN) => {
  expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual([expect.stringMatching(/^AUTHACTION_DOMAIN is not a domain name/)]);
});

test.each(['*', '$x', '.', '..', '-', 'exa_mple..com', '-a.example.com', 'a-.example.com', 'a..example.com'])(
  'refuses the domain %j, which is not a valid host name',
  (AUTHACTION_DOMAIN) => {
    expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual([
      expect.stringMatching(/^AUTHACTION_DOMAIN is not a domain name: it is your tenant's domain/),
    ]);
  },
);

test.each(['localhost:3001', '127.0.0.1:3001', '[::1]:3001', 'a-b.c1.example.com', 'a.example.com', 'a', 'a:4430'])(
  'accepts the host %j',
  (AUTHACTION_DOMAIN) => {
    expect(parseConfig({ ...good, AUTHACTION_DOMAIN }).issuers[0]).toBe(`https://${AUTHACTION_DOMAIN}`);
  },
);

test.each(['0x1000', '300.5', '1e4'])('refuses %s as a whole number', (AUTHACTION_KEYS_MAX_AGE_SECONDS) => {
  expect(problemsOf({ AUTHACTION_KEYS_MAX_AGE_SECONDS })).toHaveLength(1);
});
