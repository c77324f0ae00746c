import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Deployment, type IRestApi, LambdaIntegration, RestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import { AuthActionAuthorizer, type AuthActionAuthorizerProps } from '../../../infra/constructs/authaction-authorizer';
import type { Route } from '../../../lambdas/shared/route-table';
import { inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const routes: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];

interface Options {
  readonly props?: Partial<AuthActionAuthorizerProps>;
  /** Whether the Deployment is made before the authorizer. */
  readonly early?: boolean;
}

/** An API with `deploy: false` and a Deployment and a Stage of its own. */
function ownDeployment({ props = {}, early = false }: Options = {}): Template {
  const stack = new Stack(testApp(), 'Stack');
  const { orders } = inlineHandlers(stack, routes);
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false, deploy: false }) as IRestApi;
  const deploy = () => new Stage(stack, 'Stage', { deployment: new Deployment(stack, 'Deployment', { api }) });
  if (early) deploy();
  const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes, ...props });
  const integration = orders && new LambdaIntegration(orders);
  api.root.addResource('orders').addMethod('GET', integration, auth.methodOptions);
  if (!early) deploy();
  return Template.fromStack(stack);
}

const deploymentOf = (template: Template) =>
  Object.entries(template.findResources('AWS::ApiGateway::Deployment')) as [[string, { DependsOn?: string[] }]];
const idOf = (template: Template): string => deploymentOf(template)[0][0];

test.each([true, false])(
  'an own Deployment waits for the authorizer, the methods behind it and the responses (made before them: %s)',
  (early) => {
    const template = ownDeployment({ early });
    const awaited = ['AWS::ApiGateway::Authorizer', 'AWS::ApiGateway::GatewayResponse', 'AWS::ApiGateway::Method'];
    const ids = awaited.flatMap((type) => Object.keys(resourcesOf(template, type)));
    expect(ids).toHaveLength(1 + 7 + 1);
    expect(deploymentOf(template)[0][1].DependsOn).toEqual(expect.arrayContaining(ids));
  },
);

test.each<[string, Partial<AuthActionAuthorizerProps>]>([
  ['cacheTtl', { cacheTtl: Duration.seconds(0) }],
  ['gatewayResponses', { gatewayResponses: 'refusals' }],
  ['allowOrigins', { allowOrigins: ['https://app.example.com'] }],
  ['exposeHeaders', { exposeHeaders: ['ETag'] }],
])('another %s is deployed anew by an own Deployment', (_name, props) => {
  expect(idOf(ownDeployment({ props }))).not.toBe(idOf(ownDeployment()));
});

test('nothing is deployed anew when nothing changes, or only what the gateway does not know', () => {
  expect(idOf(ownDeployment())).toBe(idOf(ownDeployment()));
  expect(idOf(ownDeployment({ props: { authorizerMemorySize: 1024 } }))).toBe(idOf(ownDeployment()));
});

test('a method that protect() puts behind the authorizer is deployed anew', () => {
  const id = (isProtected: boolean) => {
    const stack = new Stack(testApp(), 'Stack');
    const { orders } = inlineHandlers(stack, routes);
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    api.root.addResource('orders').addMethod('GET', orders && new LambdaIntegration(orders));
    const access = isProtected ? 'token' : 'public';
    const [route] = routes as [Route];
    new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes: [{ ...route, access }] }).protect();
    return idOf(Template.fromStack(stack));
  };
  expect(id(true)).not.toBe(id(false));
});
