import type { ProxyResult } from './proxy-event';

/** The one place where a handler reads its environment: the origin browsers may call from, set by the stack. */
const allowOrigin = process.env.CORS_ALLOW_ORIGIN || '*';

/**
 * A JSON answer that browsers may read and nothing may cache, since a token unlocked it. The allowed origin is the
 * function's environment variable `CORS_ALLOW_ORIGIN`, or `*` without it.
 *
 * @param headers more headers, or others in place of these.
 * @example
 * json(201, { id }, { Location: `/orders/${id}` });
 */
export function json(
  statusCode: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): ProxyResult {
  return {
    statusCode,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'Access-Control-Allow-Origin': allowOrigin,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
