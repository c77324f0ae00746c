import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IRestApi, MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { addApiAuthorizer } from '../../../infra/constructs/api-authorizer';
import { AuthActionAuthorizer } from '../../../infra/constructs/authaction-authorizer';
import { coverageProblems } from '../../../infra/constructs/coverage';
import type { Route } from '../../../lambdas/shared/route-table';
import { requiredSettings, testApp } from '../../support/infra';

const item: Route = { method: 'GET', path: '/items/{id}', handler: 'mine', access: 'token' };
type Name = readonly [method: string, path: string];

/** What is said of an API whose authorizer stands in front of these methods, and of one without a token beside them. */
function problemsOf(table: readonly Route[], methods: readonly Name[], deploy = true): readonly string[] {
  const stack = new Stack(testApp(), 'Stack');
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false, deploy });
  const fn = new LambdaFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('-'),
  });
  const authorizer = addApiAuthorizer(stack, { api: api as IRestApi, fn, cacheTtl: Duration.minutes(5) });
  for (const [method, path] of methods) {
    api.root.resourceForPath(path).addMethod(method, new MockIntegration(), authorizer.methodOptions);
  }
  api.root.resourceForPath('/free').addMethod('GET', new MockIntegration());
  return coverageProblems({ api: api as IRestApi, authorizer, routes: table });
}

test('the methods of the table are covered, whoever handles them and whoever deploys the API', () => {
  expect(problemsOf([item], [['GET', '/items/{id}']])).toEqual([]);
  expect(problemsOf([item], [['GET', '/items/{id}']], false)).toEqual([]);
});

test.each([
  ['a path that a variable of the table reaches over', 'GET', '/items/{id}/secret'],
  ['a fixed path beside a variable', 'GET', '/items/export'],
  ['another method', 'POST', '/items/{id}'],
  ['every method', 'ANY', '/items/{id}'],
  ['a public route of the table', 'GET', '/public'],
])('%s is not: %s %s', (_title, method, path) => {
  const table: Route[] = [item, { method: 'GET', path: '/public', handler: 'mine', access: 'public' }];
  expect(
    problemsOf(table, [
      ['GET', '/items/{id}'],
      [method, path],
    ]),
  ).toEqual([
    `${method} ${path} is behind the authorizer, but its route table has no protected route of this method and path: ` +
      'add it there, so that policies name it.',
  ]);
});

test('an ANY row covers the ANY method of its path, and methods that the API names', () => {
  const table: Route[] = [{ ...item, method: 'ANY', path: '/{proxy+}' }];
  expect(problemsOf(table, [['ANY', '/{proxy+}']])).toEqual([]);
  expect(
    problemsOf(table, [
      ['GET', '/{proxy+}'],
      ['OPTIONS', '/{proxy+}'],
    ]),
  ).toEqual([]);
  expect(problemsOf(table, [['ANY', '/other']])).toEqual([expect.stringMatching(/^ANY \/other is behind/)]);
});

test('a row that is public for one method needs that method beside ANY', () => {
  const table: Route[] = [
    { ...item, method: 'ANY', path: '/health' },
    { ...item, path: '/health', access: 'public' },
    { ...item, method: 'ANY', path: '/{proxy+}' },
    { ...item, method: 'POST', path: '/{proxy+}', access: 'public' },
  ];
  expect(
    problemsOf(table, [
      ['ANY', '/health'],
      ['ANY', '/{proxy+}'],
    ]),
  ).toEqual([
    'GET /health is public in the route table, but ANY /health answers it behind the authorizer: ' +
      'add the method GET without the authorizer, or remove the row.',
    'POST /{proxy+} is public in the route table, but ANY /{proxy+} answers it behind the authorizer: ' +
      'add the method POST without the authorizer, or remove the row.',
  ]);
});

test('a public method of its own beside ANY is covered', () => {
  const table: Route[] = [
    { ...item, method: 'ANY', path: '/free' },
    { ...item, path: '/free', access: 'public' },
  ];
  expect(problemsOf(table, [['ANY', '/free']])).toEqual([]);
});

test('a table that cannot be used is said so, with every problem', () => {
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

test('an API with a method that is not in the table is not synthesized', () => {
  const synthesize = (...names: readonly string[]) => {
    const app = testApp();
    const api = new RestApi(new Stack(app, 'Stack'), 'Api', { cloudWatchRole: false });
    const { methodOptions } = new AuthActionAuthorizer(Stack.of(api), 'Authorizer', {
      api,
      routes: [{ method: 'GET', path: '/protected', handler: 'mine', access: 'token' }],
      domain: requiredSettings.AUTHACTION_DOMAIN,
      audience: [requiredSettings.AUTHACTION_AUDIENCE],
    });
    for (const name of names) api.root.addResource(name).addMethod('GET', new MockIntegration(), methodOptions);
    app.synth();
  };
  expect(() => synthesize('protected')).not.toThrow();
  expect(() => synthesize('protected', 'other')).toThrow('GET /other is behind the authorizer');
});

test('refuses an ANY method without the authorizer that answers a protected route', () => {
  const stack = new Stack(testApp(), 'Stack');
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  const resource = api.root.resourceForPath('/items/{id}');
  resource.addMethod('ANY', new MockIntegration());
  new AuthActionAuthorizer(stack, 'Authorizer', {
    api,
    domain: requiredSettings.AUTHACTION_DOMAIN,
    audience: [requiredSettings.AUTHACTION_AUDIENCE],
    routes: [item],
  });
  expect(() => Template.fromStack(stack)).toThrow(
    'GET /items/{id} needs a token according to the route table, but ANY /items/{id} answers it without the authorizer',
  );
});

test('refuses a method without the authorizer that an ANY row protects, but not a preflight', () => {
  const problems = (method: string) => {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const { methodOptions } = new AuthActionAuthorizer(stack, 'Authorizer', {
      api,
      domain: requiredSettings.AUTHACTION_DOMAIN,
      audience: [requiredSettings.AUTHACTION_AUDIENCE],
      routes: [{ ...item, method: 'ANY' }],
      cacheTtl: Duration.seconds(0),
    });
    const resource = api.root.resourceForPath('/items/{id}');
    resource.addMethod('ANY', new MockIntegration(), methodOptions);
    resource.addMethod(method, new MockIntegration());
    return () => Template.fromStack(stack);
  };
  expect(problems('GET')).toThrow(
    'GET /items/{id} needs a token according to the route table, but is not behind the authorizer',
  );
  expect(problems('OPTIONS')).not.toThrow();
});
