import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { OpenApiAuthorizer, type OpenApiAuthorizerProps } from '../../../infra/constructs/openapi-authorizer';
import { codeFolder, inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const ALL = [{ method: 'GET', path: '/', handler: 'orders', access: 'token' }] as const;

function documentFor(orders: LambdaFunction) {
  const { partition, region } = orders.stack;
  const uri = `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${orders.functionArn}/invocations`;
  const integration = { type: 'aws_proxy', httpMethod: 'POST', uri };
  const operation = { 'x-amazon-apigateway-integration': integration };
  return {
    openapi: '3.0.1',
    info: { title: 'orders', version: '1' },
    security: [{ oauth: [] }],
    paths: {
      '/orders': {
        get: operation,
        post: { ...operation, security: [{ oauth: ['write:orders'] }] },
        options: { 'x-amazon-apigateway-integration': { type: 'mock' } },
      },
      '/news': { get: { ...operation, security: [] } },
    },
    components: { schemas: { Order: { type: 'object' } }, securitySchemes: { oauth: { type: 'oauth2' } } },
  };
}

interface Options {
  readonly props?: Partial<OpenApiAuthorizerProps>;
  readonly allow?: boolean;
  readonly change?: (document: ReturnType<typeof documentFor>) => object;
  readonly apiStack?: (stack: Stack) => Stack;
}

function specApi({ props = {}, allow = true, change = (same) => same, apiStack = (same) => same }: Options = {}) {
  const stack = new Stack(testApp(), 'Stack');
  const { orders } = inlineHandlers(stack, ALL);
  const document = change(documentFor(orders as LambdaFunction));
  const auth = new OpenApiAuthorizer(stack, 'Auth', { ...requiredProps, document, ...props });
  const home = apiStack(stack);
  const api = new SpecRestApi(home, 'Api', { apiDefinition: auth.apiDefinition, cloudWatchRole: false });
  if (allow) auth.allow(api);
  return { stack: home, auth };
}

const bodyIn = (stack: Stack) =>
  Object.values(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::RestApi'))[0]?.Properties.Body;

test('the document has the authorizer on what needs a token, and on no preflight and no public operation', () => {
  const { paths, security, components } = bodyIn(specApi().stack);
  expect(paths['/orders'].get.security).toEqual([{ AuthAction: [] }]);
  expect(paths['/orders'].post.security).toEqual([{ AuthAction: [] }]);
  expect(paths['/orders'].options.security).toEqual([]);
  expect(paths['/news'].get.security).toEqual([]);
  expect(security).toBeUndefined();
  expect(components.schemas).toEqual({ Order: { type: 'object' } });
  expect(components.securitySchemes).toEqual({
    AuthAction: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': {
        type: 'request',
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 300,
        authorizerUri: expect.anything(),
      },
    },
  });
});

test('a document of version 2.0 has the authorizer in its securityDefinitions', () => {
  const change = ({ paths, security }: ReturnType<typeof documentFor>) => ({ swagger: '2.0', paths, security });
  const body = bodyIn(specApi({ change }).stack);
  expect(Object.keys(body.securityDefinitions)).toEqual(['AuthAction']);
  expect(body.components).toBeUndefined();
});

test('the authorizer is deployed with the table of the document', () => {
  const { stack, auth } = specApi();
  const folder = codeFolder(stack.node.root as ReturnType<typeof testApp>, auth.handler);
  expect(JSON.parse(readFileSync(join(folder, 'routes.json'), 'utf8'))).toEqual([
    { method: 'GET', path: '/orders', handler: 'GET /orders', access: 'token' },
    { method: 'POST', path: '/orders', handler: 'POST /orders', access: { scopes: ['write:orders'] } },
    { method: 'GET', path: '/news', handler: 'GET /news', access: 'public' },
  ]);
});

test('the gateway responses are those of the choice, beside the own ones of other types', () => {
  const own = { DEFAULT_4XX: { responseTemplates: { 'application/json': '{}' } } };
  const change = (document: object) => ({ ...document, 'x-amazon-apigateway-gateway-responses': own });
  const body = bodyIn(specApi({ change, props: { gatewayResponses: 'refusals' } }).stack);
  const responses = body['x-amazon-apigateway-gateway-responses'];
  expect(responses.DEFAULT_4XX).toEqual(own.DEFAULT_4XX);
  expect(responses.UNAUTHORIZED).toMatchObject({
    statusCode: '401',
    responseParameters: { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" },
  });
  expect(() => specApi({ change })).toThrow('The document has its own gateway responses of type DEFAULT_4XX.');
});

test.each([
  ['the same stack', (stack: Stack) => stack],
  ['another stack', (stack: Stack) => new Stack(stack.node.root as ReturnType<typeof testApp>, 'ApiStack')],
])('only its API may call it, from %s', (_title, apiStack) => {
  const [permission] = Object.values(
    resourcesOf(Template.fromStack(specApi({ apiStack }).stack), 'AWS::Lambda::Permission'),
  );
  expect(JSON.stringify(permission?.Properties.SourceArn)).toMatch(/\{"Ref":"Api\w+"\},"\/authorizers\/\*"/);
});

test('synth fails until an API may call it', () => {
  expect(() => Template.fromStack(specApi({ allow: false }).stack)).toThrow('No API may call the authorizer');
});

test('a cache TTL over one hour is refused', () => {
  expect(() => specApi({ props: { cacheTtl: Duration.minutes(61) } })).toThrow('cacheTtl is 3660 s');
});

test('a changed cache TTL is a new deployment', () => {
  const idOf = (options: Options) =>
    Object.keys(resourcesOf(Template.fromStack(specApi(options).stack), 'AWS::ApiGateway::Deployment'));
  expect(idOf({ props: { cacheTtl: Duration.minutes(1) } })).not.toEqual(idOf({}));
  expect(idOf({})).toEqual(idOf({}));
});

test('an operation that no Lambda proxy answers is named in a warning', () => {
  const change = (document: ReturnType<typeof documentFor>) => {
    const http = { 'x-amazon-apigateway-integration': { type: 'http_proxy', uri: 'https://example.com' } };
    return { ...document, paths: { ...document.paths, '/remote': { get: http } } };
  };
  Annotations.fromStack(specApi({ change }).stack).hasWarning('/Stack/Auth', Match.stringLikeRegexp('^GET /remote: '));
  Annotations.fromStack(specApi().stack).hasNoWarning('*', Match.anyValue());
});

describe('a document in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read when it is JSON', () => {
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify({ openapi: '3.0.1', paths: { '/': { get: { security: [{ jwt: [] }] } } } }));
    expect(specApi({ props: { document: file } }).auth.routes).toMatchObject([{ path: '/', access: 'token' }]);
  });

  test('is refused when it is not', () => {
    const file = join(folder, 'openapi.yaml');
    writeFileSync(file, 'openapi: 3.0.1\n');
    expect(() => specApi({ props: { document: file } })).toThrow(
      `${file} is not a JSON file: parse other formats yourself`,
    );
  });

  test('may begin with a byte order mark', () => {
    const file = join(folder, 'marked.json');
    writeFileSync(file, '\uFEFF{}');
    expect(() => specApi({ props: { document: file } })).toThrow('paths of the OpenAPI document is not an object');
  });

  test('is refused in a sentence when it is not there', () => {
    const file = join(folder, 'none.json');
    expect(() => specApi({ props: { document: file } })).toThrow(`${file} cannot be read`);
    expect(() => specApi({ props: { document: undefined as unknown as object } })).toThrow('document is missing');
  });
});

test('a table that cannot be used is refused with every problem', () => {
  const change = (document: object) => ({ ...document, paths: { '/a/': { get: {} }, '/b//c': { get: {} } } });
  expect(() => specApi({ change })).toThrow(/^The route table cannot be used:\n.*GET \/a\/[\s\S]*GET \/b\/\/c/);
});
