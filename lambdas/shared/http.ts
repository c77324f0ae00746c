import { corsHeaders } from './cors';
import type { ProxyResult } from './proxy-event';

/**
 * A JSON answer that browsers may read and nothing may cache, since a token unlocked it. Its CORS headers are those of
 * `corsHeaders()`; `withCaller` puts the caller's origin in where several are allowed.
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
      ...corsHeaders(),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
