import type { APIGatewayProxyResult } from 'aws-lambda';

/** The one place where a handler reads its environment: the origin browsers may call from, set by the stack. */
const allowOrigin = process.env.CORS_ALLOW_ORIGIN || '*';

/** A JSON answer with the CORS header every answer of this API carries, and no caching of what a token unlocked. */
export function json(
  statusCode: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
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
