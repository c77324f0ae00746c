import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AuthActionAuthorizer, type AuthActionAuthorizerProps } from '../../../infra/constructs/authaction-authorizer';
import { ROUTES_FILE } from '../../../lambdas/authorizer/deployed-routes';
import type { Route } from '../../../lambdas/shared/route-table';
import { codeFolder, requiredProps, resourcesOf, testApp } from '../../support/infra';

const orders: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];
const items: readonly Route[] = [
  { method: 'GET', path: '/items/{id}', handler: 'items', access: { scopes: ['read:items'] } },
];

/** An API whose methods are those of the table, each behind the authorizer. */
function protect(stack: Stack, id: string, routes: readonly Route[], props: Partial<AuthActionAuthorizerProps> = {}) {
  const api = new RestApi(stack, `${id}Api`, { cloudWatchRole: false });
  const auth = new AuthActionAuthorizer(stack, id, { ...requiredProps, api, routes, ...props });
  for (const { method, path } of routes) {
    api.root.resourceForPath(path).addMethod(method, new MockIntegration(), auth.methodOptions);
  }
  return auth;
}

describe('the route table of an authorizer', () => {
  const deployedTable = (app: App, { handler }: AuthActionAuthorizer): unknown =>
    JSON.parse(readFileSync(join(codeFolder(app, handler.function), ROUTES_FILE), 'utf8'));

  test('is its own, whether the other one is in its stack or in another', () => {
    const app = testApp();
    const stack = new Stack(app, 'One');
    const first = protect(stack, 'First', orders);
    const second = protect(stack, 'Second', items);
    const third = protect(new Stack(app, 'Two'), 'First', items);
    expect(deployedTable(app, first)).toEqual(orders);
    expect(deployedTable(app, second)).toEqual(items);
    expect(deployedTable(app, third)).toEqual(items);
  });

  test('changes the code that is deployed, and an equal one does not', () => {
    const hash = (routes: readonly Route[]) => {
      const app = testApp();
      return codeFolder(app, protect(new Stack(app, 'Stack'), 'Auth', routes).handler.function)
        .split('/')
        .at(-1);
    };
    expect(hash(structuredClone(orders))).toBe(hash(orders));
    expect(hash(items)).not.toBe(hash(orders));
    expect(hash(orders.map((route) => ({ ...route, access: { scopes: ['read:orders'] } as const })))).not.toBe(
      hash(orders),
    );
  });
});

test('two authorizers of one stack write their metrics to two namespaces, where their alarms look', () => {
  const stack = new Stack(testApp(), 'Stack');
  protect(stack, 'First', orders);
  protect(stack, 'Second', items);
  const template = Template.fromStack(stack);
  const namespaces = (ids: (id: string) => boolean) =>
    Object.entries(resourcesOf(template, 'AWS::Logs::MetricFilter'))
      .filter(([id]) => ids(id))
      .map(([, { Properties }]) => Properties.MetricTransformations[0].MetricNamespace);
  expect(new Set(namespaces((id) => id.startsWith('First')))).toEqual(new Set(['AuthAction/Stack/First']));
  expect(new Set(namespaces((id) => id.startsWith('Second')))).toEqual(new Set(['AuthAction/Stack/Second']));
  const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
  for (const [id, { Properties }] of alarms.filter(([, { Properties: p }]) => p.Namespace !== 'AWS/Lambda')) {
    expect(Properties.Namespace).toBe(`AuthAction/Stack/${id.startsWith('First') ? 'First' : 'Second'}`);
  }
});

test('a namespace may be given', () => {
  const stack = new Stack(testApp(), 'Stack');
  protect(stack, 'Auth', orders, { metricNamespace: 'Mine' });
  for (const { Properties } of Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Logs::MetricFilter'))) {
    expect(Properties.MetricTransformations[0].MetricNamespace).toBe('Mine');
  }
});

test.each<[string, string, (stack: Stack) => Partial<AuthActionAuthorizerProps>]>([
  ['domain', 'a parameter', (stack) => ({ domain: new CfnParameter(stack, 'Given').valueAsString })],
  ['domain', 'a reference', () => ({ domain: Fn.ref('Given') })],
  ['domain', 'an import within a string', () => ({ domain: `${Fn.importValue('tenant')}.example.com` })],
  ['audience', 'a parameter', (stack) => ({ audience: [new CfnParameter(stack, 'Given').valueAsString] })],
  ['audience', 'one reference of two', () => ({ audience: ['https://api.example.com', Fn.ref('Given')] })],
  ['audience', 'a list of a parameter', () => ({ audience: Fn.split(',', Fn.ref('Given')) })],
])('throws when the %s is %s, which has no value at synth', (name, _kind, props) => {
  const stack = new Stack(testApp(), 'Stack');
  expect(() => protect(stack, 'Auth', orders, props(stack))).toThrow(
    new RegExp(`^${name} is only known when the stack is deployed, but is checked at synth: give it as a plain string`),
  );
});

test('a grant to the function is deployed before the function', () => {
  const stack = new Stack(testApp(), 'Stack');
  const { handler } = protect(stack, 'Auth', orders);
  new Bucket(stack, 'Bucket').grantRead(handler.function);
  const template = Template.fromStack(stack);
  const [policy = ''] = Object.keys(resourcesOf(template, 'AWS::IAM::Policy'));
  const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(fn?.DependsOn).toContain(policy);
});
