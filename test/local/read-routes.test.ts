import type { ApiModel } from '../../local/gateway/api-model';
import { readTemplate } from '../../local/gateway/read-template';
import { readRoutes } from '../../local/read-routes';
import { addMethod, baseTemplate } from './gateway/template';
import { bundle } from './lambda/bundle';

const table = [{ method: 'GET', path: '/orders', handler: 'orders', access: { scopes: ['read:orders'] } }];

let authorizer: ReturnType<typeof bundle>;
beforeAll(() => {
  authorizer = bundle({ 'routes.json': JSON.stringify(table) });
});
afterAll(() => authorizer.remove());

/** An API with one method, whose authorizer's code is in a folder. */
function api(guarded: boolean, assetPath: string): ApiModel {
  const template = baseTemplate();
  addMethod(template, 'GET', '/orders', { guarded });
  const model = readTemplate(template, '/assembly');
  const functions = new Map([...model.functions].map(([id, each]) => [id, { ...each, assetPath }]));
  return { ...model, functions };
}

test('reads the table beside the code of the authorizer', () => {
  expect(readRoutes(api(true, authorizer.path))).toEqual(table);
});

test('refuses an API that no authorizer protects', () => {
  expect(() => readRoutes(api(false, authorizer.path))).toThrow('No authorizer with a routes.json protects this API');
});

test('refuses an authorizer that carries no table', () => {
  const bare = bundle({});
  try {
    expect(() => readRoutes(api(true, bare.path))).toThrow('routes.json');
  } finally {
    bare.remove();
  }
});
