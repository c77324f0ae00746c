import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A signing key of a test issuer, with its public half as the JWK a provider would publish. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey & { readonly kid: string };
}

/** Makes a real RSA key pair. @param bits modulus length; 2048 takes some tens of milliseconds. */
export function signingKey(kid: string, { bits = 2048, exponent = 65537 } = {}): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

/** A JWKS document (RFC 7517 5) of these keys. */
export const jwks = (...keys: readonly SigningKey[]) => ({ keys: keys.map(({ jwk }) => jwk) });
