import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ApiSchema, Gateway, GatewayCredentialProvider, GatewayTarget } from 'aws-cdk-lib/aws-bedrockagentcore';
import { openApiDocument } from '../../client/openapi';
import { routes } from '../../lambdas/routes';
import type { Route } from '../../lambdas/shared/route-table';
import { testApp } from '../support/infra';

const RICH: readonly Route[] = [
  { method: 'GET', path: '/items/{id}', handler: 'items', access: { scopes: ['read:items', 'read:all'] } },
  { method: 'PUT', path: '/items/{id}', handler: 'items', access: 'token' },
  { method: 'GET', path: '/files/{path+}', handler: 'files', access: 'public' },
];

const serverUrl = 'https://abcdef1234.execute-api.eu-central-1.amazonaws.com/dev';
const metadataPaths = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'];

/** The operations of a document, each under its `operationId`. */
function operationsOf(document: object): Record<string, { readonly security: readonly unknown[] }> {
  const { paths } = document as { paths: Record<string, Record<string, { operationId: string; security: [] }>> };
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const byId = Object.fromEntries(operations.map((operation) => [operation.operationId, operation]));
  expect(Object.keys(byId)).toHaveLength(operations.length);
  return byId;
}

/** The problems of each document. */
function problemsOf(documents: readonly unknown[]): readonly unknown[] {
  const linter = join(__dirname, '..', 'support', 'lint-openapi.mjs');
  return JSON.parse(execFileSync(process.execPath, [linter], { input: JSON.stringify(documents), encoding: 'utf8' }));
}

test('docs/openapi.json describes the route table as it is (npm run openapi writes it)', () => {
  const file = join(__dirname, '..', '..', 'docs', 'openapi.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(openApiDocument(routes));
});

describe('a linter of OpenAPI 3.1', () => {
  const tables: readonly (readonly [string, readonly Route[]])[] = [
    ['our own table', routes],
    ['a table with parameters', RICH],
    ['a table with ANY', [...RICH, { method: 'ANY', path: '/{proxy+}', handler: 'app', access: 'token' }]],
  ];
  const titles = tables.map(([title]) => title);
  let problems: readonly unknown[];
  beforeAll(() => {
    const documents = tables.map(([, table]) => openApiDocument(table, { serverUrl, metadataPaths }));
    problems = problemsOf([...documents, { ...openApiDocument(routes), paths: { public: {} } }]);
  });

  test.each(titles)('finds nothing in the document of %s', (title) => {
    expect(problems[titles.indexOf(title)]).toEqual([]);
  });

  test('notices a document that is not valid', () => {
    expect(problems).toHaveLength(titles.length + 1);
    expect(problems.at(-1)).not.toEqual([]);
  });
});

test('asks for the scopes of a route, and for no token on a public one', () => {
  const { paths } = openApiDocument(RICH) as { paths: Record<string, Record<string, unknown>> };
  expect(paths['/items/{id}']?.get).toMatchObject({ security: [{ accessToken: ['read:items', 'read:all'] }] });
  expect(paths['/items/{id}']?.put).toMatchObject({ operationId: 'put-items-id', security: [{ accessToken: [] }] });
  expect(paths['/files/{path}']?.get).toMatchObject({ security: [] });
});

test('describes an ANY row as one operation for each method that no other row of the path names', () => {
  const { paths } = openApiDocument([
    { method: 'ANY', path: '/{proxy+}', access: 'token' },
    { method: 'GET', path: '/{proxy+}', access: { scopes: ['read'] } },
  ]) as { paths: Record<string, Record<string, unknown>> };
  const operations = paths['/{proxy}'] ?? {};
  expect(Object.keys(operations).sort()).toEqual(['delete', 'get', 'head', 'patch', 'post', 'put']);
  expect(operations.get).toMatchObject({ security: [{ accessToken: ['read'] }] });
  expect(operations.post).toMatchObject({ operationId: 'post-proxy', security: [{ accessToken: [] }] });
});

test('names each operation once, with at most 48 letters, digits, hyphens and underscores', () => {
  const long = 'a'.repeat(60);
  const route = (path: Route['path'], method: Route['method'] = 'GET'): Route => ({
    method,
    path,
    handler: 'h',
    access: 'token',
  });
  const ids = Object.keys(
    operationsOf(
      openApiDocument([
        route('/'),
        route('/root'),
        route('/a/b'),
        route('/a-b'),
        route('/a.b/{id}'),
        route('/a/b/id'),
        route('/snake_case'),
        route(`/${long}/x`),
        route(`/${long}/y`),
        route('/{proxy+}', 'ANY'),
      ]),
    ),
  );
  expect(ids.slice(0, 7)).toEqual([
    'get-root',
    'get-root-2',
    'get-a-b',
    'get-a-b-2',
    'get-a-b-id',
    'get-a-b-id-2',
    'get-snake_case',
  ]);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,48}$/);
});

test('a server is written out, without variables', () => {
  expect(openApiDocument(routes, { serverUrl }).servers).toEqual([{ url: serverUrl }]);
});

test('describes the metadata as operations without a token, and the challenge that names them', () => {
  const document = openApiDocument(routes, { serverUrl, metadataPaths });
  const operations = operationsOf(document);
  expect(operations['get-well-known-oauth-protected-resource']?.security).toEqual([]);
  expect(operations['get-well-known-oauth-protected-resource-mcp']?.security).toEqual([]);
  const example = `Bearer error="invalid_token", resource_metadata="${serverUrl}${metadataPaths[0]}"`;
  expect(document).toMatchObject({
    components: { responses: { Unauthorized: { headers: { 'WWW-Authenticate': { example } } } } },
  });
});

describe("the CDK's check of an OpenAPI target of a Bedrock AgentCore gateway", () => {
  function check(document: object): void {
    const app = testApp();
    const stack = new Stack(app, 'Stack');
    GatewayTarget.forOpenApi(stack, 'Target', {
      gateway: new Gateway(stack, 'Gateway'),
      apiSchema: ApiSchema.fromInline(JSON.stringify(document)),
      credentialProviderConfigurations: [
        GatewayCredentialProvider.fromOauthIdentityArn({ providerArn: ARN, secretArn: SECRET_ARN, scopes: ['read'] }),
      ],
    });
    Template.fromStack(stack);
  }
  const ARN =
    'arn:aws:bedrock-agentcore:eu-central-1:123456789012:token-vault/default/oauth2credentialprovider/authaction';
  const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:authaction-abcdef';

  test.each([
    ['our own table', routes],
    ['a table with parameters and ANY', [...RICH, { method: 'ANY', path: '/{proxy+}', handler: 'a', access: 'token' }]],
  ] as const)('takes the document of %s', (_title, table) => {
    expect(() => check(openApiDocument(table, { serverUrl, metadataPaths }))).not.toThrow();
  });

  test('finds a document that has no server and names its security for all operations', () => {
    const document = { ...openApiDocument(routes), servers: [], security: [{ accessToken: [] }] };
    expect(() => check(document)).toThrow(/server[\s\S]*security schemes/);
  });
});
