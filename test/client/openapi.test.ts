import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../../client/openapi';
import { routes } from '../../lambdas/routes';
import type { Route } from '../../lambdas/shared/route-table';

const RICH: readonly Route[] = [
  { method: 'GET', path: '/items/{id}', handler: 'items', access: { scopes: ['read:items', 'read:all'] } },
  { method: 'PUT', path: '/items/{id}', handler: 'items', access: 'token' },
  { method: 'GET', path: '/files/{path+}', handler: 'files', access: 'public' },
];

function problems(document: unknown): unknown {
  const linter = join(__dirname, '..', 'support', 'lint-openapi.mjs');
  return JSON.parse(execFileSync(process.execPath, [linter], { input: JSON.stringify(document), encoding: 'utf8' }));
}

test('docs/openapi.json describes the route table as it is (npm run openapi writes it)', () => {
  const file = join(__dirname, '..', '..', 'docs', 'openapi.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(openApiDocument(routes));
});

test.each([
  ['our own table', routes],
  ['a table with parameters', RICH],
  ['a table with ANY', [...RICH, { method: 'ANY', path: '/{proxy+}', handler: 'app', access: 'token' } as const]],
])('is valid OpenAPI 3.1 for %s', (_title, table) => {
  expect(problems(openApiDocument(table, 'https://abcdef1234.execute-api.eu-central-1.amazonaws.com/dev'))).toEqual([]);
});

test('the linter notices a document that is not valid', () => {
  expect(problems({ ...openApiDocument(routes), paths: { public: {} } })).not.toEqual([]);
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
