import { generateKeyPair, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** An RS256 key of the issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** Both halves, as oidc-provider takes them. */
  readonly privateJwk: JsonWebKey;
}

/** Makes an RSA key of 2048 bits with a key id of its own. */
export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return {
    kid,
    privateKey,
    privateJwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' },
  };
}

/** Signs header and claims as they are (RFC 7515 7.1); nothing is added or checked. */
export function signJwt(
  { privateKey }: Pick<SigningKey, 'privateKey'>,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}
