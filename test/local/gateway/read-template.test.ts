import { readTemplate, UnsupportedTemplateError } from '../../../local/gateway/read-template';
import { addMethod, baseTemplate, type TestTemplate } from './template';

const read = (change: (template: TestTemplate) => void = () => undefined) => {
  const template = baseTemplate();
  addMethod(template, 'GET', '/items/{id}');
  change(template);
  return readTemplate(template, '/assembly');
};

const problemsOf = (change: (template: TestTemplate) => void): readonly string[] => {
  try {
    read(change);
  } catch (error) {
    if (error instanceof UnsupportedTemplateError) return error.problems;
    throw error;
  }
  return [];
};

/** The properties of a resource of the template, to be changed. */
function properties(template: TestTemplate, id: string): Record<string, unknown> {
  const resource = template.Resources[id];
  if (!resource) throw new Error(`There is no ${id}: ${Object.keys(template.Resources).join(', ')}`);
  return resource.Properties;
}

const METHOD = 'MethodGETResourceitems123id125';

it('reads stage, methods, authorizer, functions and gateway responses', () => {
  const api = read();
  expect(api).toMatchObject({ stage: 'dev', stageVariables: { color: 'blue' } });
  expect(api.methods).toEqual([
    {
      httpMethod: 'GET',
      path: '/items/{id}',
      resourceId: 'Resourceitems123id125',
      authorizer: {
        id: 'Authorizer',
        functionId: 'AuthorizerFunction',
        identitySources: [{ place: 'header', name: 'Authorization' }],
        ttlSeconds: 300,
      },
      integration: { type: 'AWS_PROXY', functionId: 'HandlerFunction', timeoutMs: 29_000 },
    },
  ]);
  expect(api.functions.get('HandlerFunction')).toEqual({
    id: 'HandlerFunction',
    assetPath: '/assembly/handler',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    environment: { REGION_OF_STACK: 'us-east-1' },
    timeoutSeconds: 1,
    memoryMb: 256,
    logFormat: 'JSON',
    logLevel: 'INFO',
  });
  expect(api.gatewayResponses.get('AUTHORIZER_FAILURE')).toEqual({
    statusCode: 503,
    headers: { 'Retry-After': '5' },
    template: '{"type":"$context.error.responseType"}',
  });
});

it('accepts what has no effect on an answer', () => {
  const harmless = [
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Dashboard',
    'AWS::Logs::LogGroup',
    'AWS::Logs::MetricFilter',
    'AWS::SNS::Topic',
    'AWS::IAM::Role',
    'AWS::ApiGateway::Account',
  ];
  expect(
    problemsOf((template) => {
      for (const [index, Type] of harmless.entries()) {
        template.Resources[`Harmless${index}`] = { Type, Properties: { Arn: { 'Fn::GetAtt': ['Elsewhere', 'Arn'] } } };
      }
      Object.assign(properties(template, 'Stage'), {
        AccessLogSetting: { DestinationArn: { 'Fn::GetAtt': ['Logs', 'Arn'] } },
        MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 10, MetricsEnabled: true }],
        TracingEnabled: true,
      });
    }),
  ).toEqual([]);
});

it.each<[string, string, (template: TestTemplate) => void]>([
  [
    'another kind of resource',
    'AWS::WAFv2::WebACLAssociation',
    ({ Resources }) => {
      Resources.Wall = { Type: 'AWS::WAFv2::WebACLAssociation', Properties: {} };
    },
  ],
  [
    'a usage plan',
    'AWS::ApiGateway::UsagePlan',
    ({ Resources }) => {
      Resources.Plan = { Type: 'AWS::ApiGateway::UsagePlan', Properties: {} };
    },
  ],
  [
    'a second API',
    '2 resources of type AWS::ApiGateway::RestApi',
    ({ Resources }) => {
      Resources.Api2 = { Type: 'AWS::ApiGateway::RestApi', Properties: {} };
    },
  ],
  ['a resource policy', 'RestApi Policy', (t) => Object.assign(properties(t, 'Api'), { Policy: {} })],
  ['binary media types', 'BinaryMediaTypes', (t) => Object.assign(properties(t, 'Api'), { BinaryMediaTypes: ['*/*'] })],
  [
    'a request validator',
    'RequestValidatorId',
    (t) => Object.assign(properties(t, METHOD), { RequestValidatorId: 'x' }),
  ],
  ['request models', 'RequestModels', (t) => Object.assign(properties(t, METHOD), { RequestModels: {} })],
  ['an API key', 'API key', (t) => Object.assign(properties(t, METHOD), { ApiKeyRequired: true })],
  [
    'IAM authorization',
    'authorization AWS_IAM',
    (t) => Object.assign(properties(t, METHOD), { AuthorizationType: 'AWS_IAM' }),
  ],
  [
    'another integration',
    'type HTTP_PROXY',
    (t) => Object.assign(properties(t, METHOD), { Integration: { Type: 'HTTP_PROXY' } }),
  ],
  [
    'an integration’s role',
    'Credentials',
    (t) => Object.assign(properties(t, METHOD).Integration as object, { Credentials: 'arn' }),
  ],
  ['a TOKEN authorizer', 'type TOKEN', (t) => Object.assign(properties(t, 'Authorizer'), { Type: 'TOKEN' })],
  [
    'another identity source',
    'context.identity.sourceIp',
    (t) => Object.assign(properties(t, 'Authorizer'), { IdentitySource: 'context.identity.sourceIp' }),
  ],
  [
    'a function from elsewhere',
    'the address',
    (t) => Object.assign(properties(t, 'Authorizer'), { AuthorizerUri: 'arn:aws:apigateway:x' }),
  ],
  ['a layer', 'Layers', (t) => Object.assign(properties(t, 'HandlerFunction'), { Layers: ['arn'] })],
  ['another runtime', 'python3.13', (t) => Object.assign(properties(t, 'HandlerFunction'), { Runtime: 'python3.13' })],
  [
    'a variable without a value here',
    'Fn::ImportValue',
    (t) =>
      Object.assign(properties(t, 'HandlerFunction'), {
        Environment: { Variables: { A: { 'Fn::ImportValue': 'x' } } },
      }),
  ],
  [
    'a mapped header',
    'method.request.header.origin',
    (t) =>
      Object.assign(properties(t, 'Denied'), {
        ResponseParameters: { 'gatewayresponse.header.X': 'method.request.header.origin' },
      }),
  ],
  [
    'a variable of a gateway response',
    '$context.identity.sourceIp',
    (t) =>
      Object.assign(properties(t, 'Denied'), {
        ResponseTemplates: { 'application/json': '$context.identity.sourceIp' },
      }),
  ],
  [
    'a directive of a gateway response',
    '#set',
    (t) => Object.assign(properties(t, 'Denied'), { ResponseTemplates: { 'application/json': '#set($a = 1)' } }),
  ],
  [
    'response caching',
    'CachingEnabled',
    (t) => Object.assign(properties(t, 'Stage'), { MethodSettings: [{ CachingEnabled: true }] }),
  ],
  ['a canary', 'CanarySetting', (t) => Object.assign(properties(t, 'Stage'), { CanarySetting: {} })],
])('stops at %s', (_case, message, change) => {
  expect(problemsOf(change)).toContainEqual(expect.stringContaining(message));
});

it('reports everything at once', () => {
  const problems = problemsOf((template) => {
    Object.assign(properties(template, 'Api'), { Policy: {}, Body: {} });
    Object.assign(properties(template, 'HandlerFunction'), { Layers: [] });
  });
  expect(problems).toEqual([
    'Api: AWS::ApiGateway::RestApi Policy',
    'Api: AWS::ApiGateway::RestApi Body',
    'HandlerFunction: AWS::Lambda::Function Layers',
  ]);
});
