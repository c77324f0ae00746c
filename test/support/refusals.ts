import { constants, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { RefuseReason } from '../../lambdas/authorizer/decision';
import { requestEvent } from '../../samples/events';
import { type SigningKey, signingKey } from '../../samples/keys';
import { AUDIENCE, encodePart, goodClaims, nowSeconds, signToken } from '../../samples/tokens';

/** Published by the provider of these tests. */
export const key = signingKey('key-1');
export const secondKey = signingKey('key-2');
/** Two published keys that share a kid. */
export const twins = [signingKey('twin'), signingKey('twin')] as const;
/** Published, but nothing to trust: too short, for encryption, for another algorithm, with a small exponent. */
export const unusableKeys = [
  signingKey('short', { bits: 1024 }),
  { ...key, kid: 'encryption', jwk: { ...key.jwk, kid: 'encryption', use: 'enc' } },
  { ...key, kid: 'rs512', jwk: { ...key.jwk, kid: 'rs512', alg: 'RS512' } },
  { ...key, kid: 'sign-only', jwk: { ...key.jwk, kid: 'sign-only', key_ops: ['sign'] } },
  signingKey('exponent-3', { exponent: 3 }),
] as const;
/** Not published. */
const stranger = signingKey('key-1');
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edKey = generateKeyPairSync('ed25519').privateKey;

/** The provider's document: the good keys among odd ones that must be skipped. */
export const document = {
  keys: [
    null,
    { kid: 'no-kty' },
    { ...key.jwk, kid: 7 },
    ...unusableKeys.map(({ jwk }) => jwk),
    key.jwk,
    ...twins.map(({ jwk }) => jwk),
    secondKey.jwk,
  ],
};

/** One request as it depends on the issuer, which is known once the server of the tests has a port. */
export type MakeEvent = (issuer: string) => unknown;
export interface Refusal {
  readonly title: string;
  readonly reason: RefuseReason;
  readonly event: MakeEvent;
}

type Claims = Readonly<Record<string, unknown>>;

const bearer = (token: string) => requestEvent({ authorization: `Bearer ${token}` });
const claimsOf = (issuer: string, overrides: Claims = {}) => goodClaims({ iss: issuer, ...overrides });
const goodToken = (issuer: string) => signToken(key, claimsOf(issuer));

/** An event of its own making: `headers` and `multiValueHeaders` as they are given. */
const withFields = (headers: unknown, multiValueHeaders: unknown) => ({
  ...requestEvent(),
  headers,
  multiValueHeaders,
});
/** An event with one Authorization value. */
const withValue = (value: unknown) => withFields({ Authorization: value }, { Authorization: [value] });

const refusal = (reason: RefuseReason, title: string, event: MakeEvent): Refusal => ({ reason, title, event });
const ofToken = (reason: RefuseReason, title: string, token: MakeToken) =>
  refusal(reason, title, (issuer) => bearer(token(issuer)));
const ofClaims = (reason: RefuseReason, title: string, overrides: Claims | ((issuer: string) => Claims)) =>
  ofToken(reason, title, (issuer) =>
    signToken(key, claimsOf(issuer, typeof overrides === 'function' ? overrides(issuer) : overrides)),
  );
const ofHeader = (reason: RefuseReason, title: string, header: Claims) =>
  ofToken(reason, title, (issuer) => signToken(key, claimsOf(issuer), header));

type MakeToken = (issuer: string) => string;

/** Signs by any means over any header. */
function signedBy(signer: (input: Buffer) => Buffer, header: Claims, issuer: string): string {
  const input = `${encodePart({ typ: 'JWT', kid: key.kid, ...header })}.${encodePart(claimsOf(issuer))}`;
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`;
}

/** Swaps one part of a good token. */
function withPart(issuer: string, index: 0 | 1 | 2, change: (part: string) => string): string {
  return goodToken(issuer)
    .split('.')
    .map((part, at) => (at === index ? change(part) : part))
    .join('.');
}

/** JSON text of good claims with raw text added at its end, for what JSON.stringify cannot write. */
const claimsText = (issuer: string, overrides: Claims, added: string) =>
  `${JSON.stringify(claimsOf(issuer, overrides)).slice(0, -1)},${added}}`;

/** Every secret an attacker can make out of the published key (RFC 8725 2.1: RS256 key confused with an HMAC secret). */
function publicSecrets({ jwk, privateKey }: SigningKey): readonly (readonly [string, string | Buffer])[] {
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const { n = '', e = '' } = jwk;
  return [
    ['SPKI PEM', spki],
    ['SPKI PEM without its last newline', spki.trimEnd()],
    ['SPKI PEM with CRLF', spki.replaceAll('\n', '\r\n')],
    ['SPKI PEM in one line', spki.replaceAll('\n', '')],
    ['SPKI DER', publicKey.export({ type: 'spki', format: 'der' })],
    ['PKCS#1 PEM', pkcs1],
    ['PKCS#1 PEM without its last newline', pkcs1.trimEnd()],
    ['PKCS#1 DER', publicKey.export({ type: 'pkcs1', format: 'der' })],
    ['base64url modulus', n],
    ['raw modulus', Buffer.from(n, 'base64url')],
    ['JWK', JSON.stringify(jwk)],
    ['bare JWK', JSON.stringify({ kty: 'RSA', n, e })],
    ['empty secret', ''],
  ];
}

/** RFC 6750 2.1, RFC 9110 5.1: one credential, in one place, in one form. */
const credentials: readonly Refusal[] = [
  refusal('missing_token', 'no Authorization field', () => requestEvent()),
  refusal('missing_token', 'no headers at all', () => withFields(null, null)),
  refusal('missing_token', 'headers of a wrong type', () => withFields('Authorization: Bearer x', 7)),
  refusal('missing_token', 'an empty value', () => withValue('')),
  ...[7, true, null, {}, { value: 'Bearer x' }].map((value) =>
    refusal('malformed_authorization', `a value that is ${JSON.stringify(value)}`, () => withValue(value)),
  ),
  ...['Basic', 'DPoP', 'Foo', 'BearerX', 'Bear', 'Token'].map((scheme) =>
    refusal('malformed_authorization', `a good token after the scheme ${scheme}`, (issuer) =>
      withValue(`${scheme} ${goodToken(issuer)}`),
    ),
  ),
  refusal('malformed_authorization', 'a good token without a scheme', (issuer) => withValue(goodToken(issuer))),
  refusal('malformed_authorization', 'a scheme without a token', () => withValue('Bearer')),
  refusal('malformed_authorization', 'a scheme and spaces', () => withValue('Bearer  ')),
  ...(
    [
      ['a tab instead of the space', (token) => `Bearer\t${token}`],
      ['a no-break space instead of the space', (token) => `Bearer\u00A0${token}`],
      ['a line break instead of the space', (token) => `Bearer\r\n${token}`],
      ['a line break at the end', (token) => `Bearer ${token}\n`],
      ['a space at the end', (token) => `Bearer ${token} `],
      ['a space in front', (token) => ` Bearer ${token}`],
      ['a NUL at the end', (token) => `Bearer ${token}\0`],
      ['a word after the token', (token) => `Bearer ${token} x`],
      ['a parameter after the token', (token) => `Bearer ${token};x=1`],
      ['quotes around the token', (token) => `Bearer "${token}"`],
      ['angle brackets around the token', (token) => `Bearer <${token}>`],
      ['a fullwidth letter in the scheme', (token) => `\uFF22earer ${token}`],
      ['padding inside the token', (token) => `Bearer ${token.replace('.', '=.')}`],
    ] satisfies [string, (token: string) => string][]
  ).map(([title, spoil]) => refusal('malformed_authorization', title, (issuer) => withValue(spoil(goodToken(issuer))))),
  refusal('multiple_credentials', 'two values of one field', (issuer) => {
    const value = `Bearer ${goodToken(issuer)}`;
    return withFields({ Authorization: value }, { Authorization: [value, value] });
  }),
  refusal('multiple_credentials', 'two spellings of the field', (issuer) => {
    const value = `Bearer ${goodToken(issuer)}`;
    return withFields({ Authorization: value, authorization: value }, null);
  }),
  refusal('multiple_credentials', 'two spellings of the multi-value field', (issuer) => {
    const value = `Bearer ${goodToken(issuer)}`;
    return withFields(null, { Authorization: [value], AUTHORIZATION: [value] });
  }),
  refusal('multiple_credentials', 'two values joined by a comma', (issuer) => {
    const value = `Bearer ${goodToken(issuer)}`;
    return withValue(`${value}, ${value}`);
  }),
  refusal('multiple_credentials', 'headers and multiValueHeaders that differ', (issuer) =>
    withFields({ Authorization: 'Bearer x' }, { Authorization: [`Bearer ${goodToken(issuer)}`] }),
  ),
  ...(
    [
      ['multiple_credentials', 'an empty list', () => []],
      ['multiple_credentials', 'a list of null', () => [null]],
      ['malformed_authorization', 'the same text, but no list,', (value) => value],
    ] satisfies [Refusal['reason'], string, (value: string) => unknown][]
  ).map(([reason, title, list]) =>
    refusal(reason, `${title} in multiValueHeaders beside a good field in headers`, (issuer) => {
      const value = `Bearer ${goodToken(issuer)}`;
      return withFields({ Authorization: value }, { Authorization: list(value) });
    }),
  ),
  refusal('malformed_authorization', 'a null in headers beside a value in multiValueHeaders', (issuer) =>
    withFields({ Authorization: null }, { Authorization: [`Bearer ${goodToken(issuer)}`] }),
  ),
  ...(
    [
      ['query', (token) => ({ queryStringParameters: { access_token: token, Authorization: `Bearer ${token}` } })],
      ['cookie', (token) => ({ headers: { Cookie: `access_token=${token}; Authorization=Bearer ${token}` } })],
      ['body', (token) => ({ body: `access_token=${token}` })],
      ['X-Forwarded-Authorization', (token) => ({ headers: { 'X-Forwarded-Authorization': `Bearer ${token}` } })],
      ['Proxy-Authorization', (token) => ({ headers: { 'Proxy-Authorization': `Bearer ${token}` } })],
      ['stage variable', (token) => ({ stageVariables: { Authorization: `Bearer ${token}` } })],
    ] satisfies [string, (token: string) => object][]
  ).map(([title, place]) =>
    refusal('missing_token', `a good token in: ${title}`, (issuer) => ({
      ...requestEvent(),
      ...place(goodToken(issuer)),
    })),
  ),
  ofToken('token_too_large', 'a well-signed token above 16 KB', (issuer) =>
    signToken(key, claimsOf(issuer, { x: 'x'.repeat(12_000) })),
  ),
  refusal('token_too_large', 'twenty thousand letters', () => withValue(`Bearer ${'x'.repeat(20_000)}`)),
];

/** RFC 7515 7.1 and 5.2, RFC 4648 3.5: one serialization, one spelling. */
const serializations: readonly Refusal[] = [
  ofToken('malformed_token', 'a token of one part', () => 'garbage'),
  ofToken('malformed_token', 'a token of two parts', (issuer) => goodToken(issuer).split('.').slice(0, 2).join('.')),
  ofToken('malformed_token', 'a token of four parts', (issuer) => `${goodToken(issuer)}.x`),
  ofToken('malformed_token', 'a token of five parts, as a JWE has', (issuer) => `${goodToken(issuer)}.AAAA.AAAA`),
  ofToken('malformed_token', 'nothing but dots', () => '.'.repeat(8_000)),
  ofToken('malformed_token', 'an empty header', (issuer) => withPart(issuer, 0, () => '')),
  ofToken('malformed_token', 'empty claims', (issuer) => withPart(issuer, 1, () => '')),
  ofToken('malformed_token', 'an empty signature', (issuer) => withPart(issuer, 2, () => '')),
  refusal('multiple_credentials', 'a JSON serialization', (issuer) => {
    const [header, payload, signature] = goodToken(issuer).split('.');
    return withValue(`Bearer ${JSON.stringify({ payload, protected: header, signature })}`);
  }),
  ...([0, 1, 2] as const).flatMap((index) => {
    const name = ['header', 'claims', 'signature'][index];
    return [
      ofToken('malformed_token', `a + in the ${name}`, (issuer) =>
        withPart(issuer, index, (part) => `+${part.slice(1)}`),
      ),
      ofToken('malformed_token', `a / in the ${name}`, (issuer) =>
        withPart(issuer, index, (part) => `/${part.slice(1)}`),
      ),
      ofToken('malformed_token', `a ~ in the ${name}`, (issuer) => withPart(issuer, index, (part) => `${part}~`)),
    ];
  }),
  ofToken('malformed_token', 'padding at its end', (issuer) => `${goodToken(issuer)}==`),
  ofToken('malformed_token', 'stray bits in the last character of the signature', (issuer) =>
    withPart(issuer, 2, (part) => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      // 256 bytes end in two characters, the last one with four unused bits.
      return part.slice(0, -1) + alphabet[alphabet.indexOf(part.slice(-1)) + 1];
    }),
  ),
  ...(
    [
      ['a list', '[]'],
      ['null', 'null'],
      ['a string', '"x"'],
      ['a number', '7'],
      ['empty text', ' '],
      ['an object and more', '{} x'],
      ['two objects', '{}{}'],
      ['unfinished', '{"iss":'],
      ['an object with a NUL after it', '{}\0'],
      ['UTF-16', Buffer.from('{}', 'utf16le')],
      ['an object after a byte order mark', '\uFEFF{}'],
      ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ] satisfies [string, string | Buffer][]
  ).flatMap(([title, text]) => [
    ofToken('malformed_token', `claims that are ${title}`, () => signToken(key, text)),
    ofToken('malformed_token', `a header that is ${title}`, (issuer) => signToken(key, claimsOf(issuer), text)),
  ]),
  ofToken('malformed_token', 'a subject that is not UTF-8', (issuer) =>
    signToken(key, Buffer.from(JSON.stringify(claimsOf(issuer, { sub: 'caf\u00E9' })), 'latin1')),
  ),
  ofToken('expired', 'exp twice, good and then past', (issuer) => signToken(key, claimsText(issuer, {}, '"exp":1'))),
  ofToken('wrong_issuer', 'iss twice, ours and then another', (issuer) =>
    signToken(key, claimsText(issuer, {}, '"iss":"https://evil.example"')),
  ),
  ofToken('unsupported_algorithm', 'alg twice, RS256 and then none', (issuer) =>
    signToken(key, claimsOf(issuer), '{"alg":"RS256","kid":"key-1","alg":"none"}'),
  ),
  ofToken('invalid_claim', 'claims that only its __proto__ has', (issuer) =>
    signToken(key, claimsText(issuer, { exp: undefined }, `"__proto__":{"exp":${nowSeconds() + 3600}}`)),
  ),
  ofToken('missing_kid', 'a kid that only its __proto__ has', (issuer) =>
    signToken(key, claimsOf(issuer), '{"alg":"RS256","__proto__":{"kid":"key-1"}}'),
  ),
  ofToken('wrong_audience', 'claims that only its constructor has', (issuer) =>
    signToken(key, claimsText(issuer, { aud: undefined }, `"constructor":{"aud":"${AUDIENCE}"}`)),
  ),
];

/** RFC 8725 3.1: the algorithm is the verifier's choice. */
const algorithms: readonly Refusal[] = [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', '', 'null', 'undefined'].map((alg) =>
    ofToken('unsupported_algorithm', `alg ${JSON.stringify(alg)} with some signature`, (issuer) =>
      signedBy(() => Buffer.from('x'), { alg }, issuer),
    ),
  ),
  ...['none', 'None', 'NONE', 'nOnE'].map((alg) =>
    ofToken('malformed_token', `alg ${alg} without a signature`, (issuer) =>
      signedBy(() => Buffer.alloc(0), { alg }, issuer),
    ),
  ),
  ...publicSecrets(key).map(([title, secret]) =>
    ofToken('unsupported_algorithm', `HS256 keyed with the public key as: ${title}`, (issuer) =>
      signedBy((input) => createHmac('sha256', secret).update(input).digest(), { alg: 'HS256' }, issuer),
    ),
  ),
  ofToken('bad_signature', 'an HMAC that claims to be RS256', (issuer) =>
    signedBy((input) => createHmac('sha256', 'x').update(input).digest(), { alg: 'RS256' }, issuer),
  ),
  ...(['sha384', 'sha512', 'sha1'] as const).flatMap((hash) => {
    const alg = { sha384: 'RS384', sha512: 'RS512', sha1: 'RS1' }[hash];
    return [
      ofToken('unsupported_algorithm', `${alg} with the right key`, (issuer) =>
        signedBy((input) => sign(hash, input, key.privateKey), { alg }, issuer),
      ),
      ofToken('bad_signature', `${alg} with the right key that claims to be RS256`, (issuer) =>
        signedBy((input) => sign(hash, input, key.privateKey), { alg: 'RS256' }, issuer),
      ),
    ];
  }),
  ...['PS256', 'RS256'].map((alg) =>
    ofToken(alg === 'RS256' ? 'bad_signature' : 'unsupported_algorithm', `PSS padding as ${alg}`, (issuer) =>
      signedBy(
        (input) => sign('sha256', input, { key: key.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }),
        { alg },
        issuer,
      ),
    ),
  ),
  ofToken('unsupported_algorithm', 'ES256', (issuer) =>
    signedBy((input) => sign('sha256', input, { key: ecKey, dsaEncoding: 'ieee-p1363' }), { alg: 'ES256' }, issuer),
  ),
  ofToken('unsupported_algorithm', 'EdDSA', (issuer) =>
    signedBy((input) => sign(null, input, edKey), { alg: 'EdDSA' }, issuer),
  ),
  ...['rs256', 'Rs256', 'RS256 ', ' RS256', 'RS256\0', 'RS2', 256, null, true, ['RS256'], { alg: 'RS256' }].map((alg) =>
    ofHeader('unsupported_algorithm', `alg ${JSON.stringify(alg)}`, { alg }),
  ),
  ofHeader('unsupported_algorithm', 'no alg', { alg: undefined }),
];

const jwkOfStranger = { ...stranger.jwk };

/** RFC 7515 4.1, RFC 8725 3.10 and 3.11. */
const headers: readonly Refusal[] = [
  ...[['exp'], ['b64'], ['alg'], [], 'exp', null, {}, false, 0].map((crit) =>
    ofHeader('unsupported_header', `crit ${JSON.stringify(crit)}`, { crit, exp: 4102444800 }),
  ),
  ...[false, true, null].map((b64) => ofHeader('unsupported_header', `b64 ${b64}`, { b64 })),
  ofHeader('unsupported_header', 'b64 false, declared critical', { b64: false, crit: ['b64'] }),
  ...['JWS', 'JWE', 'id+jwt', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', 'at-jwt', 'JWT ', '', 7, null, ['JWT']].map(
    (typ) => ofHeader('wrong_type', `typ ${JSON.stringify(typ)}`, { typ }),
  ),
  ...([undefined, '', 1, null, ['key-1'], { kid: 'key-1' }, true] as const).map((kid) =>
    ofHeader('missing_kid', `kid ${JSON.stringify(kid)}`, { kid }),
  ),
  ...(
    [
      ['jwk', { jwk: jwkOfStranger }],
      ['jku', { jku: 'https://evil.example/jwks.json' }],
      ['x5u', { x5u: 'https://evil.example/cert.pem' }],
      ['x5c', { x5c: ['MIIB'] }],
      [
        'jwk, jku, x5u and x5c',
        { jwk: jwkOfStranger, jku: 'https://evil.example', x5u: 'https://evil.example', x5c: [] },
      ],
    ] satisfies [string, Claims][]
  ).map(([title, header]) =>
    ofToken('bad_signature', `a stranger's signature with ${title} in the header`, (issuer) =>
      signToken(stranger, claimsOf(issuer), header),
    ),
  ),
];

/** RFC 7515 4.1.4, RFC 7517 4.5: kid is an opaque name of one of the provider's usable keys. */
const unknownKids: readonly Refusal[] = [
  ...[
    'key-3',
    'KEY-1',
    'key-1 ',
    ' key-1',
    'key-1\0',
    '../key-1',
    '../../etc/passwd',
    "' OR '1'='1",
    '__proto__',
    'constructor',
    'toString',
    'k'.repeat(4_000),
    'key-1\n{"decision":"allow"}',
    '\u202Ekey-1',
  ].map((kid) => ofHeader('unknown_key', `kid ${JSON.stringify(kid).slice(0, 40)}`, { kid })),
  ...unusableKeys.map((unusable) =>
    ofToken('unknown_key', `a published key that is not usable: ${unusable.kid}`, (issuer) =>
      signToken(unusable, claimsOf(issuer)),
    ),
  ),
];

const signatures: readonly Refusal[] = [
  ofToken('bad_signature', "a stranger's signature under a known kid", (issuer) =>
    signToken(stranger, claimsOf(issuer)),
  ),
  ofToken('bad_signature', "another published key's signature under this kid", (issuer) =>
    signToken(secondKey, claimsOf(issuer), { kid: key.kid }),
  ),
  ofToken('bad_signature', 'a signature of neither of two keys that share a kid', (issuer) =>
    signToken(key, claimsOf(issuer), { kid: 'twin' }),
  ),
  ofToken('bad_signature', 'a signature of one byte', (issuer) => withPart(issuer, 2, () => 'AA')),
  ofToken('bad_signature', 'a signature of zeros', (issuer) =>
    withPart(issuer, 2, () => encodePart(Buffer.alloc(256))),
  ),
  ofToken('bad_signature', 'a signature without its last byte', (issuer) =>
    withPart(issuer, 2, (part) => encodePart(Buffer.from(part, 'base64url').subarray(0, -1))),
  ),
  ofToken('bad_signature', 'a signature with a byte more', (issuer) =>
    withPart(issuer, 2, (part) => encodePart(Buffer.concat([Buffer.from(part, 'base64url'), Buffer.alloc(1)]))),
  ),
  ofToken('bad_signature', "another token's signature", (issuer) => {
    const other = signToken(key, claimsOf(issuer, { sub: 'other' })).split('.')[2] ?? '';
    return withPart(issuer, 2, () => other);
  }),
  ofToken('bad_signature', "a promoted subject over another token's signature", (issuer) =>
    withPart(issuer, 1, () => encodePart(claimsOf(issuer, { sub: 'admin' }))),
  ),
];

/** RFC 7519 4.1, RFC 8725 3.8, RFC 9068 2.2 and 4. */
const claims: readonly Refusal[] = [
  ...(
    [
      ['missing', () => undefined],
      ['empty', () => ''],
      ['null', () => null],
      ['a list', (issuer) => [issuer]],
      ['an object', (issuer) => ({ issuer })],
      ['with two slashes', (issuer) => `${issuer}//`],
      ['with a path', (issuer) => `${issuer}/x`],
      ['a prefix of ours', (issuer) => issuer.slice(0, -1)],
      ['ours and more', (issuer) => `${issuer}0`],
      ['in capitals', (issuer) => issuer.toUpperCase()],
      ['over http', (issuer) => issuer.replace('https:', 'http:')],
      ['without a scheme', (issuer) => issuer.replace('https://', '')],
      ['with ours as user info', (issuer) => `${issuer}@evil.example`],
      ['with a query', (issuer) => `${issuer}?x`],
      ['with a space', (issuer) => `${issuer} `],
    ] satisfies [string, (issuer: string) => unknown][]
  ).map(([title, iss]) => ofClaims('wrong_issuer', `iss ${title}`, (issuer) => ({ iss: iss(issuer) }))),
  ...[
    undefined,
    null,
    '',
    [],
    [''],
    'other',
    AUDIENCE.slice(0, -1),
    `${AUDIENCE}/`,
    AUDIENCE.toUpperCase(),
    `${AUDIENCE} other`,
    `${AUDIENCE},other`,
    [[AUDIENCE]],
    [AUDIENCE, 7],
    [AUDIENCE, null],
    { 0: AUDIENCE },
    7,
    true,
  ].map((aud) => ofClaims('wrong_audience', `aud ${JSON.stringify(aud)}`, { aud })),
  ofClaims('wrong_audience', 'an ID token: its audience is the client', {
    aud: 'client-1',
    nonce: 'x',
    azp: 'client-1',
  }),
  ...[undefined, null, '4102444800', true, [4102444800], {}, -1e18, 253402300800].map((exp) =>
    ofClaims('invalid_claim', `exp ${JSON.stringify(exp)}`, { exp }),
  ),
  ofToken('invalid_claim', 'exp 1e400', (issuer) => signToken(key, claimsText(issuer, {}, '"exp":1e400'))),
  ...[0, 1, -1].map((exp) => ofClaims('expired', `exp ${exp}`, { exp })),
  ofClaims('expired', 'an exp a second ago', () => ({ exp: nowSeconds() - 1 })),
  ofClaims('expired', 'an exp two minutes ago', () => ({ exp: nowSeconds() - 120 })),
  ofClaims('expired', 'an exp this very second', () => ({ exp: nowSeconds() })),
  ...[null, '0', true, [0], 1e300, -1e18].flatMap((date) =>
    ['nbf', 'iat'].map((name) => ofClaims('invalid_claim', `${name} ${JSON.stringify(date)}`, { [name]: date })),
  ),
  ofToken('invalid_claim', 'nbf 1e400', (issuer) => signToken(key, claimsText(issuer, {}, '"nbf":1e400'))),
  ofToken('invalid_claim', 'iat 1e400', (issuer) => signToken(key, claimsText(issuer, {}, '"iat":1e400'))),
  ofClaims('not_yet_valid', 'an nbf in ten minutes', () => ({ nbf: nowSeconds() + 600 })),
  ...[undefined, null, '', ' ', '\u00A0', 7, ['x'], {}, 'a\nb', 'a\0b', 'a\u007Fb', 'a\u0085b', 'a\u2028b'].map((sub) =>
    ofClaims('invalid_claim', `sub ${JSON.stringify(sub)}`, { sub }),
  ),
  ofToken('invalid_claim', 'a lone surrogate in sub', (issuer) =>
    signToken(key, claimsText(issuer, {}, '"sub":"a\\ud800b"')),
  ),
  ...[7, null, ['read:messages'], {}].map((scope) =>
    ofClaims('invalid_claim', `scope ${JSON.stringify(scope)}`, { scope }),
  ),
  ...[7, null, ['x']].map((jti) => ofClaims('invalid_claim', `jti ${JSON.stringify(jti)}`, { jti })),
];

/** What can be refused without any key: nothing of it may cost a request to the provider. */
export const keylessRefusals: readonly Refusal[] = [
  ...credentials,
  ...serializations,
  ...[...algorithms, ...headers].filter(({ reason }) => reason !== 'bad_signature'),
  ...claims,
];

/** What takes a key to refuse. */
/** Value of AUTHACTION_REVOKED for the tests of this table. */
export const REVOKED = 'sub:revoked,jti:revoked,client:revoked,sub:longago<2020-01-01T00:00:00Z';

/** Good tokens that the list names. */
const revoked: readonly Refusal[] = [
  ofClaims('revoked', 'a revoked subject', { sub: 'revoked' }),
  ofClaims('revoked', 'a revoked token', { jti: 'revoked' }),
  ofClaims('revoked', 'a revoked client', { client_id: 'revoked' }),
  ofClaims('revoked', 'a subject whose early tokens are revoked, without iat', { sub: 'longago', iat: undefined }),
];

export const keyedRefusals: readonly Refusal[] = [
  ...revoked,
  ...[...algorithms, ...headers].filter(({ reason }) => reason === 'bad_signature'),
  ...signatures,
  ...unknownKids,
];

/** Events that are no REST API request, with a good token where they have a place for one: `unsupported_event`. */
export const unsupportedEvents: readonly { readonly title: string; readonly event: MakeEvent }[] = [
  { title: 'null', event: () => null },
  { title: 'an empty event', event: () => ({}) },
  { title: 'a list', event: () => [] },
  {
    title: 'a TOKEN event without a methodArn',
    event: (issuer) => ({ type: 'TOKEN', authorizationToken: `Bearer ${goodToken(issuer)}` }),
  },
  {
    title: 'an HTTP API event of payload 2.0',
    event: (issuer) => ({
      version: '2.0',
      type: 'REQUEST',
      headers: { authorization: `Bearer ${goodToken(issuer)}` },
      requestContext: { http: { method: 'GET', path: '/protected' } },
    }),
  },
  {
    title: 'an Application Load Balancer event',
    event: (issuer) => ({
      headers: { authorization: `Bearer ${goodToken(issuer)}` },
      requestContext: { elb: { targetGroupArn: 'arn' } },
    }),
  },
  ...[{ version: '1.0' }, { version: '2.0' }, { type: 'TOKEN' }].map((foreign) => ({
    title: `a good request with ${JSON.stringify(foreign)}`,
    event: (issuer: string) => ({ ...bearer(goodToken(issuer)), ...foreign }),
  })),
  ...[{ connectionId: 'a=' }, { eventType: 'CONNECT' }, { elb: {} }].map((foreign) => ({
    title: `a good request whose context has ${JSON.stringify(foreign)}`,
    event: (issuer: string) => ({ ...bearer(goodToken(issuer)), requestContext: foreign }),
  })),
  {
    title: 'a good request whose methodArn is of another service',
    event: (issuer) => ({
      ...bearer(goodToken(issuer)),
      methodArn: 'arn:aws:lambda:eu-central-1:123456789012:function:a',
    }),
  },
];

/** Requests that look odd and are good. */
export const acceptances: readonly { readonly title: string; readonly event: MakeEvent }[] = [
  { title: 'a plain good token', event: (issuer) => bearer(goodToken(issuer)) },
  ...['bearer', 'BEARER', 'bEaReR'].map((scheme) => ({
    title: `the scheme written ${scheme}`,
    event: (issuer: string) => withValue(`${scheme} ${goodToken(issuer)}`),
  })),
  ...['authorization', 'AUTHORIZATION', 'aUTHORIZATION'].map((name) => ({
    title: `the field written ${name}`,
    event: (issuer: string) => {
      const value = `Bearer ${goodToken(issuer)}`;
      return withFields({ [name]: value }, { [name]: [value] });
    },
  })),
  { title: 'several spaces after the scheme', event: (issuer) => withValue(`Bearer   ${goodToken(issuer)}`) },
  {
    title: 'only headers',
    event: (issuer) => withFields({ Authorization: `Bearer ${goodToken(issuer)}` }, null),
  },
  {
    title: 'only multiValueHeaders',
    event: (issuer) => withFields(null, { Authorization: [`Bearer ${goodToken(issuer)}`] }),
  },
  { title: "the issuer's other spelling", event: (issuer) => bearer(signToken(key, claimsOf(`${issuer}/`))) },
  ...['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', undefined].map((typ) => ({
    title: `typ ${typ}`,
    event: (issuer: string) => bearer(signToken(key, claimsOf(issuer), { typ })),
  })),
  ...(
    [
      ['our audience in a list', { aud: ['other', AUDIENCE] }],
      ['an nbf within the clock tolerance', { nbf: nowSeconds() + 20 }],
      ['an iat in the future', { iat: nowSeconds() + 300 }],
      ['no iat', { iat: undefined }],
      ['an exp with a fraction', { exp: nowSeconds() + 3600.5 }],
      ['the last date there is', { exp: 253402300799 }],
      ['a subject beyond ASCII', { sub: 'Zo\u00EB \u{1F511}' }],
      ['unknown claims', { roles: ['x'], nested: { deep: [1, null] } }],
    ] satisfies [string, Claims][]
  ).map(([title, overrides]) => ({
    title,
    event: (issuer: string) => bearer(signToken(key, claimsOf(issuer, overrides))),
  })),
  {
    title: 'embedded keys in the header, which are ignored',
    event: (issuer) =>
      bearer(signToken(key, claimsOf(issuer), { jwk: jwkOfStranger, jku: 'https://evil.example', x5c: ['MIIB'] })),
  },
  {
    title: 'exp twice, past and then good',
    event: (issuer) => bearer(signToken(key, claimsText(issuer, { exp: 1 }, `"exp":${nowSeconds() + 3600}`))),
  },
  {
    title: '__proto__ and constructor members, which are ignored',
    event: (issuer) =>
      bearer(signToken(key, claimsText(issuer, {}, '"__proto__":{"exp":1},"constructor":{"sub":"x"}'))),
  },
  ...twins.map((twin, index) => ({
    title: `the signature of key ${index + 1} of two that share a kid`,
    event: (issuer: string) => bearer(signToken(twin, claimsOf(issuer))),
  })),
  { title: 'a second published key', event: (issuer) => bearer(signToken(secondKey, claimsOf(issuer))) },
];
