import { Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  IdentitySource,
  MockIntegration,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AuthActionAuthorizer } from '../../../infra/constructs/authaction-authorizer';
import { coverageProblems } from '../../../infra/constructs/coverage';
import type { Route } from '../../../lambdas/shared/route-table';
import { requiredSettings, testApp } from '../../support/infra';

const item: Route = { method: 'GET', path: '/items/{id}', handler: 'mine', access: 'token' };
type Name = readonly [method: string, path: string];

/** The problems of an API that has the authorizer on these methods, and one more method without it. */
function problemsOf(table: readonly Route[], methods: readonly Name[], deploy = true): readonly string[] {
  const stack = new Stack(testApp(), 'Stack');
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false, deploy });
  const handler = new LambdaFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('-'),
  });
  const authorizer = new RequestAuthorizer(stack, 'Authorizer', {
    handler,
    identitySources: [IdentitySource.header('Authorization')],
  });
  const options = { authorizationType: AuthorizationType.CUSTOM, authorizer };
  for (const [method, path] of methods) {
    api.root.resourceForPath(path).addMethod(method, new MockIntegration(), options);
  }
  api.root.addResource('free').addMethod('GET', new MockIntegration());
  return coverageProblems(api, authorizer, table);
}

test('accepts the methods of the table, whatever handles them and whether or not the RestApi deploys itself', () => {
  expect(problemsOf([item], [['GET', '/items/{id}']])).toEqual([]);
  expect(problemsOf([item], [['GET', '/items/{id}']], false)).toEqual([]);
});

test.each([
  ['a path that a variable of the table reaches over', 'GET', '/items/{id}/secret'],
  ['a fixed path beside a variable', 'GET', '/items/export'],
  ['another method', 'POST', '/items/{id}'],
  ['every method', 'ANY', '/items/{id}'],
  ['a public route of the table', 'GET', '/public'],
])('refuses %s behind the authorizer: %s %s', (_title, method, path) => {
  const table: Route[] = [item, { method: 'GET', path: '/public', handler: 'mine', access: 'public' }];
  expect(
    problemsOf(table, [
      ['GET', '/items/{id}'],
      [method, path],
    ]),
  ).toEqual([
    `${method} ${path} is behind the authorizer, but its route table has no protected route of this ` +
      'method and path: add it there, so that policies name it.',
  ]);
});

test('lists every problem of a table that cannot be used', () => {
  const odd: Route[] = [
    { ...item, path: '/*' },
    { ...item, path: '/a/' },
  ];
  expect(problemsOf(odd, [['GET', '/b']])).toEqual([
    expect.stringMatching(/^GET \/\*: the segment/),
    expect.stringMatching(/^GET \/a\/: the path has an empty segment/),
    expect.stringMatching(/^GET \/b is behind the authorizer/),
  ]);
});

test('synth fails when a method behind the authorizer is not in the table', () => {
  const synthesize = (...names: readonly string[]) => {
    const app = testApp();
    const api = new RestApi(new Stack(app, 'Stack'), 'Api', { cloudWatchRole: false });
    const { methodOptions } = new AuthActionAuthorizer(Stack.of(api), 'Authorizer', {
      api,
      domain: requiredSettings.AUTHACTION_DOMAIN,
      audience: [requiredSettings.AUTHACTION_AUDIENCE],
      routes: [{ method: 'GET', path: '/protected', handler: 'mine', access: 'token' }],
    });
    for (const name of names) api.root.addResource(name).addMethod('GET', new MockIntegration(), methodOptions);
    app.synth();
  };
  expect(() => synthesize('protected')).not.toThrow();
  expect(() => synthesize('protected', 'other')).toThrow('GET /other is behind the authorizer');
});
