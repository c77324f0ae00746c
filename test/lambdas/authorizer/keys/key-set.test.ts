import crypto from 'node:crypto';
import { judgeKey, keysOf, parseKeySet } from '../../../../lambdas/authorizer/keys/key-set';
import { jwks, signingKey } from '../../../../samples/keys';

const key = signingKey('key-1');
const { jwk } = key;

describe('judgeKey', () => {
  test.each([
    ['as published', jwk],
    ['without use', { ...jwk, use: undefined }],
    ['without alg', { ...jwk, alg: undefined }],
    ['with key_ops verify', { ...jwk, key_ops: ['encrypt', 'verify'] }],
    ['with unknown members', { ...jwk, x5t: 'x', 'x-note': {} }],
  ])('uses an RSA key %s and fixes the algorithm itself', (_title, candidate) => {
    const { kty, n, e } = jwk;
    expect(judgeKey(candidate)).toEqual({
      usable: true,
      bits: 2048,
      key: { jwk: { kty, alg: 'RS256', kid: 'key-1', n, e }, keyObject: expect.anything() },
    });
  });

  test.each<[string, unknown, string, number?]>([
    ['null', null, 'jwk'],
    ['a string', 'key', 'jwk'],
    ['a list', [jwk], 'jwk'],
    ['a key without kty', { ...jwk, kty: undefined }, 'kty'],
    ['an EC key', { ...jwk, kty: 'EC' }, 'kty'],
    ['a symmetric key', { kty: 'oct', kid: 'key-1', k: 'AAAA' }, 'kty'],
    ['a key for encryption', { ...jwk, use: 'enc' }, 'use'],
    ['a key with a use of null', { ...jwk, use: null }, 'use'],
    ['a key for signing only', { ...jwk, key_ops: ['sign'] }, 'key_ops'],
    ['a key with empty key_ops', { ...jwk, key_ops: [] }, 'key_ops'],
    ['a key with key_ops as a string', { ...jwk, key_ops: 'verify' }, 'key_ops'],
    ['a key for RS512', { ...jwk, alg: 'RS512' }, 'alg'],
    ['a key for HS256', { ...jwk, alg: 'HS256' }, 'alg'],
    ['a key with an alg of null', { ...jwk, alg: null }, 'alg'],
    ['a key without kid', { ...jwk, kid: undefined }, 'kid'],
    ['a key with an empty kid', { ...jwk, kid: '' }, 'kid'],
    ['a key with a number for kid', { ...jwk, kid: 1 }, 'kid'],
    ['a key without n', { ...jwk, n: undefined }, 'rsa'],
    ['a key without e', { ...jwk, e: undefined }, 'rsa'],
    ['a key with a number for e', { ...jwk, e: 65537 }, 'rsa'],
    ['a private key', { ...jwk, d: 'AQAB' }, 'd'],
    ['a key of 1024 bits', { ...jwk, n: modulus(1024) }, 'bits', 1024],
    ['a key of 2040 bits', { ...jwk, n: modulus(2040) }, 'bits', 2040],
    ['a key of 8200 bits', { ...jwk, n: modulus(8200) }, 'bits', 8200],
    ['a key of 100,000 bits', { ...jwk, n: modulus(100_000) }, 'bits'],
    ['a key with e = 3', { ...jwk, e: exponent(3n) }, 'e'],
    ['a key with e = 65535', { ...jwk, e: exponent(65535n) }, 'e'],
    ['a key with e = 2^32', { ...jwk, e: exponent(2n ** 32n) }, 'e'],
    ['a key with e = 2^32 + 1', { ...jwk, e: exponent(2n ** 32n + 1n) }, 'e'],
    ['a key with e as long as n', { ...jwk, e: jwk.n }, 'e'],
    ['a key with a kid of nested arrays', { ...jwk, kid: nested(60_000) }, 'kid'],
  ])('does not use %s and says why', (_title, candidate, ...[problem, bits]) => {
    expect(judgeKey(candidate)).toEqual({ usable: false, problem, bits });
  });

  test.each([
    ['an empty modulus', { ...jwk, n: '' }],
    ['e = 1', { ...jwk, e: exponent(1n) }],
  ])('does not use a key with %s, however OpenSSL reads it', (_title, candidate) => {
    expect(judgeKey(candidate)).toMatchObject({ usable: false, problem: expect.any(String) });
  });

  test.each([
    ['n', 'bits'],
    ['e', 'e'],
  ])('never gives OpenSSL an %s of 100,000 octets', (member, problem) => {
    const createPublicKey = jest.spyOn(crypto, 'createPublicKey');
    const huge = { ...jwk, [member]: Buffer.alloc(100_000, 0xff).toString('base64url') };
    expect(judgeKey(huge)).toEqual({ usable: false, problem });
    expect(createPublicKey).not.toHaveBeenCalled();
    judgeKey(jwk);
    expect(createPublicKey).toHaveBeenCalledTimes(1);
    jest.restoreAllMocks();
  });

  test.each([
    ['8192 bits', { ...jwk, n: modulus(8192) }],
    ['8192 bits after 26 zero octets', { ...jwk, n: behindZeros(26, modulus(8192)) }],
    ['65537 in twelve octets', { ...jwk, e: behindZeros(9, exponent(65537n)) }],
    ['e = 2^32 - 1', { ...jwk, e: exponent(2n ** 32n - 1n) }],
  ])('uses a key of %s', (_title, candidate) => {
    expect(judgeKey(candidate)).toMatchObject({ usable: true });
  });
});

describe('parseKeySet', () => {
  test('keeps the usable keys by kid and skips the others', () => {
    const second = signingKey('key-2');
    const document = { keys: [null, 'x', { kid: 'x' }, { ...jwk, kid: 7 }, ...jwks(key, second).keys, { kty: 'EC' }] };
    expect([...(parseKeySet(document)?.keys() ?? [])]).toEqual(['key-1', 'key-2']);
  });

  test('keeps keys that share a kid in their order, four at most', () => {
    const moduli = [2048, 2056, 2064, 2072, 2080].map(modulus);
    const kept = parseKeySet({ keys: moduli.map((n) => ({ ...jwk, n })) })?.get('key-1');
    expect(kept?.map(({ jwk: { n } }) => n)).toEqual(moduli.slice(0, 4));
  });

  test('counts the keys that a fifth place under a kid would need', () => {
    const moduli = [2048, 2056, 2064, 2072, 2080, 2088].map(modulus);
    expect(parseKeySet({ keys: moduli.map((n) => ({ ...jwk, n })) })?.leftOut).toBe(2);
    expect(parseKeySet({ keys: moduli.slice(0, 4).map((n) => ({ ...jwk, n })) })?.leftOut).toBeUndefined();
  });

  test('takes any kid as it is', () => {
    const kids = ['__proto__', 'constructor', ' ', '../x', 'k'.repeat(4_000)];
    const set = parseKeySet({ keys: kids.map((kid) => ({ ...jwk, kid })) });
    expect([...(set?.keys() ?? [])]).toEqual(kids);
    expect(set?.get('toString')).toBeUndefined();
  });

  test.each([
    ['null', null],
    ['a string', '{"keys":[]}'],
    ['a list of keys', [jwk]],
    ['no list of keys', {}],
    ['keys that are an object', { keys: { 0: jwk } }],
    ['an empty list of keys', { keys: [] }],
    ['no usable key', { keys: [{ ...jwk, use: 'enc' }] }],
  ])('finds no set in %s', (_title, document) => {
    expect(parseKeySet(document)).toBeUndefined();
  });
});

test('keysOf() distinguishes a key set from other documents, with usable keys or without', () => {
  expect(keysOf({ keys: [1, null] })).toEqual([1, null]);
  expect(keysOf({ keys: 'x' })).toBeUndefined();
  expect(keysOf([])).toBeUndefined();
});

/** An odd number of exactly so many bits, as a JWK writes it. */
function modulus(bits: number): string {
  const bytes = Buffer.alloc(bits / 8, 0xff);
  return bytes.toString('base64url');
}

function exponent(e: bigint): string {
  const hex = e.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}

function behindZeros(octets: number, number: string): string {
  return Buffer.concat([Buffer.alloc(octets), Buffer.from(number, 'base64url')]).toString('base64url');
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
