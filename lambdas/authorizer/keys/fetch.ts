import { tryParse } from '../../shared/json';
import { KeyFetchError } from './fetch-error';
import { type KeySet, parseKeySet } from './key-set';
import { requestBody } from './request';

export { type FetchFailure, KeyFetchError } from './fetch-error';
export { MAX_BODY_BYTES } from './request';

/** Fetches the provider's current keys. @param timeoutMs total time for the whole answer, not for silences in it. */
export type FetchKeySet = (timeoutMs: number) => Promise<KeySet>;

/**
 * A {@link FetchKeySet} over HTTPS; see {@link requestBody} for what it accepts.
 *
 * @param ca PEM certificates to trust instead of Node's own list.
 */
export function httpsKeySet(uri: string, ca?: string): FetchKeySet {
  const turn = { first: 0 };
  return async (timeoutMs) => readKeySet(await requestBody(uri, { ca, turn }, timeoutMs));
}

/**
 * Reads a JWKS document. A byte order mark is ignored (RFC 8259 8.1).
 *
 * @throws KeyFetchError when the document is no JWK set with at least one usable key.
 */
export function readKeySet(document: Buffer): KeySet {
  const parsed = tryParse(() => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(document)) as unknown);
  if (parsed === undefined) throw new KeyFetchError('malformed', false);
  const keySet = parseKeySet(parsed);
  if (keySet === undefined) throw new KeyFetchError('no_usable_key', false);
  return keySet;
}
