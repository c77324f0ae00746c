import { routesFromOpenApi } from '../../../lambdas/shared/openapi-routes';

/** The access of the one operation of a document. */
const accessOf = (operation: object, more: object = {}) =>
  routesFromOpenApi({ openapi: '3.0.1', paths: { '/orders': { get: operation } }, ...more })[0]?.access;

test('derives method, path and handler of each operation', () => {
  const paths = {
    'x-note': 'no path',
    '/orders/{id}': { parameters: [], get: { operationId: 'getOrder' }, options: {}, delete: {} },
    '/{proxy+}': { 'x-amazon-apigateway-any-method': {} },
  };
  expect(routesFromOpenApi({ paths })).toEqual([
    { method: 'GET', path: '/orders/{id}', handler: 'getOrder', access: 'public' },
    { method: 'DELETE', path: '/orders/{id}', handler: 'DELETE /orders/{id}', access: 'public' },
    { method: 'ANY', path: '/{proxy+}', handler: 'ANY /{proxy+}', access: 'public' },
  ]);
});

test.each<[string, object, object, unknown]>([
  ['none at all', {}, {}, 'public'],
  ['one scheme', { security: [{ jwt: [] }] }, {}, 'token'],
  ['scopes', { security: [{ oauth: ['read', 'list'] }] }, {}, { scopes: ['read', 'list'] }],
  ['that of the document', {}, { security: [{ jwt: [] }] }, 'token'],
  ['none, though the document has some', { security: [] }, { security: [{ jwt: [] }] }, 'public'],
])('security of an operation: %s', (_title, operation, document, access) => {
  expect(accessOf(operation, document)).toEqual(access);
});

test.each<[string, unknown]>([
  ['alternatives', [{ a: [] }, { b: [] }]],
  ['two schemes at once', [{ a: [], b: [] }]],
  ['an optional scheme', [{ a: [] }, {}]],
  ['only an empty requirement', [{}]],
  ['scopes that are no list', [{ a: 'read' }]],
])('refuses %s, which a table cannot express', (_title, security) => {
  expect(() => accessOf({ security })).toThrow(
    /^GET \/orders: its security has alternatives, several schemes or an opt/,
  );
});

test('refuses security that is no list of objects', () => {
  expect(() => accessOf({ security: { jwt: [] } })).toThrow(/^GET \/orders: security is not a list\.$/);
  expect(() => accessOf({ security: ['jwt'] })).toThrow(
    /^GET \/orders: security of the OpenAPI document is not an object/,
  );
});

test.each<[string, object, string]>([
  ['TRACE', { '/a': { trace: {} } }, '/a: trace has no counterpart in a route table.'],
  ['a referenced path', { '/a': { $ref: 'other.json' } }, '/a: $ref has no counterpart in a route table.'],
  ['an operation that is no object', { '/a': { get: null } }, 'GET /a of the OpenAPI document is not an object.'],
])('refuses %s', (_title, paths, message) => {
  expect(() => routesFromOpenApi({ paths })).toThrow(message);
});

test('refuses a document without paths', () => {
  expect(() => routesFromOpenApi({})).toThrow('paths of the OpenAPI document is not an object.');
});
