import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ProtectedApi, type ProtectedApiProps } from '../../../infra/constructs/protected-api';
import type { Route } from '../../../lambdas/shared/route-table';
import { inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const routes: readonly Route[] = [
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
  { method: 'GET', path: '/orders/{id}', handler: 'orders', access: 'token' },
  { method: 'GET', path: '/news', handler: 'news', access: 'public' },
];
const code = Code.fromInline('exports.handler = async () => ({ statusCode: 200 });');

function apiWith(props: Partial<ProtectedApiProps> = {}) {
  const stack = new Stack(testApp(), 'Stack');
  const handlers = { orders: { code }, news: { code } };
  const api = new ProtectedApi(stack, 'Api', { ...requiredProps, routes, handlers, ...props });
  return { stack, api };
}

/** Properties of the functions behind the routes, by handler. */
function functionsIn(stack: Stack) {
  const functions = Object.entries(resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Function'));
  const of = (name: string) => functions.find(([id]) => id.startsWith(`ApiHandler${name}`))?.[1].Properties;
  return { orders: of('orders'), news: of('news') };
}

const CORS = { CORS_ALLOW_ORIGIN: '*', CORS_EXPOSE_HEADERS: '', CORS_ALLOW_CREDENTIALS: '' };

test('a handler that is only code has the defaults, and says what it answers', () => {
  expect(functionsIn(apiWith().stack).orders).toMatchObject({
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    MemorySize: 256,
    Timeout: 10,
    Description: 'Answers GET /orders, GET /orders/{id}',
    Environment: { Variables: CORS },
    LoggingConfig: { LogFormat: 'JSON' },
  });
});

test('a handler has options of its own, else those of all', () => {
  const { orders, news } = functionsIn(
    apiWith({
      handlers: {
        orders: { code, memorySize: 1024, environment: { NAME: 'own', ONLY: 'orders' } },
        news: { code, handler: 'news.get', runtime: Runtime.NODEJS_22_X },
      },
      handlerDefaults: { memorySize: 512, timeout: Duration.seconds(20), environment: { NAME: 'all', STAGE: 'x' } },
      architecture: Architecture.X86_64,
    }).stack,
  );
  expect(orders).toMatchObject({
    MemorySize: 1024,
    Timeout: 20,
    Architectures: ['x86_64'],
    Environment: { Variables: { ...CORS, NAME: 'own', STAGE: 'x', ONLY: 'orders' } },
  });
  expect(news).toMatchObject({ Handler: 'news.get', Runtime: 'nodejs22.x', MemorySize: 512, Timeout: 20 });
  expect(news.Environment.Variables).toEqual({ ...CORS, NAME: 'all', STAGE: 'x' });
});

test('handlers know the origins that may call, unless their own variables say otherwise', () => {
  const { orders, news } = functionsIn(
    apiWith({
      allowOrigins: ['https://one.example', 'https://two.example'],
      exposeHeaders: ['ETag'],
      allowCredentials: true,
      handlers: { orders: { code }, news: { code, environment: { CORS_ALLOW_ORIGIN: 'https://news.example' } } },
    }).stack,
  );
  expect(orders.Environment.Variables).toEqual({
    CORS_ALLOW_ORIGIN: 'https://one.example,https://two.example',
    CORS_EXPOSE_HEADERS: 'ETag',
    CORS_ALLOW_CREDENTIALS: 'true',
  });
  expect(news.Environment.Variables.CORS_ALLOW_ORIGIN).toBe('https://news.example');
});

test('an option that is undefined is one that is not given', () => {
  const handlers = {
    orders: { code, memorySize: undefined, timeout: undefined, environment: undefined },
    news: { code },
  };
  const props = { handlers, handlerDefaults: { memorySize: undefined, timeout: Duration.seconds(20) } };
  const { orders } = functionsIn(apiWith(props as unknown as Partial<ProtectedApiProps>).stack);
  expect(orders).toMatchObject({
    MemorySize: 256,
    Timeout: 20,
    Handler: 'index.handler',
    Environment: { Variables: CORS },
  });
});

test.each([undefined, null, {}, { code: 'dist/orders' }, 'dist/orders'])('%j is refused as a handler', (orders) => {
  const handlers = { orders, news: { code } } as unknown as ProtectedApiProps['handlers'];
  expect(() => apiWith({ handlers })).toThrow(
    "handlers.orders is no function and has no code: write { code: Code.fromAsset('dist/orders') }.",
  );
});

test('more origins than an environment holds are refused before the deployment', () => {
  const some = Array.from({ length: 150 }, (_, index) => `https://c${index + 1_000}.example.com`);
  const environment = { ...CORS, CORS_ALLOW_ORIGIN: `${some.join(',')},https://.example` };
  const host = 'x'.repeat(4_096 - JSON.stringify(environment).length);
  const withLast = (last: string) => apiWith({ allowOrigins: [...some, last] }).stack;
  expect(() => Template.fromStack(withLast(`https://${host}.example`))).not.toThrow();
  expect(() => Template.fromStack(withLast(`https://${host}x.example`))).toThrow(
    'The environment of the handler orders has 4097 bytes, of which most are CORS_ALLOW_ORIGIN: Lambda takes 4096 in all.',
  );
});

test('an environment of values that the deployment knows is not counted', () => {
  const LATER = Fn.importValue('Table').repeat(300); // as the CDK writes it for now, far too much
  const { stack } = apiWith({ handlerDefaults: { environment: { LATER } } });
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test('log groups of handlers are kept as long as the API says', () => {
  const groups = resourcesOf(
    Template.fromStack(apiWith({ logRetention: RetentionDays.ONE_WEEK }).stack),
    'AWS::Logs::LogGroup',
  );
  expect(Object.values(groups).map(({ Properties }) => Properties.RetentionInDays)).toEqual([7, 7, 7]);
});

test('a handler may only write its log, until it is given more', () => {
  const { stack, api } = apiWith();
  const table = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  table.grantReadData(api.functionOf('orders'));
  const template = Template.fromStack(stack);
  const [[id, policy] = [], ...others] = Object.entries(resourcesOf(template, 'AWS::IAM::Policy'));
  expect(others).toEqual([]);
  expect(JSON.stringify(policy)).toContain('dynamodb:GetItem');
  expect(policy?.Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^ApiHandlerorders/) }]);
  // The function is deployed once it has the right: the ordering that the CDK adds is kept.
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  const [, orders] = functions.find(([name]) => name.startsWith('ApiHandlerorders')) ?? [];
  expect(orders?.DependsOn).toContain(id);
});

test('a function of yours stays as it is beside one that is made', () => {
  const stack = new Stack(testApp(), 'Stack');
  const { news } = inlineHandlers(stack, routes);
  if (!news) throw new Error('no function');
  const handlers = { orders: { code }, news };
  const api = new ProtectedApi(stack, 'Api', {
    ...requiredProps,
    routes,
    handlers,
    handlerDefaults: { memorySize: 2048 },
  });
  expect(api.functionOf('news')).toBe(news);
  const functions = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Function'));
  expect(functions.filter(({ Properties }) => Properties.MemorySize === 2048)).toHaveLength(1);
});

test('a name that is no handler is refused with those that are', () => {
  expect(() => apiWith().api.functionOf('order')).toThrow('There is no handler "order": use one of orders, news.');
});
