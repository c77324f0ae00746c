/** What a person must find in the report about a token, case by case. */
import { examineToken } from '../../../cli/doctor/doctor';
import { render } from '../../../cli/doctor/render';
import { report } from '../../../cli/doctor/report';
import type { TokenExaminer } from '../../../cli/doctor/token-checks';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { type KeySet, keysOf, parseKeySet } from '../../../lambdas/authorizer/keys/key-set';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import type { Route } from '../../../lambdas/shared/route-table';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, encodePart, goodClaims, ISSUER, nowSeconds, signToken } from '../../../samples/tokens';
import { painter } from '../../../terminal/terminal';

const key = signingKey('key-1');
const other = signingKey('key-2');
const stranger = signingKey('key-1');
const weak = signingKey('weak', { bits: 1024 });
const now = nowSeconds();

const sampleRoutes: readonly Route[] = [
  { method: 'GET', path: '/protected', handler: 'protected', access: 'token' },
  { method: 'GET', path: '/scoped', handler: 'scoped', access: { scopes: ['read:messages'] } },
];

interface Setting {
  /** The document the provider publishes; one with `key` and `other` by default. */
  readonly published?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly clues?: TokenExaminer['clues'];
  readonly routes?: readonly Route[];
}

/** The report about what was pasted, as a terminal without colors shows it. */
async function examined(
  pasted: string,
  { published = jwks(key, other), env = {}, clues, routes = sampleRoutes }: Setting = {},
): Promise<string> {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, ...env });
  const keyStore = createKeyStore({
    fetchKeySet: async () => parseKeySet(published) as KeySet,
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: 3_600_000,
    seed: config.seed,
    observe: () => {},
  });
  const { sections } = await examineToken(pasted, routes, {
    config,
    keyStore,
    verify: createVerify(config),
    nowSeconds: () => Date.now() / 1000,
    published: keysOf(published) ?? [],
    ...(clues === undefined ? {} : { clues }),
  });
  return render(report(sections), painter(false));
}

const claims = (overrides: Readonly<Record<string, unknown>>, header: Readonly<Record<string, unknown>> = {}): string =>
  signToken(key, goodClaims(overrides), header);
const withKey = (member: Readonly<Record<string, unknown>>, of = key) => ({
  keys: [{ ...of.jwk, ...member }, other.jwk],
});
const good = claims({ scope: 'read:messages' });
const jwe = ['{"alg":"RSA-OAEP","enc":"A256GCM"}', 'key', 'iv', 'text', 'tag'].map(encodePart).join('.');
const fifth = { keys: [1, 2, 3, 4].map(() => ({ ...signingKey('key-1').jwk })).concat({ ...key.jwk }) };

/** Title, what is pasted, every sentence that must be found, and where the case is not the usual one, its setting. */
const rows: readonly (readonly [string, string, readonly (string | RegExp)[], Setting?])[] = [
  [
    'a numeric sub, correctly signed',
    claims({ sub: 7 }),
    [
      /✗ sub .*a number is not accepted/,
      /✓ signature .*made by this key/,
      '1 problem found',
      'Have the provider send sub as a string',
    ],
  ],
  ['a sub that is missing', claims({ sub: undefined }), ['a token must have sub']],
  [
    'scopes under permissions',
    claims({ permissions: ['read:messages'] }),
    [
      /✗ GET \/scoped .*the token has "read:messages" under "permissions"/,
      'Set AUTHACTION_SCOPE_CLAIM to "permissions"',
    ],
  ],
  ['scopes under scp', claims({ scp: 'read:messages x' }), ['under "scp"', 'Set AUTHACTION_SCOPE_CLAIM to "scp"']],
  ['scopes under roles', claims({ roles: ['read:messages'] }), ['Set AUTHACTION_SCOPE_CLAIM to "roles"']],
  [
    'scopes under a claim with a URL',
    claims({ 'https://example.com/roles': ['read:messages'] }),
    ['Set AUTHACTION_SCOPE_CLAIM to "https://example.com/roles"'],
  ],
  [
    'nested scopes',
    claims({ realm_access: { roles: ['read:messages'] } }),
    ['under "realm_access.roles"', 'cannot name a nested claim'],
  ],
  ['scopes with commas', claims({ scope: 'read:messages,write:messages' }), ['separated by commas']],
  [
    'claims that are nested too deeply',
    signToken(key, JSON.stringify(goodClaims()).replace('{', `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)},`)),
    [/✗ refused .*malformed_token\. Its header or claims are nested too deeply/, 'leave out the nested claim'],
  ],
  ['scopes with line breaks', claims({ scope: 'a\nread:messages' }), ['in "scope", but not between spaces']],
  ['scopes in JSON in a string', claims({ scope: '["read:messages"]' }), ['in "scope", but not between spaces']],
  [
    'scopes with commas under another claim',
    claims({ scp: 'a,read:messages' }),
    ['under "scp", but not between spaces; this API reads scopes from "scope"'],
  ],
  [
    'scopes in objects',
    claims({ authorization: { permissions: [{ rsname: 'x', scopes: ['read:messages'] }] } }),
    ['under "authorization.permissions.scopes"', 'cannot name a nested claim'],
  ],
  ['scopes in another case', claims({ scope: 'Read:Messages' }), ['in another case; scopes are compared exactly']],
  [
    'scopes with the name of the API',
    claims({ scope: `${AUDIENCE}/read:messages` }),
    ['Write the scopes in the route table as the token has them'],
  ],
  [
    'scopes that the token lacks',
    claims({}),
    [/! GET \/scoped .*missing read:messages/, 'Request the token with these scopes'],
  ],
  [
    'scope as an array',
    claims({ scope: ['read:messages'] }),
    ['an array is not understood under scope', '[invalid_claim]'],
  ],
  [
    'exp in milliseconds',
    claims({ exp: (now + 3600) * 1000 }),
    [/✗ exp .*this is in milliseconds: read that way, it is .*in (59 minutes|1 hour)/, 'send exp in seconds'],
  ],
  ['iat in milliseconds', claims({ iat: now * 1000 }), [/✗ iat .*this is in milliseconds/]],
  ['nbf in microseconds', claims({ nbf: now * 1e6 }), [/✗ nbf .*this is in microseconds/]],
  ['exp in nanoseconds', claims({ exp: (now + 3600) * 1e9 }), [/✗ exp .*this is in nanoseconds/]],
  [
    'a lifetime as exp',
    claims({ exp: 86_400 }),
    [/✗ exp .*how long the token lasts instead of the date/, 'as a number of seconds since 1970'],
  ],
  [
    'exp in quotes',
    claims({ exp: String(now + 3600) }),
    ['a number in quotes is a string', 'as a number of seconds since 1970'],
  ],
  ['exp as an ISO date', claims({ exp: '2030-01-01T00:00:00Z' }), ['a date in words is not a NumericDate']],
  ['no exp', claims({ exp: undefined }), ['a token must expire']],
  ['an expired token', claims({ exp: now - 3600 }), [/✗ exp .*1 hour ago/, '[expired]', 'Get a new token']],
  [
    'an expired token, by a clock that is wrong',
    claims({ exp: now - 60 }),
    ["by the provider's clock it is valid now: this clock is 1 hour ahead of it", 'Set this clock by NTP'],
    { clues: { clockAheadSeconds: 3600 } },
  ],
  [
    'nbf in the future, by a clock that is wrong',
    claims({ nbf: now + 60 }),
    ['this clock is 1 hour behind it'],
    { clues: { clockAheadSeconds: -3600 } },
  ],
  [
    'a published key of 1,024 bits',
    signToken(weak, goodClaims()),
    [/✗ key .*"weak" is published, but cannot be used: .*2048 to 8192 bits/],
    { published: jwks(key, weak) },
  ],
  [
    'a published key with alg RS512',
    good,
    ['"key-1" is published, but cannot be used: alg is not RS256'],
    { published: withKey({ alg: 'RS512' }) },
  ],
  [
    'a published key with key_ops sign',
    good,
    ['cannot be used: key_ops does not contain verify'],
    { published: withKey({ key_ops: ['sign'] }) },
  ],
  ['a published key with use enc', good, ['cannot be used: use is not sig'], { published: withKey({ use: 'enc' }) }],
  [
    'a key that is published with a number as its kid',
    signToken(key, goodClaims(), { kid: '7' }),
    ['there it is a number', 'Have the provider publish kid as a string'],
    { published: { keys: [other.jwk, { ...other.jwk, kid: 7 }] } },
  ],
  [
    'a kid that names no published key, though one signed',
    signToken(other, goodClaims(), { kid: 'key-9' }),
    ['signed by the one published as "key-2"'],
  ],
  [
    'a kid that no published key has',
    signToken(signingKey('key-9'), goodClaims()),
    ['publishes no key "key-9", but "key-1", "key-2"', 'Get a new token'],
  ],
  [
    'a forged signature',
    signToken(stranger, goodClaims()),
    [/✗ signature .*not made by the key "key-1" as it is published now, nor by another/, '[bad_signature]'],
  ],
  [
    'a signature that was cut off',
    good.slice(0, -2),
    [/✗ signature .*it has 255 bytes, one of this key has 256/, 'its end was cut off'],
  ],
  [
    'a signature of another published key',
    signToken(other, goodClaims(), { kid: 'key-1' }),
    ['but by the one published as "key-2"'],
  ],
  [
    'a kid that five keys share',
    good,
    ['one of more than 4 keys that share this kid', 'its own kid'],
    { published: fifth },
  ],
  [
    'a re-keyed kid, token of the new key',
    claims({}),
    [/! signature .*\(now: bad_signature\).*accepts the token in the same call/, /✓ token .*good/],
    { env: { AUTHACTION_JWKS: JSON.stringify(jwks(stranger)) } },
  ],
  [
    'a re-keyed kid, token of the old key',
    signToken(stranger, goodClaims()),
    [/✗ signature .*as it is published now/, '[bad_signature]'],
    { env: { AUTHACTION_JWKS: JSON.stringify(jwks(signingKey('key-1'))) } },
  ],
  [
    'an ID token',
    claims({ aud: 'client-1', nonce: 'n', at_hash: 'h' }),
    [/✗ aud .*probably an ID token: it has nonce and at_hash/, 'Send the access_token', '[wrong_audience]'],
  ],
  [
    'an ID token that only its audience shows',
    claims({ aud: 'client-1', azp: 'client-1' }),
    ['probably an ID token: it is for its client'],
  ],
  ['the audience with a slash at the end', claims({ aud: `${AUDIENCE}/` }), ['a trailing slash or letter case']],
  [
    'the audience with a space behind it',
    claims({ aud: `${AUDIENCE} ` }),
    ['the same but for spaces around it', 'without these spaces'],
  ],
  [
    'the audience beside a number',
    claims({ aud: [AUDIENCE, 7] }),
    [/✗ aud .*an array not only of strings/, 'a string or an array of strings (RFC 7519 4.1.3)'],
  ],
  ['the audience in an object', claims({ aud: { api: AUDIENCE } }), [/✗ aud .*: an object/, 'RFC 7519 4.1.3']],
  [
    'several audiences in one string',
    claims({ aud: `${AUDIENCE} https://x.example` }),
    ['several audiences in one string'],
  ],
  [
    'no audience',
    claims({ aud: undefined }),
    ['it names no API', 'Name the audience of this API in the token request'],
  ],
  ['the audience of the provider', claims({ aud: `${ISSUER}/userinfo` }), ['the provider itself']],
  ['another audience', claims({ aud: 'https://other.example' }), ['set AUTHACTION_AUDIENCE']],
  [
    'an issuer in another spelling, as discovery has it',
    claims({ iss: `https://${DOMAIN.toUpperCase()}` }),
    ['the same host in another spelling; the discovery document spells it like the token'],
    { clues: { discoveredIssuer: `https://${DOMAIN.toUpperCase()}` } },
  ],
  ['an issuer with a space behind it', claims({ iss: `${ISSUER} ` }), ['the same host in another spelling']],
  ['no issuer', claims({ iss: undefined }), ['a token must have iss', 'Have the provider add iss']],
  ['an array of issuers', claims({ iss: [ISSUER] }), ['an array is not accepted', 'send iss as a string']],
  ['an issuer over http', claims({ iss: `http://${DOMAIN}` }), ['the same host in another spelling']],
  [
    'a foreign issuer',
    claims({ iss: 'https://other.example.test/' }),
    ['another tenant than AUTHACTION_DOMAIN', 'Set AUTHACTION_DOMAIN to "other.example.test"', '[wrong_issuer]'],
  ],
  [
    'the issuer of the same tenant under its own domain',
    claims({ iss: 'https://tenant.eu.example.test/' }),
    [
      /✗ iss .*AUTHACTION_DOMAIN is another domain of the same tenant/,
      'Set AUTHACTION_DOMAIN to "tenant.eu.example.test"',
    ],
    { clues: { discoveredIssuer: 'https://tenant.eu.example.test/' } },
  ],
  [
    'an issuer with a path',
    claims({ iss: 'https://id.example.test/realms/x' }),
    ['it is not a host alone'],
    { clues: { discoveredIssuer: 'https://id.example.test/realms/x' } },
  ],
  [
    'an issuer with a path that discovery does not name',
    claims({ iss: `${ISSUER}/oauth2/default` }),
    ['it is not a host alone', 'without a path'],
  ],
  [
    'HS256',
    claims({}, { alg: 'HS256' }),
    [/✗ alg .*signed with a shared secret/, '[unsupported_algorithm]', /· signature .*not checked/],
  ],
  ['alg none', claims({}, { alg: 'none' }), ['not signed at all']],
  ['a DPoP proof', claims({}, { typ: 'dpop+jwt' }), ['this is a DPoP proof']],
  [
    'JWT where at+jwt is required',
    claims({}),
    ['AUTHACTION_TOKEN_TYPE asks for at+jwt'],
    { env: { AUTHACTION_TOKEN_TYPE: 'at+jwt' } },
  ],
  [
    'an opaque token',
    'a'.repeat(43),
    ['no dots: an opaque token', 'Name the audience of this API in the token request', '[malformed_token]'],
  ],
  ['a JWE', jwe, ['an encrypted token (JWE) (alg "RSA-OAEP", enc "A256GCM")', 'Switch off the encryption']],
  [
    'a token without its signature',
    good.split('.').slice(0, 2).join('.'),
    ['2 parts; expected three', 'Copy the whole access token'],
  ],
  ['a token with padding', `${good}=`, ['the signature is padded with =']],
  ['a token that starts too late', good.slice(3), ['the header is not UTF-8: cut off or changed']],
  [
    'a token bound by DPoP',
    claims({ cnf: { jkt: 'x' } }),
    ['bound to a key of its client (jkt: DPoP, RFC 9449)', 'does not check the proof'],
  ],
  ['a token bound by a certificate', claims({ cnf: { 'x5t#S256': 'x' } }), ['mutual TLS, RFC 8705']],
  [
    'a token of more than 16,384 characters',
    claims({ groups: Array.from({ length: 900 }, (_, index) => `group-number-${index}`) }),
    [/✗ bearer .*this authorizer reads at most 16384, its own limit/, 'Largest claims: "groups"', '[token_too_large]'],
  ],
  ['a token of 8,391 characters', claims({ groups: 'g'.repeat(5_900) }), [/✓ bearer/, /✓ GET \/protected/]],
  [
    'a token response',
    JSON.stringify({ access_token: good, token_type: 'Bearer', expires_in: 86_400 }),
    ['The access_token was taken from a token response', /✓ GET \/scoped/],
  ],
  [
    'a token response without an access token',
    JSON.stringify({ id_token: good }),
    [/✗ input .*has id_token, but no access_token/],
  ],
  ['an error of the token endpoint', '{"error":"invalid_client"}', ['This is an error of the token endpoint']],
  ['the word Bearer', `Bearer ${good}`, ['The word Bearer was removed', /✓ GET \/scoped/]],
  [
    'the scheme DPoP',
    `DPoP ${good}`,
    [/✗ header .*another scheme than Bearer\. No token is accepted like this/, '[malformed_authorization]'],
  ],
  ['a header', `Authorization: Bearer ${good}`, ['taken out of the text around it', /✓ GET \/scoped/]],
  ['a curl command', `curl -H "Authorization: Bearer ${good}" https://api.example.com`, [/✓ GET \/scoped/]],
  ['quotes', `"${good}"`, ['Quotes around the token were removed', /✓ GET \/scoped/]],
  ['line breaks', good.replace(/.{64}/g, '$&\n'), ['Line breaks inside the token were removed', /✓ GET \/scoped/]],
  ['a byte order mark', `\uFEFF${good}`, ['Invisible characters were removed', /✓ GET \/scoped/]],
  ['the word undefined', 'Bearer undefined', ['the word undefined instead of a token', 'Look in the client']],
  [
    'the word Bearer twice',
    `Bearer Bearer ${good}`,
    [/✗ header .*Bearer is before the token more than once/, '→ Send'],
  ],
  ['a header with the word Bearer twice', `Authorization: Bearer Bearer ${good}`, [/✗ header .*more than once/]],
  [
    'a header without the word Bearer',
    `Authorization: ${good}`,
    [/✗ header .*no word Bearer before the token/, '→ Send'],
  ],
  [
    'a header with the token in quotes',
    `Authorization: Bearer "${good}"`,
    [/✗ header .*after the word Bearer is in quotes/],
  ],
  ['a header with a colon', `Bearer: ${good}`, [/✗ header .*a colon after the word Bearer/]],
  [
    'a header with the word Bearer twice and an expired token',
    `Authorization: Bearer Bearer ${claims({ exp: now - 3600 })}`,
    [
      /✗ header .*more than once/,
      /! exp .*\[expired, not reached\]/s,
      /✗ refused .*the log says malformed_authorization/,
    ],
  ],
  [
    'a header with a tab behind the word Bearer',
    `Authorization: Bearer\t${good}`,
    [/✗ header .*There is a character other than a space after the word Bearer/],
  ],
  [
    'a header with a no-break space behind the word Bearer',
    `Authorization: Bearer\u00A0${good}`,
    [/✗ header .*There is a character other than a space/],
  ],
  ['a header with the scheme JWT', `Authorization: JWT ${good}`, [/✗ header .*another scheme than Bearer/]],
  ['a header with an equals sign', `Authorization: Bearer=${good}`, [/✗ header .*No token is accepted like this/]],
  [
    'a header with the token in angle brackets',
    `Authorization: Bearer <${good}>`,
    [/✗ header .*more than the word Bearer, a space and the token/],
  ],
  [
    'a header whose token is broken over two lines',
    `Authorization: Bearer ${good.slice(0, 70)}\n ${good.slice(70)}`,
    ['Line breaks inside the token were removed', /✓ GET \/scoped/],
  ],
  ['a header without a token', 'Authorization: Bearer ', [/✗ input .*The input contains no token/]],
  ['a line of YAML', `token: ${good}`, ['taken out of the text around it', /✓ GET \/scoped/]],
  [
    'an event of the authorizer',
    JSON.stringify({ type: 'REQUEST', headers: { Authorization: `Bearer ${good}` } }),
    ['taken out of the text around it', /✓ GET \/scoped/],
  ],
  [
    'a request that a browser has recorded',
    JSON.stringify({
      log: { entries: [{ request: { headers: [{ name: 'authorization', value: `Bearer ${good}` }] } }] },
    }),
    ['taken out of the text around it', /✓ GET \/scoped/],
  ],
  [
    'a token response deep inside of a document',
    JSON.stringify({ data: { auth: { access_token: good, id_token: jwe } } }),
    [/✓ GET \/scoped/],
  ],
  [
    'a token response of Cognito',
    JSON.stringify({ AuthenticationResult: { AccessToken: good, IdToken: claims({ aud: 'client-1' }) } }),
    ['taken from a token response', /✓ GET \/scoped/],
  ],
  [
    'a token response that was encoded twice',
    JSON.stringify(JSON.stringify({ access_token: good, token_type: 'Bearer' })),
    ['taken from a token response', /✓ GET \/scoped/],
  ],
  ['a token in HTML', `<code>${good}</code>`, ['taken out of the text around it', /✓ GET \/scoped/]],
  ['a token in a sentence', `Why is (${good}) refused? Or ${good.slice(9, 40)}.`, [/✓ GET \/scoped/]],
  ['a token at the end of a sentence', `Here it is: ${good}.`, [/✓ GET \/scoped/]],
  ['a token in colors', `\u001B[32m${good}\u001B[0m`, ['Invisible characters were removed', /✓ GET \/scoped/]],
  ['a token with escaped quotes', `\\"${good}\\"`, ['Quotes around the token were removed', /✓ GET \/scoped/]],
  ['a token in base64', Buffer.from(good).toString('base64'), [/✗ form .*encoded in base64 once more/]],
  [
    'a token that a log hides',
    'Authorization: Bearer [REDACTED]',
    [/✗ bearer .*hidden: a mark stands in the place of the token/],
  ],
  ['a token of asterisks', 'Bearer ********', [/✗ bearer .*hidden/]],
  ['a token whose end is hidden', `${good.slice(0, 40)}***`, [/✗ bearer .*hidden/]],
  ['a variable of PowerShell', 'Bearer $env:TOKEN', ['the name of a value']],
  ['a variable in braces', 'Bearer {token}', ['the name of a value']],
  ['the place of a token in an example', 'Bearer YOUR_ACCESS_TOKEN_HERE', ['the name of a value']],
  ['a token behind the word Basic', `Authorization: Basic ${good}`, [/✗ header .*another scheme than Bearer/]],
  [
    'a header with the credentials of a client',
    `Authorization: Basic ${Buffer.from('client-1:a-secret-of-the-client').toString('base64')}`,
    [/✗ input .*a client with its secret \(Basic\)/, 'Give the access_token alone'],
  ],
  [
    'a request that the AWS SDK has signed',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0f',
    [/✗ bearer .*a signature of AWS \(SigV4\) instead of a bearer token/, 'Switch off AWS signing'],
  ],
  [
    'a variable of Postman',
    'Bearer {{access_token}}',
    ['the name of a value instead of the value', 'Set the variable'],
  ],
  ['a variable of the shell', 'Authorization: Bearer $TOKEN', ['the name of a value', 'use double quotes']],
  ['the place of a token in documentation', '<access token>', ['the name of a value instead of the value']],
  ['an object as text', '[object Promise]', ['a whole object as text', 'await the response first']],
  [
    'a token that a console has shortened',
    `${good.slice(0, 60)}...${good.slice(-20)}`,
    [/✗ form .*shortened: dots replace a part that was left out/, 'Copy the token from the token response itself'],
  ],
  ['a token that ends in an ellipsis', `${good.slice(0, 80)}\u2026`, [/✗ bearer .*shortened/]],
  [
    'a token out of a chat that makes dashes of hyphens',
    good.replace(/[-_]/, '\u2013'),
    [/✗ bearer .*with dashes in the place of hyphens/, 'as plain text'],
  ],
  [
    'a web page',
    '<!DOCTYPE html><html><body>Sign in</body></html>',
    ['a web page instead of a token', '/oauth2/m2m/token'],
  ],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', ['a key or a certificate instead']],
  ['a token encoded for a URL', `Bearer%20${good}`, ['Percent encoding, as in a URL, was removed', /✓ GET \/scoped/]],
  [
    'a file in UTF-16, as PowerShell writes it',
    Buffer.from(`\uFEFF${good}\r\n`, 'utf16le').toString('utf8'),
    ['The text was in UTF-16', /✓ GET \/scoped/],
  ],
  ['UTF-16 without a mark', Buffer.from(good, 'utf16le').toString('utf8'), ['in UTF-16', /✓ GET \/scoped/]],
  [
    'UTF-16 with its bytes swapped',
    Buffer.from(`\uFEFF${good}\n`, 'utf16le').swap16().toString('utf8'),
    ['in UTF-16', /✓ GET \/scoped/],
  ],
  [
    'a token response behind its HTTP headers',
    `HTTP/2 200\r\ncontent-type: application/json\r\n\r\n{"access_token":"${good}","token_type":"Bearer"}`,
    ['taken out of the text around it', /✓ GET \/scoped/],
  ],
  [
    'a token response as Python prints it',
    `{'access_token': '${good}', 'expires_in': 86400}`,
    ['taken out of the text around it', /✓ GET \/scoped/],
  ],
  ['another header', `x-access-token: ${good}`, ['taken out of the text around it', 'Authorization: Bearer <token>']],
  ['two tokens in other text', `a=${good}; b=${good}`, [/✗ bearer/]],
  [
    'five parts that are not encrypted',
    `${good}.a.b`,
    [/✗ form .*5 parts; expected three/, 'Copy the whole access token'],
  ],
  [
    'two tokens with a comma',
    `${good},${good}`,
    ['with a comma, as when two credentials were joined', '[multiple_credentials]'],
  ],
  ['a kid in another case', signToken(key, goodClaims(), { kid: 'KEY-1' }), ['differ only in letter case or spaces']],
  [
    'a published key without a kid',
    good,
    ['the token is signed by the one published without a kid', 'Have the provider use the same kid'],
    { published: { keys: [{ ...key.jwk, kid: undefined }, other.jwk] } },
  ],
  [
    'a revoked token',
    good,
    [/✗ revoked .*AUTHACTION_REVOKED lists this token by its kid/, 'Get a new token'],
    { env: { AUTHACTION_REVOKED: 'kid:key-1' } },
  ],
  [
    'a client that is not listed',
    good,
    ['the log says client_not_allowed', 'Add the client to AUTHACTION_ALLOWED_CLIENTS', '1 problem found'],
    { env: { AUTHACTION_ALLOWED_CLIENTS: 'another' } },
  ],
];

test('a route whose scopes are under two claims: neither claim alone is advised', async () => {
  const both: Route = { method: 'GET', path: '/both', handler: 'both', access: { scopes: ['read:a', 'read:b'] } };
  const text = await examined(claims({ scope: 'read:a', permissions: ['read:b'] }), { routes: [both] });
  expect(text).toContain('"read:b" under "permissions", and other scopes of this route in "scope"');
  expect(text).toContain('Have the provider send all scopes in "scope"');
  expect(text).not.toContain('Set AUTHACTION_SCOPE_CLAIM');
});

const cases = rows.map(([title, pasted, sentences, setting]) => ({ title, pasted, sentences, setting }));

describe('the report about a token', () => {
  test.each(cases)('$title', async ({ pasted, sentences, setting }) => {
    const text = await examined(pasted, setting);
    for (const sentence of sentences) {
      if (typeof sentence === 'string') expect(text).toContain(sentence);
      else expect(text).toMatch(sentence);
    }
  });

  test.each(cases)('$title: has one cause at most, and says what to do about it', async ({ pasted, setting }) => {
    const text = await examined(pasted, setting);
    const token = text.split('Decision')[0] ?? '';
    expect(token.match(/✗/g)?.length ?? 0).toBeLessThanOrEqual(1);
    for (const failure of token.split(/\n(?= {2}[✓✗!·])/).filter((check) => check.includes('✗'))) {
      expect(failure).toContain('→');
    }
    for (const part of good.split('.')) expect(text).not.toContain(part);
    expect(text).not.toContain('client-1@clients');
  });
});
