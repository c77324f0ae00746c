import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROUTES_FILE, readDeployedRoutes } from '../../../lambdas/authorizer/deployed-routes';
import { sampleRoutes } from '../../support/sample-routes';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deployed-routes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Reads a table from this text. */
function read(text: string | Buffer) {
  writeFileSync(join(folder, ROUTES_FILE), text);
  return readDeployedRoutes(folder);
}

test('reads the route table from routes.json in the folder', () => {
  expect(ROUTES_FILE).toBe('routes.json');
  expect(read(JSON.stringify(sampleRoutes))).toEqual(sampleRoutes);
});

test('throws when routes.json is missing, and names it', () => {
  expect(() => readDeployedRoutes(folder)).toThrow(/^ENOENT.*routes\.json/);
});

test.each(['', '[', 'routes', '[{}] x', "[{'method':'GET'}]"])('throws when routes.json is not JSON: %j', (text) => {
  expect(() => read(text)).toThrow(SyntaxError);
});

const route = { method: 'GET', path: '/a', handler: 'a', access: 'token' };

test.each<[string, unknown]>([
  ['null', null],
  ['an object', { routes: [route] }],
  ['a string', 'routes'],
  ['a list of lists', [[route]]],
  ['a list with null', [route, null]],
  ['a list of strings', ['GET /a']],
  ['a route without a method', [{ ...route, method: undefined }]],
  ['a method that is not a string', [{ ...route, method: 7 }]],
  ['a route without a path', [{ ...route, path: undefined }]],
  ['a path that is not a string', [{ ...route, path: ['/a'] }]],
  ['a path without its /', [{ ...route, path: 'a' }]],
  ['a route without access', [{ ...route, access: undefined }]],
  ['an unknown access', [{ ...route, access: 'private' }]],
  ['an access of null', [{ ...route, access: null }]],
  ['an access that is a list', [{ ...route, access: ['read'] }]],
  ['an access without scopes', [{ ...route, access: {} }]],
  ['scopes that are a string', [{ ...route, access: { scopes: 'read' } }]],
  ['an empty list of scopes', [{ ...route, access: { scopes: [] } }]],
  ['a scope that is not a string', [{ ...route, access: { scopes: ['read', 7] } }]],
  ['an invalid route behind a valid one', [route, { ...route, access: 'open' }]],
])('throws when routes.json holds %s', (_title, table) => {
  expect(() => read(JSON.stringify(table))).toThrow(
    /^routes\.json is not a list of \{ method, path, handler, access \}$/,
  );
});

test.each(['public', 'token', { scopes: ['read'] }])('accepts a route with access %j', (access) => {
  expect(read(JSON.stringify([{ ...route, access }]))).toEqual([{ ...route, access }]);
});
