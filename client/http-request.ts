import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Time for one whole request, in milliseconds. */
const TIMEOUT_MS = 8_000;

/** Largest answer read, in bytes. */
const MAX_BODY_BYTES = 150_000;

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Authorities to trust instead of the usual ones, as PEM. */
  readonly ca?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The code of the error when the time is up or the answer is too large, in the style of Node's own. */
class RequestError extends Error {
  constructor(readonly code: 'ETIMEDOUT' | 'ETOOLARGE') {
    super(code);
  }
}

/** Whether a request to this URL may carry credentials: over TLS, or not leaving this machine. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** Whether a URL's host name means this machine by itself, without asking a name server. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Makes one HTTP request on a connection of its own, with full certificate checks. Follows no redirect, and ends within
 * {@link TIMEOUT_MS} whatever the server does.
 *
 * @throws an error with a `code` when there is no whole answer.
 */
export function httpRequest({ url, method = 'GET', headers = {}, body, ca }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method, agent: false, headers: { 'accept-encoding': 'identity', ...headers } } as const;
    const outgoing = url.startsWith('https:')
      ? requestHttps(url, { ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : requestHttp(url, options);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
      outgoing.destroy();
    };
    const timer = setTimeout(() => fail(new RequestError('ETIMEDOUT')), TIMEOUT_MS);
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) fail(new RequestError('ETOOLARGE'));
        else chunks.push(chunk);
      });
      response.on('end', () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    outgoing.end(body);
  });
}
