import { isUtf8 } from 'node:buffer';
import { type JsonObject, parseJsonObject } from '../../shared/json';
import { type Checked, pass, refuse } from '../decision';

/** Header and claims of a token in JWS compact serialization. Nothing of it may be believed yet. */
export interface UnverifiedJwt {
  readonly unverifiedHeader: JsonObject;
  readonly unverifiedClaims: JsonObject;
}

/**
 * Splits and decodes a JWS compact serialization (RFC 7515 7.1, 5.2): three non-empty base64url parts, the first two
 * being UTF-8 JSON objects. A duplicate member counts with its last value (RFC 7515 4). The objects have no prototype, so
 * that a member is the token's own or undefined. Does not check the signature.
 */
export function parseJwt(token: string): Checked<UnverifiedJwt> {
  const parts = token.split('.');
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || !header || !claims || !signature) return refuse('malformed_token');
  const unverifiedHeader = jsonObject(header);
  if (!unverifiedHeader) return refuse('malformed_token');
  const unverifiedClaims = jsonObject(claims);
  if (!unverifiedClaims || !canonicalBytes(signature)) return refuse('malformed_token');
  return pass({ unverifiedHeader, unverifiedClaims });
}

function jsonObject(part: string): JsonObject | undefined {
  const bytes = canonicalBytes(part);
  if (!bytes || !isUtf8(bytes)) return undefined;
  const value = parseJsonObject(bytes.toString('utf8'));
  return value && Object.setPrototypeOf(value, null);
}

/**
 * Decodes base64url and refuses every spelling but the canonical one (RFC 7515 2, RFC 4648 3.5): no padding, no foreign
 * character, no stray bits in the last one. One token then has one spelling, hence one entry in the gateway's cache.
 */
function canonicalBytes(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}
