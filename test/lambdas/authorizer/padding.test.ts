import { constants, createHash, privateEncrypt } from 'node:crypto';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, type SigningKey, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, encodePart, goodClaims } from '../../../samples/tokens';

/**
 * Signatures whose RSA operation is right and whose padding is not: what a careless RSASSA-PKCS1-v1_5 verifier
 * (RFC 8017 8.2.2) lets pass. The blocks are made by hand and "signed" without any padding.
 */
const key = signingKey('key-1');
const BLOCK_BYTES = 256;

const NULL = Buffer.from('0500', 'hex');
const oids = {
  sha256: Buffer.from('0609608648016503040201', 'hex'),
  sha512: Buffer.from('0609608648016503040203', 'hex'),
  sha1: Buffer.from('06052b0e03021a', 'hex'),
  md5: Buffer.from('06082a864886f70d0205', 'hex'),
};

/** DER: tag, length in one byte, content. */
const der = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, body.length]), body]);
};
const digestInfo = (hash: Buffer, oid = oids.sha256, parameters = NULL): Buffer =>
  der(0x30, der(0x30, oid, parameters), der(0x04, hash));

/** EMSA-PKCS1-v1_5: 00 01 FF … FF 00 T. */
function block(
  content: Buffer,
  { start = '0001', filler = 0xff, separator = '00', trailer = Buffer.alloc(0) } = {},
): Buffer {
  const [head, gap] = [Buffer.from(start, 'hex'), Buffer.from(separator, 'hex')];
  const padding = BLOCK_BYTES - head.length - gap.length - content.length - trailer.length;
  return Buffer.concat([head, Buffer.alloc(padding, filler), gap, content, trailer]);
}

/** A block whose padding is only so long; random-looking bytes fill up the end. */
const shortPadded = (content: Buffer, paddingBytes: number): Buffer =>
  block(content, { trailer: Buffer.alloc(BLOCK_BYTES - 3 - content.length - paddingBytes, 0xab) });

function tokenWith(makeBlock: (hash: Buffer) => Buffer, signer: SigningKey = key): string {
  const input = `${encodePart({ alg: 'RS256', kid: signer.kid })}.${encodePart(goodClaims())}`;
  const made = makeBlock(createHash('sha256').update(input).digest());
  const signature = privateEncrypt({ key: signer.privateKey, padding: constants.RSA_NO_PADDING }, made);
  return `${input}.${signature.toString('base64url')}`;
}

const config = parseConfig({
  AUTHACTION_DOMAIN: DOMAIN,
  AUTHACTION_AUDIENCE: AUDIENCE,
  AUTHACTION_JWKS: JSON.stringify(jwks(key)),
});
const decided = (token: string) =>
  decide(
    {
      config,
      keyStore: createKeyStore({
        fetchKeySet: () => Promise.reject(new Error('No key is missing in these tests')),
        clock: () => 0,
        random: () => 0,
        hardAgeMs: 1,
        seed: config.seed,
        observe: () => {},
      }),
      verify: createVerify(config),
      nowSeconds: () => Date.now() / 1000,
    },
    { headers: { Authorization: `Bearer ${token}` }, sourceIp: '192.0.2.1', route: undefined },
  );

test('accepts a block made by hand as RFC 8017 requires', async () => {
  expect(await decided(tokenWith((hash) => block(digestInfo(hash))))).toMatchObject({ outcome: 'allow' });
});

test.each<[string, (hash: Buffer) => Buffer]>([
  ['a digest info without NULL parameters', (hash) => block(digestInfo(hash, oids.sha256, Buffer.alloc(0)))],
  ['parameters that are not NULL', (hash) => block(digestInfo(hash, oids.sha256, Buffer.from('040100', 'hex')))],
  ['a NULL with content', (hash) => block(digestInfo(hash, oids.sha256, Buffer.from('050100', 'hex')))],
  ['the identifier of SHA-512', (hash) => block(digestInfo(hash, oids.sha512))],
  ['the identifier of SHA-1', (hash) => block(digestInfo(hash, oids.sha1))],
  ['the identifier of MD5', (hash) => block(digestInfo(hash, oids.md5))],
  ['no digest info at all', (hash) => block(hash)],
  ['an empty hash', () => block(digestInfo(Buffer.alloc(0)))],
  ['half of the hash', (hash) => block(digestInfo(hash.subarray(0, 16)))],
  ['a hash without its last byte', (hash) => block(digestInfo(hash.subarray(0, 31)))],
  ['a hash with a byte more', (hash) => block(digestInfo(Buffer.concat([hash, Buffer.alloc(1)])))],
  ['a hash in reverse', (hash) => block(digestInfo(Buffer.from(hash).reverse()))],
  ['another hash', (hash) => block(digestInfo(createHash('sha256').update(hash).digest()))],
  ['trailing bytes after the hash', (hash) => block(digestInfo(hash), { trailer: Buffer.alloc(16) })],
  [
    'a trailing byte inside the digest info',
    (hash) => block(der(0x30, der(0x30, oids.sha256, NULL), der(0x04, hash), NULL)),
  ],
  [
    'a trailing byte inside the algorithm',
    (hash) => block(der(0x30, der(0x30, oids.sha256, NULL, NULL), der(0x04, hash))),
  ],
  [
    'a length in the long form',
    (hash) => block(Buffer.concat([Buffer.from('3081', 'hex'), digestInfo(hash).subarray(1)])),
  ],
  [
    'an indefinite length',
    (hash) => block(Buffer.concat([Buffer.from('3080', 'hex'), digestInfo(hash).subarray(2), Buffer.alloc(2)])),
  ],
  [
    'a wrong length',
    (hash) => {
      const info = digestInfo(hash);
      info[1] = 0x30;
      return block(info);
    },
  ],
  ['a hash tagged as something else', (hash) => block(der(0x30, der(0x30, oids.sha256, NULL), der(0x05, hash)))],
  ['no padding byte and garbage at the end', (hash) => shortPadded(digestInfo(hash), 0)],
  ['seven padding bytes and garbage at the end', (hash) => shortPadded(digestInfo(hash), 7)],
  ['eight padding bytes and garbage at the end', (hash) => shortPadded(digestInfo(hash), 8)],
  ['padding of zeros', (hash) => block(digestInfo(hash), { filler: 0 })],
  ['padding of other bytes', (hash) => block(digestInfo(hash), { filler: 0xfe })],
  [
    'one padding byte that is wrong',
    (hash) => {
      const made = block(digestInfo(hash));
      made[100] = 0xfe;
      return made;
    },
  ],
  ['block type 0', (hash) => block(digestInfo(hash), { start: '0000', filler: 0 })],
  ['block type 2', (hash) => block(digestInfo(hash), { start: '0002' })],
  ['a first byte that is not zero', (hash) => block(digestInfo(hash), { start: '0101' })],
  ['no separator', (hash) => block(digestInfo(hash), { separator: '' })],
  ['a separator of ones', (hash) => block(digestInfo(hash), { separator: 'ff' })],
  [
    'an early separator',
    (hash) => {
      const made = block(digestInfo(hash));
      made[60] = 0;
      return made;
    },
  ],
  ['nothing but padding', () => block(Buffer.alloc(0))],
  ['nothing', () => Buffer.alloc(BLOCK_BYTES)],
  ['the number one', () => Buffer.concat([Buffer.alloc(BLOCK_BYTES - 1), Buffer.from([1])])],
])('refuses a block with %s', async (_title, makeBlock) => {
  expect(await decided(tokenWith(makeBlock))).toEqual({ outcome: 'refuse', reason: 'bad_signature', kid: 'key-1' });
});

const bytesOf = (number: bigint, length: number) => Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex');
const numberOf = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);
const modulus = numberOf(Buffer.from(key.jwk.n ?? '', 'base64url'));

test.each<[string, (signature: Buffer) => Buffer]>([
  ['plus the modulus', (signature) => bytesOf(numberOf(signature) + modulus, BLOCK_BYTES + 1)],
  ['negated', (signature) => bytesOf(modulus - numberOf(signature), BLOCK_BYTES)],
  ['with a zero in front', (signature) => Buffer.concat([Buffer.alloc(1), signature])],
  ['with a zero behind', (signature) => Buffer.concat([signature, Buffer.alloc(1)])],
  ['doubled', (signature) => Buffer.concat([signature, signature])],
  ['in reverse', (signature) => Buffer.from(signature).reverse()],
])('refuses a good signature %s', async (_title, change) => {
  const [header, claims, signature = ''] = tokenWith((hash) => block(digestInfo(hash))).split('.');
  const changed = change(Buffer.from(signature, 'base64url')).toString('base64url');
  expect(await decided([header, claims, changed].join('.'))).toMatchObject({ reason: 'bad_signature' });
});

test('skips a key with exponent 3, under which a careless verifier accepts forged signatures', async () => {
  // Bleichenbacher 2006: with e = 3 the cube root of a short-padded block is a signature to a careless verifier.
  const weak = signingKey('weak', { exponent: 3 });
  const { seed } = parseConfig({
    AUTHACTION_DOMAIN: DOMAIN,
    AUTHACTION_AUDIENCE: AUDIENCE,
    AUTHACTION_JWKS: JSON.stringify(jwks(key, weak)),
  });
  expect([...(seed?.keys() ?? [])]).toEqual(['key-1']);
});
