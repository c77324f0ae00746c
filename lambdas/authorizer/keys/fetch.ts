import { isUtf8 } from 'node:buffer';
import { get } from 'node:https';
import { type KeySet, parseKeySet } from './key-set';

/** Largest JWKS document read, in bytes. */
export const MAX_BODY_BYTES = 150_000;

/** What can be wrong with the provider's answer, for the log. */
export type FetchFailure = 'timeout' | 'network' | 'status' | 'encoding' | 'too_large' | 'malformed' | 'no_usable_key';

/** The provider's keys could not be had. Carries nothing of the answer. */
export class KeyFetchError extends Error {
  override readonly name = 'KeyFetchError';
  constructor(
    readonly failure: FetchFailure,
    /** A second try may help: the connection broke, time ran out, or the provider reported a fault of its own. */
    readonly transient: boolean,
    options?: ErrorOptions,
  ) {
    super(`The key set could not be fetched: ${failure}`, options);
  }

  /** The system's or TLS's own code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  get code(): string | undefined {
    const { cause } = this;
    const isObject = typeof cause === 'object' && cause !== null;
    return isObject && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  }
}

/** Gets the provider's current keys. @param timeoutMs total time for the whole answer, not for silences in it. */
export type FetchKeySet = (timeoutMs: number) => Promise<KeySet>;

/**
 * A {@link FetchKeySet} over HTTPS with full certificate checks.
 *
 * Takes 200 and nothing else, follows no redirect, asks for and accepts only the identity encoding, reads at most
 * {@link MAX_BODY_BYTES}. Each call has a connection of its own: a kept one may have died while the container was frozen.
 *
 * @param ca PEM certificates to trust instead of Node's own list.
 */
export function httpsKeySet(uri: string, ca?: string): FetchKeySet {
  return async (timeoutMs) => readKeySet(await body(uri, ca, timeoutMs));
}

/** @throws KeyFetchError when the document is no JWK set with at least one usable key. */
export function readKeySet(document: Buffer): KeySet {
  let parsed: unknown;
  try {
    if (!isUtf8(document)) throw new SyntaxError();
    parsed = JSON.parse(document.toString('utf8'));
  } catch {
    throw new KeyFetchError('malformed', false); // the error at hand quotes the document: it is not kept
  }
  const keySet = parseKeySet(parsed);
  if (keySet === undefined) throw new KeyFetchError('no_usable_key', false);
  return keySet;
}

function body(uri: string, ca: string | undefined, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const fail = (failure: FetchFailure, transient: boolean, cause?: unknown) => {
      clearTimeout(timer);
      reject(new KeyFetchError(failure, transient, { cause }));
      request.destroy();
    };
    const request = get(
      uri,
      {
        agent: false,
        rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
        ca,
        headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'authaction-aws-api' },
      },
      (response) => {
        response.on('error', (error) => fail('network', true, error));
        const { statusCode = 0 } = response;
        if (statusCode !== 200) return fail('status', statusCode >= 500);
        const encoding = response.headers['content-encoding'] ?? '';
        if (!/^(identity)?$/i.test(encoding)) return fail('encoding', false);
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_BODY_BYTES) return fail('too_large', false);
          chunks.push(chunk);
        });
        response.on('end', () => {
          clearTimeout(timer);
          resolve(Buffer.concat(chunks));
        });
      },
    );
    request.on('error', (error) => fail('network', true, error));
    const timer = setTimeout(() => fail('timeout', true), timeoutMs);
  });
}
