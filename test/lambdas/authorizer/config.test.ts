import { parseConfig, SettingsError, settings } from '../../../lambdas/authorizer/config';
import { jwks, signingKey } from '../../../samples/keys';

const key = signingKey('key-1');
const good = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'https://api.example.com' };

/** The error for an environment; fails the test when there is none. */
function errorOf(env: Record<string, string | undefined>): SettingsError {
  try {
    parseConfig({ ...good, ...env });
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('There is no problem with these settings');
}

/** The problems of an environment, in few words. */
const problemsOf = (env: Record<string, string | undefined>): readonly string[] =>
  errorOf(env).problems.map(({ setting, problem }) => `${setting} ${problem}`);

test('needs the domain and the audience, and has a default for every other setting', () => {
  expect(parseConfig(good)).toEqual({
    issuers: ['https://tenant.example.com', 'https://tenant.example.com/'],
    audiences: ['https://api.example.com'],
    jwksUri: 'https://tenant.example.com/.well-known/jwks.json',
    seed: undefined,
    scopeClaim: 'scope',
    contextClaims: undefined,
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
    AUTHACTION_CONTEXT_CLAIMS: ' org_id, https://example.com/roles ,,org_id',
    AUTHACTION_TOKEN_TYPE: 'at+jwt',
    AUTHACTION_ALLOWED_CLIENTS: ' client-1, client-2 ,,client-1',
    AUTHACTION_KEYS_MAX_AGE_SECONDS: '300',
    AUTHACTION_KEYS_TIMEOUT_SECONDS: '10',
    AUTHACTION_REVOKED: 'sub:alice',
    AUTHACTION_ALLOW_LOG_RATE: '0.1',
  });
  expect(config).toMatchObject({
    scopeClaim: 'permissions',
    contextClaims: new Set(['org_id', 'https://example.com/roles']),
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
    expect(problemsOf({ AUTHACTION_ALLOWED_CLIENTS: clients })).toEqual(['AUTHACTION_ALLOWED_CLIENTS malformed']);
  },
);

test.each([',', ' , ,'])('refuses a list of claims that names no claim: %j', (claims) => {
  expect(problemsOf({ AUTHACTION_CONTEXT_CLAIMS: claims })).toEqual(['AUTHACTION_CONTEXT_CLAIMS malformed']);
});

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
  'tenant.example.com/path',
  'tenant.example.com?x',
  'tenant.example.com#x',
  'user@tenant.example.com',
  ':secret@tenant.example.com',
  'a b',
  'xhttps://a',
  'tenant.example.com/http:',
  'http://tenant.example.com',
  'HTTP://localhost',
])('refuses the domain %j', (AUTHACTION_DOMAIN) => {
  expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual(['AUTHACTION_DOMAIN malformed']);
});

test('accepts a domain that only begins like a scheme', () => {
  expect(parseConfig({ ...good, AUTHACTION_DOMAIN: 'xhttp.example' }).issuers[0]).toBe('https://xhttp.example');
});

test('accepts several audiences, trimmed and without duplicates', () => {
  expect(parseConfig({ ...good, AUTHACTION_AUDIENCE: ' a, b ,a,,' }).audiences).toEqual(['a', 'b']);
});

test.each(['a b', 'a,b\tc', ','])('refuses the audience %j', (AUTHACTION_AUDIENCE) => {
  expect(problemsOf({ AUTHACTION_AUDIENCE })).toEqual(['AUTHACTION_AUDIENCE malformed']);
});

test.each([undefined, '', ' '])('requires the domain and the audience: %j is no value', (value) => {
  expect(problemsOf({ AUTHACTION_DOMAIN: value, AUTHACTION_AUDIENCE: value })).toEqual([
    'AUTHACTION_DOMAIN missing',
    'AUTHACTION_AUDIENCE missing',
  ]);
});

test.each(['{', '[]', '{"keys":{}}', '{"keys":[]}', '{"keys":[{"kty":"EC"}]}'])(
  'refuses the key set %s',
  (AUTHACTION_JWKS) => {
    expect(problemsOf({ AUTHACTION_JWKS })).toEqual(['AUTHACTION_JWKS malformed']);
  },
);

test.each(['x', 'sub:', 'sub:a<soon', 'sub:a,x'])('refuses the list of revoked tokens %j', (AUTHACTION_REVOKED) => {
  expect(problemsOf({ AUTHACTION_REVOKED })).toEqual(['AUTHACTION_REVOKED malformed']);
});

test.each(['jwt', 'AT+JWT', 'none'])('refuses the token type %s', (AUTHACTION_TOKEN_TYPE) => {
  expect(problemsOf({ AUTHACTION_TOKEN_TYPE })).toEqual(['AUTHACTION_TOKEN_TYPE malformed']);
});

test.each(['299', '604801', 'x', 'NaN', '-1', 'Infinity'])(
  'refuses %s seconds for AUTHACTION_KEYS_MAX_AGE_SECONDS',
  (value) => {
    expect(problemsOf({ AUTHACTION_KEYS_MAX_AGE_SECONDS: value })).toEqual([
      'AUTHACTION_KEYS_MAX_AGE_SECONDS malformed',
    ]);
  },
);
test.each([300, 604_800])('accepts %d seconds for AUTHACTION_KEYS_MAX_AGE_SECONDS', (seconds) => {
  expect(parseConfig({ ...good, AUTHACTION_KEYS_MAX_AGE_SECONDS: String(seconds) }).keysMaxAgeSeconds).toBe(seconds);
});

test.each(['-0.1', '1.1', 'all'])('refuses the log rate %s', (value) => {
  expect(problemsOf({ AUTHACTION_ALLOW_LOG_RATE: value })).toEqual(['AUTHACTION_ALLOW_LOG_RATE malformed']);
});
test.each(['0', '0.05', '0.125', '1', '1.0', '1.00'])('accepts the log rate %s', (rate) => {
  expect(parseConfig({ ...good, AUTHACTION_ALLOW_LOG_RATE: rate }).allowLogRate).toBe(Number(rate));
});

test('throws one SettingsError that names every setting with a problem, and quotes no value', () => {
  const secret = 'secret value';
  const env = {
    AUTHACTION_DOMAIN: secret,
    AUTHACTION_AUDIENCE: secret,
    AUTHACTION_JWKS: secret,
    AUTHACTION_TOKEN_TYPE: secret,
    AUTHACTION_KEYS_MAX_AGE_SECONDS: secret,
    AUTHACTION_ALLOW_LOG_RATE: secret,
  };
  const { name, problems, message } = errorOf(env);
  expect(name).toBe('SettingsError');
  expect(problems.map(({ setting }) => setting)).toEqual(Object.keys(env));
  expect(message).toMatch(/^Settings: AUTHACTION_DOMAIN malformed, AUTHACTION_AUDIENCE malformed, /);
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
  expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual(['AUTHACTION_DOMAIN malformed']);
});

test.each(['*', '$x', '.', '..', '-', 'exa_mple..com', '-a.example.com', 'a-.example.com', 'a..example.com'])(
  'refuses the domain %j, which is not a valid host name',
  (AUTHACTION_DOMAIN) => {
    expect(problemsOf({ AUTHACTION_DOMAIN })).toEqual(['AUTHACTION_DOMAIN malformed']);
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
