// Every way to use the constructs that the documents describe, one stack for each.
import { AuthActionAuthorizer, corsEnvironment, ProtectedApi } from 'authaction-aws';
import type { Route } from 'authaction-aws/routes';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { claims, items, orders } from './routes.js';

const settings = { domain: 'tenant.eu.authaction.com', audience: ['https://api.example.com'] };

const functionIn = (scope: Construct, id: string) =>
  new LambdaFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    environment: corsEnvironment({}),
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
  });

/** An API as it was before: no authorizer, one function behind each route. */
function apiIn(scope: Construct, id: string, routes: readonly Route[]): RestApi {
  const api = new RestApi(scope, id, { cloudWatchRole: false });
  const integration = new LambdaIntegration(functionIn(scope, `${id}Handler`));
  for (const { method, path } of routes) api.root.resourceForPath(path).addMethod(method, integration);
  return api;
}

const app = new App();

const both = new Stack(app, 'TwoApis');
new AuthActionAuthorizer(both, 'First', {
  ...settings,
  api: apiIn(both, 'Orders', orders),
  routes: orders,
  contextClaims: Object.keys(claims),
}).protect();
new AuthActionAuthorizer(both, 'Second', { ...settings, api: apiIn(both, 'Items', items), routes: items }).protect();

const apiStack = new Stack(app, 'Api');
const api = apiIn(apiStack, 'Orders', orders);
new AuthActionAuthorizer(new Stack(app, 'Authorizer'), 'Auth', { ...settings, api, routes: orders }).protect();

const nested = new NestedStack(new Stack(app, 'Parent'), 'Nested');
const nestedApi = apiIn(nested, 'Orders', orders);
new AuthActionAuthorizer(nested, 'Auth', { ...settings, api: nestedApi, routes: orders }).protect();

const importing = new Stack(app, 'Imported');
const imported = RestApi.fromRestApiAttributes(importing, 'Existing', {
  restApiId: 'abcdef1234',
  rootResourceId: 'root',
});
const auth = new AuthActionAuthorizer(importing, 'Auth', { ...settings, api: imported, routes: orders });
const resource = imported.root.addResource('orders');
const integration = new LambdaIntegration(functionIn(importing, 'Handler'));
for (const { method } of orders) resource.addMethod(method, integration, auth.methodOptions);

const whole = new Stack(app, 'Whole');
const cors = { allowOrigins: ['https://app.example.com', 'https://admin.example.com'] };
const handlers = { items: functionIn(whole, 'Items'), news: { code: Code.fromInline('-'), memorySize: 512 } };
new ProtectedApi(whole, 'Api', { ...settings, ...cors, apiName: 'items', routes: items, handlers });

app.synth();
