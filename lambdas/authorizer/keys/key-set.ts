import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isJsonObject, membersOf, tryParse } from '../../shared/json';

/** One usable RSA verification key of the provider. */
export interface VerificationKey {
  /** The JWK reduced to what verification needs, with the algorithm fixed by us. */
  readonly jwk: {
    readonly kty: 'RSA';
    readonly alg: 'RS256';
    readonly kid: string;
    readonly n: string;
    readonly e: string;
  };
  readonly keyObject: KeyObject;
}

/** The usable keys of one JWKS document by `kid`. Immutable: a new document makes a new set. */
export interface KeySet extends ReadonlyMap<string, readonly VerificationKey[]> {
  /** Usable keys that are not in the set because four under their `kid` are; missing when there are none. */
  readonly leftOut?: number;
}

/**
 * What is wrong with a key of the document: a member of it, that it is no object at all (`jwk`), the form of `n` and `e`
 * (`rsa`), or the size of `n` (`bits`). The doctor says it in words.
 */
export type KeyProblem = 'jwk' | 'kty' | 'use' | 'key_ops' | 'alg' | 'kid' | 'd' | 'rsa' | 'bits' | 'e';

/** Whether a key of the document can be used, and why not. */
export type KeyVerdict =
  | { readonly usable: true; readonly key: VerificationKey; readonly bits: number }
  | { readonly usable: false; readonly problem: KeyProblem; readonly bits?: number };

/** RFC 7518 3.3 asks for 2048 bits at least; more than 8192 or a long exponent only makes verification slow. */
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 8192;
const MIN_EXPONENT = 65537n;
const MAX_EXPONENT = 2n ** 32n;

/**
 * Longest `n` and `e` given to OpenSSL, in base64url characters: enough for the limits above with leading zeros and
 * padding. A number of 100,000 octets would keep it busy for seconds.
 */
const MAX_MODULUS_LENGTH = 1_400;
const MAX_EXPONENT_LENGTH = 16;

/** The maximum number of keys that are tried where several share a `kid` (RFC 7517 4.5). */
const MAX_KEYS_PER_KID = 4;

/**
 * Reads a JWKS document (RFC 7517 5). Keys that are malformed, of other kinds or for other uses are skipped, not fatal.
 *
 * @param document the parsed JSON, whatever it is.
 * @returns `undefined` when the document is no JWK set or holds no usable key.
 */
export function parseKeySet(document: unknown): KeySet | undefined {
  const keys = keysOf(document);
  if (keys === undefined) return undefined;
  const set = new Map<string, VerificationKey[]>();
  let leftOut = 0;
  for (const candidate of keys) {
    const verdict = judgeKey(candidate);
    if (!verdict.usable) continue;
    const { kid } = verdict.key.jwk;
    const sameKid = set.get(kid) ?? [];
    if (sameKid.length < MAX_KEYS_PER_KID) set.set(kid, [...sameKid, verdict.key]);
    else leftOut += 1;
  }
  if (set.size === 0) return undefined;
  return leftOut > 0 ? Object.assign(set, { leftOut }) : set;
}

/** The members of `keys`, or `undefined` when the document is no JWK set. */
export function keysOf(document: unknown): readonly unknown[] | undefined {
  const { keys } = membersOf(document);
  return Array.isArray(keys) ? keys : undefined;
}

/** Decides whether a JWK can verify RS256 signatures: RFC 7517 4.1 to 4.5, RFC 7518 6.3.1 and the size limits above. */
export function judgeKey(jwk: unknown): KeyVerdict {
  if (!isJsonObject(jwk)) return unusable('jwk');
  const { kty, use, key_ops: operations, alg, kid, n, e } = jwk;
  if (kty !== 'RSA') return unusable('kty');
  if (use !== undefined && use !== 'sig') return unusable('use');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return unusable('key_ops');
  }
  if (alg !== undefined && alg !== 'RS256') return unusable('alg');
  if (typeof kid !== 'string' || kid === '') return unusable('kid');
  if (typeof n !== 'string' || typeof e !== 'string') return unusable('rsa');
  if ('d' in jwk) return unusable('d');
  if (n.length > MAX_MODULUS_LENGTH) return unusable('bits');
  if (e.length > MAX_EXPONENT_LENGTH) return unusable('e');
  const keyObject = tryParse(() => createPublicKey({ key: { kty, n, e } as JsonWebKey, format: 'jwk' }));
  // Stryker disable next-line all: Node 20 to 24 read any two strings. Where one does not, the other keys still count.
  if (!keyObject) return unusable('rsa');
  const { modulusLength: bits = 0, publicExponent = 0n } = keyObject.asymmetricKeyDetails ?? {};
  if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS) return { ...unusable('bits'), bits };
  if (publicExponent < MIN_EXPONENT || publicExponent >= MAX_EXPONENT) return unusable('e');
  return { usable: true, key: { jwk: { kty, alg: 'RS256', kid, n, e }, keyObject }, bits };
}

const unusable = (problem: KeyProblem) => ({ usable: false, problem }) as const;
