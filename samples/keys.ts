import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A signing key of a test issuer, with its public half as the JWK a provider would publish. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey & { readonly kid: string };
}

/**
 * Makes a real RSA key pair. Where SIGNING_KEYS names a folder, the pairs of each process are kept there and taken from
 * there: the first pair that a test suite makes is that of every other suite, too.
 *
 * @param bits modulus length; 2048 takes some tens of milliseconds.
 */
export function signingKey(kid: string, { bits = 2048, exponent = 65537 } = {}): SigningKey {
  const folder = process.env.SIGNING_KEYS;
  const privateKey = folder ? keptKey(folder, bits, exponent) : generateKey(bits, exponent);
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  return { kid, privateKey, jwk: { ...jwk, kid, alg: 'RS256', use: 'sig' } };
}

const generateKey = (modulusLength: number, publicExponent: number): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;

/** How many keys this process has, by their kind: no two of them are the same. */
const counts = new Map<string, number>();

function keptKey(folder: string, bits: number, exponent: number): KeyObject {
  const kind = `${bits}-${exponent}`;
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  const file = join(folder, `${kind}-${count}.pem`);
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const key = generateKey(bits, exponent);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  renameSync(draft, file); // at once, since other processes may read it
  return key;
}

/** A JWKS document (RFC 7517 5) of these keys. */
export const jwks = (...keys: readonly SigningKey[]) => ({ keys: keys.map(({ jwk }) => jwk) });
