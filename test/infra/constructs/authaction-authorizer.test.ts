import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AuthorizationType,
  AwsIntegration,
  HttpIntegration,
  type Integration,
  LambdaIntegration,
  LambdaRestApi,
  MockIntegration,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AuthActionAuthorizer, type AuthActionAuthorizerProps } from '../../../infra/constructs/authaction-authorizer';
import { ROUTES_FILE } from '../../../lambdas/authorizer/deployed-routes';
import type { Route } from '../../../lambdas/shared/route-table';
import { codeFolder, inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const orders: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];
const items: readonly Route[] = [
  { method: 'GET', path: '/items/{id}', handler: 'items', access: { scopes: ['read:items'] } },
];

/** An API whose methods are those of the table, each behind the authorizer. */
function protect(stack: Stack, id: string, routes: readonly Route[], props: Partial<AuthActionAuthorizerProps> = {}) {
  const api = new RestApi(stack, `${id}Api`, { cloudWatchRole: false });
  const auth = new AuthActionAuthorizer(stack, id, { ...requiredProps, api, routes, ...props });
  const handlers = inlineHandlers(new Construct(stack, `${id}Handlers`), routes);
  for (const { method, path, handler } of routes) {
    const integration = new LambdaIntegration(handlers[handler] as IFunction);
    api.root.resourceForPath(path).addMethod(method, integration, auth.methodOptions);
  }
  return auth;
}

describe('the route table of an authorizer', () => {
  const deployedTable = (app: App, { handler }: AuthActionAuthorizer): unknown =>
    JSON.parse(readFileSync(join(codeFolder(app, handler), ROUTES_FILE), 'utf8'));

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
      return codeFolder(app, protect(new Stack(app, 'Stack'), 'Auth', routes).handler)
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

const namespaceOf = (input: { readonly MetricStat?: { readonly Metric: { readonly Namespace: string } } }) =>
  input.MetricStat?.Metric.Namespace;

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
    const own = [Properties.Namespace, ...(Properties.Metrics ?? []).map(namespaceOf)].filter((name) =>
      name?.startsWith('AuthAction/'),
    );
    expect([...new Set(own)]).toEqual([`AuthAction/Stack/${id.startsWith('First') ? 'First' : 'Second'}`]);
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
  new Bucket(stack, 'Bucket').grantRead(handler);
  const template = Template.fromStack(stack);
  const [policy = ''] = Object.keys(resourcesOf(template, 'AWS::IAM::Policy'));
  const [, fn] =
    Object.entries(template.findResources('AWS::Lambda::Function')).find(([id]) =>
      id.startsWith('AuthHandlerFunction'),
    ) ?? [];
  expect(fn?.DependsOn).toContain(policy);
});

test.each<[string, Partial<AuthActionAuthorizerProps>, string]>([
  [
    'no client may call',
    { allowedClients: [] },
    'allowedClients is an empty list: name at least one, or leave it out.',
  ],
  [
    'an entry has a comma',
    { allowedClients: ['one,two'] },
    'allowedClients has an entry that is empty or contains a comma: "one,two"',
  ],
  [
    'an entry is empty',
    { allowedClients: ['one', ' '] },
    'allowedClients has an entry that is empty or contains a comma: " "',
  ],
  ['a decision would be cached for too long', { cacheTtl: Duration.minutes(61) }, 'cacheTtl is 3660 s'],
  [
    'the list of claims is empty',
    { contextClaims: [] },
    'contextClaims is an empty list: name at least one, or leave it out.',
  ],
  [
    'a claim contains a comma',
    { contextClaims: ['org_id,roles'] },
    'contextClaims has an entry that is empty or contains a comma: "org_id,roles"',
  ],
  ['there is no audience', { audience: [] }, 'audience is an empty list: name at least one, or leave it out.'],
  ['an audience has a comma', { audience: ['a,b'] }, 'audience has an entry that is empty or contains a comma: "a,b"'],
  [
    'an audience is undefined, as a variable that is not set',
    { audience: [process.env.AUTHACTION_NOT_SET as string] },
    'audience has an entry that is empty or contains a comma: undefined',
  ],
])('throws when %s', (_title, props, message) => {
  expect(() => protect(new Stack(testApp(), 'Stack'), 'Auth', orders, props)).toThrow(message);
});

test('a table of public routes only needs no method behind the authorizer', () => {
  const stack = new Stack(testApp(), 'Stack');
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET');
  const routes: readonly Route[] = [{ method: 'GET', path: '/', handler: 'root', access: 'public' }];
  new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes });
  expect(Object.keys(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::Authorizer'))).toHaveLength(1);
});

describe('two authorizers of one API', () => {
  function twoTenants() {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const handlers = inlineHandlers(stack, [...orders, ...items]);
    for (const { method, path, handler } of [...orders, ...items]) {
      api.root.resourceForPath(path).addMethod(method, new LambdaIntegration(handlers[handler] as IFunction));
    }
    const tenant = (id: string, routes: readonly Route[], domain: string) =>
      new AuthActionAuthorizer(stack, id, { ...requiredProps, api, routes, domain });
    tenant('First', orders, 'first.example.com').protect();
    tenant('Second', items, 'second.example.com').protect();
    return Template.fromStack(stack);
  }

  test('have a tenant and a table each, and their own methods', () => {
    const template = twoTenants();
    const authorizers = Object.keys(resourcesOf(template, 'AWS::ApiGateway::Authorizer'));
    const methods = Object.values(resourcesOf(template, 'AWS::ApiGateway::Method'));
    expect(methods.map(({ Properties }) => Properties.AuthorizerId.Ref)).toEqual(authorizers);
    for (const domain of ['first.example.com', 'second.example.com']) {
      const Environment = { Variables: Match.objectLike({ AUTHACTION_DOMAIN: domain }) };
      template.hasResourceProperties('AWS::Lambda::Function', { Environment });
    }
  });

  test('share the gateway responses, which belong to the API', () => {
    expect(Object.keys(resourcesOf(twoTenants(), 'AWS::ApiGateway::GatewayResponse'))).toHaveLength(7);
  });
});

describe('protect()', () => {
  const table: readonly Route[] = [...orders, { method: 'GET', path: '/news', handler: 'orders', access: 'public' }];

  function apiWith(addMethods: (api: RestApi, integration: LambdaIntegration) => void): Template {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const integration = new LambdaIntegration(inlineHandlers(stack, orders).orders as IFunction);
    addMethods(api, integration);
    new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes: table }).protect();
    return Template.fromStack(stack);
  }

  test('puts the methods that the table protects behind the authorizer, and no other', () => {
    const template = apiWith((api, integration) => {
      const resource = api.root.addResource('orders');
      resource.addMethod('GET', integration);
      resource.addCorsPreflight({ allowOrigins: ['*'] });
      api.root.addResource('news').addMethod('GET', integration);
    });
    const methods = Object.entries(resourcesOf(template, 'AWS::ApiGateway::Method'));
    const types = methods.map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), Properties.AuthorizationType]);
    expect(Object.fromEntries(types)).toEqual({ ApiordersGET: 'CUSTOM', ApiordersOPTIONS: 'NONE', ApinewsGET: 'NONE' });
  });

  test('puts a LambdaRestApi with its ANY methods behind the authorizer, and no preflight', () => {
    const stack = new Stack(testApp(), 'Stack');
    const { app } = inlineHandlers(stack, [{ method: 'ANY', path: '/', handler: 'app', access: 'token' }]);
    const defaultCorsPreflightOptions = { allowOrigins: ['https://app.example.com'] };
    const api = new LambdaRestApi(stack, 'Api', { handler: app as IFunction, defaultCorsPreflightOptions });
    const routes = (['/', '/{proxy+}'] as const).map(
      (path): Route => ({ method: 'ANY', path, handler: 'app', access: 'token' }),
    );
    new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes }).protect();
    const methods = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::Method'));
    const types = methods.map(({ Properties }) => `${Properties.HttpMethod} ${Properties.AuthorizationType}`).sort();
    expect(types).toEqual(['ANY CUSTOM', 'ANY CUSTOM', 'OPTIONS NONE', 'OPTIONS NONE']);
  });

  test('replaces no other authorization: synth names the method', () => {
    const withIam = () =>
      apiWith((api, integration) =>
        api.root.addResource('orders').addMethod('GET', integration, { authorizationType: AuthorizationType.IAM }),
      );
    expect(withIam).toThrow('GET /orders needs a token according to the route table, but is not behind the authorizer');
  });
});

test('says that there are no routes, where no compiler has checked the props', () => {
  const stack = new Stack(testApp(), 'Stack');
  const props = { ...requiredProps, api: new RestApi(stack, 'Api', { cloudWatchRole: false }) } as object;
  expect(() => new AuthActionAuthorizer(stack, 'Auth', props as AuthActionAuthorizerProps)).toThrow(
    'There is no route: add at least one.',
  );
});

describe('a table and an API that do not name the same methods', () => {
  const news: Route = { method: 'GET', path: '/news', handler: 'orders', access: 'public' };

  /** An API with methods that `protect()` puts behind one authorizer for each table. */
  function stackWith(methods: readonly string[], ...tables: readonly (readonly Route[])[]): Stack {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const integration = new LambdaIntegration(inlineHandlers(stack, orders).orders as IFunction);
    for (const name of methods) {
      const [method = '', path = ''] = name.split(' ');
      api.root.resourceForPath(path).addMethod(method, integration);
    }
    for (const [index, routes] of tables.entries()) {
      new AuthActionAuthorizer(stack, `Auth${index}`, { ...requiredProps, api, routes }).protect();
    }
    return stack;
  }

  test('warn of a method that anyone may call and no table lists', () => {
    const annotations = Annotations.fromStack(stackWith(['GET /orders', 'POST /orders'], orders));
    annotations.hasWarning(
      '/Stack/Auth0',
      Match.stringLikeRegexp('^POST /orders has no authorization and is not in the route table: anyone may call it'),
    );
    annotations.hasNoWarning('*', Match.stringLikeRegexp('GET /orders'));
  });

  test('warn of a row that is not a method of the API', () => {
    Annotations.fromStack(stackWith(['GET /orders'], [...orders, news])).hasWarning(
      '/Stack/Auth0',
      Match.stringLikeRegexp(
        '^GET /news is in the route table, but is not a method of the API: correct or remove the row',
      ),
    );
  });

  test.each<[string, Stack]>([
    ['methods that the table lists, preflights included', stackWith(['GET /orders', 'OPTIONS /orders'], orders)],
    ['a public method that the table lists', stackWith(['GET /orders', 'GET /news'], [...orders, news])],
    ['methods that two tables list together', stackWith(['GET /orders', 'GET /news'], orders, [news])],
    ['a method that an ANY row lists', stackWith(['GET /news'], [{ ...news, method: 'ANY' }])],
    ['an ANY method for the row of one', stackWith(['ANY /news'], [{ ...news, method: 'ANY' }, news])],
  ])('warn of nothing: %s', (_title, stack) => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('a method behind the authorizer that no Lambda proxy answers', () => {
  function stackWith(integration: Integration, cacheTtl = Duration.minutes(5)): Stack {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes: orders, cacheTtl });
    api.root.addResource('orders').addMethod('GET', integration, auth.methodOptions);
    return stack;
  }
  const warning = Match.stringLikeRegexp('^GET /orders: no Lambda proxy answers here.*Choose a shorter cacheTtl');

  test.each<[string, () => Integration]>([
    ['a mock integration', () => new MockIntegration()],
    ['an HTTP integration', () => new HttpIntegration('https://example.com')],
    ['an AWS integration', () => new AwsIntegration({ service: 'states', action: 'StartExecution' })],
  ])('is named in a warning: %s', (_title, integration) => {
    Annotations.fromStack(stackWith(integration())).hasWarning('/Stack/Auth', warning);
  });

  test('is not warned of when no decision is cached', () => {
    const annotations = Annotations.fromStack(stackWith(new MockIntegration(), Duration.seconds(0)));
    annotations.hasNoWarning('*', warning);
  });
});
