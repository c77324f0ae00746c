import { sign } from 'node:crypto';
import type { SigningKey } from './keys';

/** The tenant and API of the tests. */
export const DOMAIN = 'tenant.example.test';
export const ISSUER = `https://${DOMAIN}`;
export const AUDIENCE = 'https://api.example.test';
export const SUBJECT = 'client-1@clients';

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** The claims of a good token; `undefined` as an override removes a claim. */
export function goodClaims(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const now = nowSeconds();
  return { iss: ISSUER, aud: AUDIENCE, sub: SUBJECT, iat: now, exp: now + 3600, scope: '', ...overrides };
}

/** base64url of a string's bytes, of raw bytes, or of a value's JSON. */
export function encodePart(part: unknown): string {
  const isRaw = typeof part === 'string' || Buffer.isBuffer(part);
  return Buffer.from(isRaw ? part : JSON.stringify(part)).toString('base64url');
}

/**
 * Signs header and claims as they are: nothing is added or checked, so that every wrong token can be made.
 *
 * @param claims an object, or the raw payload.
 * @param header merged over `{alg: 'RS256', typ: 'JWT', kid}`, or the raw header.
 */
export function signToken(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>> | string | Buffer = goodClaims(),
  header: Readonly<Record<string, unknown>> | string | Buffer = {},
): string {
  const isRaw = typeof header === 'string' || Buffer.isBuffer(header);
  const head = isRaw ? header : { alg: 'RS256', typ: 'JWT', kid: key.kid, ...header };
  const input = `${encodePart(head)}.${encodePart(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`;
}
