import { createMcpHandler } from '@modelcontextprotocol/server';
import { json, type ProxyEvent, withCaller } from 'authaction-aws/handler';
import { routes } from './routes.js';
import { serverFor } from './tools.js';

/** MCP over streamable HTTP without sessions: each request stands alone, and has a server of its own. */
export const handler = withCaller(routes, async (caller, event) => {
  if (event.httpMethod !== 'POST') return json(405, { error: 'Method Not Allowed' }, { Allow: 'POST' });
  // A subscription would never end, and API Gateway sends this function's response only when it is complete.
  const mcp = createMcpHandler(() => serverFor(caller), { maxSubscriptions: 0, onerror: console.error });
  const response = await mcp.fetch(requestOf(event));
  const type = response.headers.get('Content-Type');
  const { headers } = json(response.status, {}, type === null ? {} : { 'Content-Type': type });
  return { statusCode: response.status, headers, body: await response.text() };
});

/** The request of an event. The token stays behind: API Gateway and withCaller have dealt with it. */
function requestOf({ path, headers, body, isBase64Encoded }: ProxyEvent): Request {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name.toLowerCase() === 'authorization' ? [] : [[name, value] as [string, string]],
  );
  return new Request(`https://api.example${path}`, {
    method: 'POST',
    headers: kept,
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  });
}
