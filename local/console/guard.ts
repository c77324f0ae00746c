import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface GuardOptions {
  readonly port: number;
  /** Random per run; only a page that this console served knows it. */
  readonly secret: string;
}

/**
 * Refuses pages of other origins: the console listens on loopback, but every page that is open in the user's browser can
 * reach it.
 *
 * Every request must name this console as its `Host`, which a foreign name that resolves to loopback (DNS rebinding) does
 * not. A request that changes something must be a POST of JSON from our own origin that carries the run's secret (CSRF).
 *
 * @returns why the request is refused, or `undefined`.
 */
export function refusal(
  method: string,
  headers: IncomingHttpHeaders,
  { port, secret }: GuardOptions,
): 'host' | 'origin' | 'method' | 'type' | 'secret' | undefined {
  const hosts = [`localhost:${port}`, `127.0.0.1:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host)) return 'host';
  if (origin !== undefined && origin !== `http://${host}`) return 'origin';
  const site = headers['sec-fetch-site'];
  if (method === 'GET') return site === undefined || site === 'same-origin' || site === 'none' ? undefined : 'origin';
  if (method !== 'POST') return 'method';
  if (origin === undefined) return 'origin';
  if (headers['content-type'] !== 'application/json') return 'type';
  return equal(headers['x-console-secret'], secret) ? undefined : 'secret';
}

function equal(given: string | string[] | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
