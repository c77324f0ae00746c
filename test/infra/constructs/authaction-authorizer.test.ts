import { Stack } from 'aws-cdk-lib';
import { type MethodOptions, MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { AuthActionAuthorizer } from '../../../infra/constructs/authaction-authorizer';
import type { Route } from '../../../lambdas/routes';
import { requiredSettings, testApp } from '../../support/infra';

type Attach = (api: RestApi, options: MethodOptions) => void;

/** Synthesizes an API of one's own with the authorizer, whose route table is another one. */
function synthesize(table: readonly Route[], attach: Attach, props: { readonly deploy?: boolean } = {}): void {
  jest.isolateModules(() => {
    jest.doMock('../../../lambdas/routes', () => ({
      ...jest.requireActual('../../../lambdas/routes'),
      routes: table,
    }));
    const { AuthActionAuthorizer: Authorizer } = require('../../../infra/constructs/authaction-authorizer');
    const app = testApp();
    const api = new RestApi(new Stack(app, 'Stack'), 'Api', { cloudWatchRole: false, ...props });
    const authorizer: AuthActionAuthorizer = new Authorizer(api.stack, 'Authorizer', {
      api,
      domain: requiredSettings.AUTHACTION_DOMAIN,
      audience: requiredSettings.AUTHACTION_AUDIENCE,
    });
    api.root.addResource('free').addMethod('GET', new MockIntegration());
    attach(api, authorizer.methodOptions);
    app.synth();
  });
}

const item: Route = { method: 'GET', path: '/items/{id}', handler: 'mine', access: 'token' };
const add =
  (...methods: readonly (readonly [string, string])[]): Attach =>
  (api, options) => {
    for (const [method, path] of methods) {
      api.root.resourceForPath(path).addMethod(method, new MockIntegration(), options);
    }
  };

test('stands in front of the methods of the table, whoever handles them', () => {
  expect(() => synthesize([item], add(['GET', '/items/{id}']))).not.toThrow();
});

test.each([
  ['a path that a variable of the table reaches over', 'GET', '/items/{id}/secret'],
  ['a fixed path beside a variable', 'GET', '/items/export'],
  ['another method', 'POST', '/items/{id}'],
  ['every method', 'ANY', '/items/{id}'],
  ['a public route of the table', 'GET', '/public'],
])('does not stand in front of %s: %s %s', (_title, method, path) => {
  const table: Route[] = [item, { method: 'GET', path: '/public', handler: 'mine', access: 'public' }];
  expect(() => synthesize(table, add(['GET', '/items/{id}'], [method, path]))).toThrow(
    `${method} ${path} is behind the authorizer, but lambdas/routes.ts has no protected route of this method and path`,
  );
});

test('refuses a table that cannot be used, with every problem', () => {
  const table: Route[] = [
    { ...item, path: '/*' },
    { ...item, path: '/a/' },
  ];
  expect(() => synthesize(table, add(['GET', '/b']))).toThrow(
    /GET \/\*: the segment[\s\S]*GET \/a\/: the path has an empty segment/,
  );
});

test('works for an API that somebody else deploys', () => {
  expect(() => synthesize([item], add(['GET', '/items/{id}']), { deploy: false })).not.toThrow();
});
