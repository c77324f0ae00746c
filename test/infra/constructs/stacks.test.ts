import { type App, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IRestApi, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
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
