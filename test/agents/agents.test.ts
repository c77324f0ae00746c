import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleLambda, projectRoot } from '../../infra/bundling';
import { findApp } from '../../local/app';
import type { Issuer } from '../../local/issuer/issuer';
import { type LocalEvent, type LocalStack, startLocalStack } from '../../local/local-stack';
import { checkStaged, stagedAuthorizers } from '../../scripts/consumers/consumer';
import { TSX } from '../support/run-tool';
import { type Example, installExample } from './example';

let example: Example;
let stack: LocalStack;
let issuer: Issuer;
const events: LocalEvent[] = [];

beforeAll(async () => {
  example = await installExample();
  await example.npx('cdk', 'synth', '--quiet', '--no-notices', '--output', 'cdk.out');
  const options = { port: 0, issuerPort: 0, environment: {}, onEvent: (event: LocalEvent) => events.push(event) };
  stack = await startLocalStack({ ...options, app: findApp(example.folder, 'cdk.out') });
  if (!stack.issuer) throw new Error('There is no issuer');
  issuer = stack.issuer;
}, 240_000);
afterAll(async () => {
  await stack?.stop();
  example?.remove();
});
beforeEach(() => {
  events.length = 0;
  stack.clearAuthorizerCache();
});

/** Runs a client in a process of its own, which trusts the issuer's certificate and knows the URL of the API. */
async function run(client: string, path: string, ...args: readonly string[]): Promise<unknown> {
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: issuer.certificateFile,
    CLIENT_ID: issuer.clientId,
    CLIENT_SECRET: issuer.clientSecret,
    EXPECTED_ISSUER: issuer.url,
  };
  const script = join(__dirname, 'clients', `${client}.ts`);
  const { stdout } = await promisify(execFile)(process.execPath, [...TSX, script, `${stack.url}${path}`, ...args], {
    env,
  });
  return JSON.parse(stdout);
}

/** The requests of a client in their order: `401 POST /mcp`, `issuer: 200 POST /oauth2/token`. */
const requests = (): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'answer') return [`${event.status} ${event.method} ${event.path}`];
    if (event.type !== 'issuer-request' || event.path.endsWith('jwks.json')) return [];
    return [`issuer: ${event.status} ${event.method} ${event.path}`];
  });

const openOrders = [
  { id: 'o-1', customer: 'c-1', status: 'open', total: 120 },
  { id: 'o-3', customer: 'c-1', status: 'open', total: 18 },
];
const discovery = [
  '401 POST /mcp',
  '200 GET /.well-known/oauth-protected-resource/mcp',
  'issuer: 200 GET /.well-known/oauth-authorization-server',
];

describe('an MCP client that knows the URL', () => {
  test.each([
    ['legacy', '2025-11-25'],
    ['auto', '2026-07-28'],
  ])('finds the way to a call with client credentials (%s: revision %s)', async (mode, protocol) => {
    const found = await run('mcp-client-credentials', '/mcp', mode);
    expect(found).toEqual({ protocol, tools: ['list_orders', 'list_customers'], orders: openOrders });
    expect(requests().slice(0, 5)).toEqual([...discovery, 'issuer: 200 POST /oauth2/token', '200 POST /mcp']);
  });

  test('finds the way to a call for a user, with an authorization code, and refreshes its token', async () => {
    const found = await run('mcp-authorization-code', '/mcp');
    expect(found).toMatchObject({
      tools: ['list_orders', 'list_customers'],
      orders: openOrders,
      refreshed: ['list_orders', 'list_customers'],
      signedInAgain: false,
    });
    expect(requests().slice(0, 7)).toEqual([
      ...discovery,
      'issuer: 201 POST /oauth2/register',
      'issuer: 303 GET /oauth2/authorize',
      'issuer: 200 POST /oauth2/token',
      '200 POST /mcp',
    ]);
  });
});

test('a client that is not an agent finds the way to a protected call', async () => {
  const found = await run('oauth4webapi', '');
  expect(found).toEqual({
    scopes_supported: ['customers:read', 'orders:read'],
    scope: 'orders:read',
    orders: { orders: expect.arrayContaining(openOrders) },
    challenges: [
      expect.objectContaining({
        scheme: 'bearer',
        parameters: expect.objectContaining({ error: 'insufficient_scope' }),
      }),
    ],
  });
  expect(requests()).toEqual([
    '200 GET /.well-known/oauth-protected-resource',
    'issuer: 200 GET /.well-known/oauth-authorization-server',
    'issuer: 200 POST /oauth2/token',
    '200 GET /orders',
    '403 GET /customers',
  ]);
});

describe('the MCP server', () => {
  const token = (scope: string) => issuer.mint({ claims: { scope } });
  const send = async (method: string, scope: string, message?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${stack.url}/mcp`, {
      method,
      headers: {
        Authorization: `Bearer ${await token(scope)}`,
        Accept: 'application/json, text/event-stream',
        'Content-Type': 'application/json',
        ...headers,
      },
      ...(message ? { body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }) } : {}),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  };
  /** The message of an answer in an event stream. */
  const inStream = (body: string): Record<string, unknown> => JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? '');

  test.each([
    ['orders:read', ['list_orders']],
    ['orders:read customers:read', ['list_orders', 'list_customers']],
  ])('shows a caller with %s the tools %j', async (scope, expected) => {
    const { body } = await send('POST', scope, { method: 'tools/list' });
    const { tools } = inStream(body).result as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(expected);
  });

  test('runs no tool that the caller is not shown', async () => {
    const call = { method: 'tools/call', params: { name: 'list_customers', arguments: {} } };
    const refused = await send('POST', 'orders:read', call);
    expect(refused.body).not.toContain('Ada');
    expect(refused.body).toContain('list_customers not found');
    expect((await send('POST', 'orders:read customers:read', call)).body).toContain('Ada');
  });

  test('is out of reach without the scope of its route', async () => {
    expect(await send('POST', 'customers:read', { method: 'tools/list' })).toMatchObject({ status: 403 });
  });

  test.each(['GET', 'DELETE'])('answers 405 to %s: it has no streams and no sessions', async (method) => {
    const { status, headers } = await send(method, 'orders:read');
    expect({ status, allow: headers.get('Allow') }).toEqual({ status: 405, allow: 'POST' });
  });

  test('refuses a subscription, which no response of API Gateway could serve', async () => {
    const protocol = '2026-07-28';
    const method = 'subscriptions/listen';
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': protocol,
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'agent', version: '1.0.0' },
    };
    const params = { notifications: { toolsListChanged: true }, _meta };
    const headers = { 'MCP-Protocol-Version': protocol, 'Mcp-Method': method };
    const { body } = await send('POST', 'orders:read', { method, params }, headers);
    expect(body).toContain('Subscription limit reached');
  });
});

describe('the example', () => {
  test('names the version of the SDK that it is tested with', () => {
    const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const name = '@modelcontextprotocol/server';
    expect(read(example.folder).dependencies[name]).toBe(read(projectRoot).devDependencies[name]);
  });

  test('has the types of the package and of the SDK', async () => {
    await expect(example.npx('tsc')).resolves.toBe('');
  });

  test('has every call but its metadata behind the authorizer', () => {
    const { Resources } = JSON.parse(readFileSync(join(example.folder, 'cdk.out', 'Orders.template.json'), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
    };
    const methods = Object.values(Resources).flatMap(({ Type, Properties }) => {
      const { HttpMethod, AuthorizationType, Integration } = Properties;
      if (Type !== 'AWS::ApiGateway::Method' || HttpMethod === 'OPTIONS') return [];
      return [`${AuthorizationType} ${(Integration as { Type: string }).Type}`];
    });
    const calls = Array.from({ length: 5 }, () => 'CUSTOM AWS_PROXY');
    expect(methods.sort()).toEqual([...calls, 'NONE MOCK', 'NONE MOCK']);
  });

  test('deploys the authorizer that the tests run, without the SDK', () => {
    const [tested] = bundleLambda('authorizer');
    const staged = stagedAuthorizers(example.folder);
    expect(() => checkStaged(staged, tested?.contents ?? new Uint8Array(), 1)).not.toThrow();
  });
});
