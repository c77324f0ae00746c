import { type App, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  ApiDefinition,
  type IRestApi,
  LambdaIntegration,
  MockIntegration,
  RestApi,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { AuthActionAuthorizer } from '../../../infra/constructs/authaction-authorizer';
import type { Route } from '../../../lambdas/shared/route-table';
import { inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const routes: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];

/** The authorizer in one stack, the API in another, its handler in a third, all given by a test. */
function protectAcross(authStack: Stack, apiStack: Stack, handlerStack: Stack): void {
  const { orders } = inlineHandlers(handlerStack, routes);
  const api = new RestApi(apiStack, 'Api', { cloudWatchRole: false });
  const auth = new AuthActionAuthorizer(authStack, 'Auth', { ...requiredProps, api, routes });
  const integration = orders && new LambdaIntegration(orders, { scopePermissionToMethod: false });
  api.root.addResource('orders').addMethod('GET', integration, auth.methodOptions);
}

/** Whose stack has the resources of a type. */
const owners = (app: App, type: string): string[] =>
  app.node
    .findAll()
    .filter((node) => node instanceof Stack)
    .filter((stack) => Object.keys(resourcesOf(Template.fromStack(stack), type)).length > 0)
    .map((stack) => stack.node.path);

test.each([
  ['the authorizer, the API and the handler each in a stack of its own', 'A', 'B', 'C'],
  ['the handler with the authorizer', 'A', 'B', 'A'],
  ['the handler with the API', 'A', 'B', 'B'],
  ['all in one stack', 'A', 'A', 'A'],
])('works with %s: what belongs to the API is in its stack', (_title, authorizer, apiName, handler) => {
  const app = testApp();
  const stackOf = (name: string) => (app.node.tryFindChild(name) as Stack | undefined) ?? new Stack(app, name);
  protectAcross(stackOf(authorizer), stackOf(apiName), stackOf(handler));
  expect(owners(app, 'AWS::ApiGateway::Authorizer')).toEqual([apiName]);
  expect(owners(app, 'AWS::ApiGateway::GatewayResponse')).toEqual([apiName]);
  expect(owners(app, 'AWS::Logs::MetricFilter')).toEqual([authorizer]);
});

test.each([
  ['both in a nested stack', 'Nested', 'Nested'],
  ['the authorizer in a nested stack', 'Nested', 'Parent'],
  ['the API in a nested stack', 'Parent', 'Nested'],
])('works with %s', (_title, authorizer, apiName) => {
  const app = testApp();
  const parent = new Stack(app, 'Parent');
  const nested = new NestedStack(parent, 'Nested');
  const stackOf = (name: string) => (name === 'Parent' ? parent : nested);
  protectAcross(stackOf(authorizer), stackOf(apiName), parent);
  expect(owners(app, 'AWS::ApiGateway::Authorizer')).toEqual([stackOf(apiName).node.path]);
});

describe('an API that is imported by its id', () => {
  function importedApi() {
    const stack = new Stack(testApp(), 'Stack');
    const api = RestApi.fromRestApiAttributes(stack, 'Api', { restApiId: 'abcdef1234', rootResourceId: 'root' });
    const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes });
    return { stack, api, auth };
  }

  test('gets the authorizer, the responses and a permission for that id', () => {
    const template = Template.fromStack(importedApi().stack);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', { RestApiId: 'abcdef1234' });
    template.resourcePropertiesCountIs('AWS::ApiGateway::GatewayResponse', { RestApiId: 'abcdef1234' }, 7);
    const [permission] = Object.values(resourcesOf(template, 'AWS::Lambda::Permission'));
    expect(JSON.stringify(permission?.Properties.SourceArn)).toMatch(/:abcdef1234\/authorizers\//);
  });

  test('is said to have methods that cannot be checked', () => {
    Annotations.fromStack(importedApi().stack).hasInfo('/Stack/Auth', Match.stringLikeRegexp('The API is imported'));
  });

  test('still has the methods of this app checked', () => {
    const { stack, api, auth } = importedApi();
    const { orders } = inlineHandlers(stack, routes);
    const integration = orders && new LambdaIntegration(orders);
    (api as IRestApi).root.addResource('other').addMethod('GET', integration, auth.methodOptions);
    expect(() => Template.fromStack(stack)).toThrow('GET /other is behind the authorizer');
  });
});

test('an API of this app is not said to be unchecked', () => {
  const stack = new Stack(testApp(), 'Stack');
  protectAcross(stack, stack, stack);
  Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue());
});

describe('an API that other stacks of the app import to add methods', () => {
  const table: readonly Route[] = [...routes, { method: 'GET', path: '/items', handler: 'orders', access: 'token' }];

  /** The API and its authorizer in one stack; a method, given by a test, in another one. */
  function split(app: App, other: Stack, stack: Stack) {
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const part = RestApi.fromRestApiAttributes(other, 'Part', {
      restApiId: api.restApiId,
      rootResourceId: api.restApiRootResourceId,
    });
    const { orders } = inlineHandlers(other, routes);
    const integration = orders && new LambdaIntegration(orders);
    api.root.addResource('orders').addMethod('GET', new MockIntegration());
    (part as IRestApi).root.addResource('items').addMethod('GET', integration);
    const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes: table });
    return { app, auth, other, stack };
  }

  test.each(['a nested stack', 'another stack'])('in %s: protects these methods, too', (where) => {
    const app = testApp();
    const stack = new Stack(app, 'Stack');
    const other = where === 'another stack' ? new Stack(app, 'Other') : new NestedStack(stack, 'Other');
    const { auth } = split(app, other, stack);
    auth.protect();
    Template.fromStack(other).hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'GET',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: Match.anyValue(),
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('is not a method of the API'));
  });

  test('fails for a method there that is not behind the authorizer', () => {
    const app = testApp();
    const stack = new Stack(app, 'Stack');
    split(app, new Stack(app, 'Other'), stack);
    expect(() => Template.fromStack(stack)).toThrow('GET /items needs a token according to the route table');
  });

  test('may have an authorizer of its own for each stack', () => {
    const app = testApp();
    const stack = new Stack(app, 'Stack');
    const other = new Stack(app, 'Other');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const part = RestApi.fromRestApiAttributes(other, 'Part', {
      restApiId: api.restApiId,
      rootResourceId: api.restApiRootResourceId,
    }) as IRestApi;
    const items: Route = { method: 'GET', path: '/items', handler: 'orders', access: 'token' };
    api.root.addResource('orders').addMethod('GET', new MockIntegration());
    part.root.addResource('items').addMethod('GET', new MockIntegration());
    new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes }).protect();
    new AuthActionAuthorizer(other, 'Auth', { ...requiredProps, api: part, routes: [items] }).protect();
    expect(() => app.synth()).not.toThrow();
  });

  test('leaves an API of the same name in another stack alone', () => {
    const app = testApp();
    const stack = new Stack(app, 'Stack');
    protectAcross(stack, stack, stack);
    const open = new Stack(app, 'Open');
    new RestApi(open, 'Api', { cloudWatchRole: false }).root.addResource('orders').addMethod('GET');
    Template.fromStack(open).hasResourceProperties('AWS::ApiGateway::Method', { AuthorizationType: 'NONE' });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

test('the methods of an OpenAPI document cannot be protected so: synth names OpenApiAuthorizer', () => {
  const stack = new Stack(testApp(), 'Stack');
  const api = new SpecRestApi(stack, 'Api', { apiDefinition: ApiDefinition.fromInline({ openapi: '3.0.1' }) });
  new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api: api as IRestApi, routes }).protect();
  expect(() => Template.fromStack(stack)).toThrow(/GET \/orders needs a token.*OpenApiAuthorizer/);
});

test.each([
  ['nothing', undefined],
  ['an HTTP API', new HttpApi(new Stack(), 'Api')],
])('an authorizer for %s, which no compiler has checked, is refused in a sentence', (_what, api) => {
  const props = { ...requiredProps, api: api as unknown as RestApi, routes };
  expect(() => new AuthActionAuthorizer(new Stack(), 'Auth', props)).toThrow('api is no REST API: give a RestApi');
});
