import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTemplate, UnsupportedTemplateError } from '../../../local/gateway/read-template';
import { bundle } from '../lambda/bundle';
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

/** Adds resources of these types. */
const add = (template: TestTemplate, ...types: readonly string[]): void => {
  for (const [index, Type] of types.entries()) {
    template.Resources[`Added${index}`] = { Type, Properties: { Arn: { 'Fn::GetAtt': ['Elsewhere', 'Arn'] } } };
  }
};

describe('reads a stack with', () => {
  it.each([
    ['a table', 'AWS::DynamoDB::Table'],
    ['a bucket', 'AWS::S3::Bucket'],
    ['a queue', 'AWS::SQS::Queue'],
    ['a secret', 'AWS::SecretsManager::Secret'],
    ['a parameter', 'AWS::SSM::Parameter'],
    ['a schedule', 'AWS::Scheduler::Schedule', 'AWS::Events::Rule'],
    ['a network', 'AWS::EC2::VPC', 'AWS::EC2::SecurityGroup'],
    ['a custom resource', 'Custom::LogRetention', 'AWS::CloudFormation::CustomResource'],
    [
      'alarms, logs, metrics',
      'AWS::CloudWatch::Alarm',
      'AWS::Logs::LogGroup',
      'AWS::Logs::MetricFilter',
      'AWS::SNS::Topic',
    ],
    [
      'provisioned concurrency',
      'AWS::Lambda::Version',
      'AWS::Lambda::Alias',
      'AWS::ApplicationAutoScaling::ScalableTarget',
    ],
    ['an event source', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission'],
    ['an account’s role for logs', 'AWS::ApiGateway::Account', 'AWS::IAM::Role'],
    ['a WebSocket or HTTP API', 'AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage'],
    ['a model', 'AWS::ApiGateway::Model', 'AWS::ApiGateway::RequestValidator'],
  ])('%s', (_what, ...types) => {
    expect(problemsOf((template) => add(template, ...types))).toEqual([]);
  });

  it('an access log, throttling and tracing', () => {
    expect(
      problemsOf((template) => {
        Object.assign(properties(template, 'Stage'), {
          AccessLogSetting: { DestinationArn: { 'Fn::GetAtt': ['Logs', 'Arn'] } },
          MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 10, MetricsEnabled: true }],
          TracingEnabled: true,
        });
      }),
    ).toEqual([]);
  });

  it('functions in a network, with a file system, a dead-letter queue and a signature', () => {
    expect(
      problemsOf((template) =>
        Object.assign(properties(template, 'HandlerFunction'), {
          VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }] },
          FileSystemConfigs: [{}],
          DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
          CodeSigningConfigArn: { 'Fn::GetAtt': ['Signing', 'Arn'] },
          SnapStart: { ApplyOn: 'PublishedVersions' },
        }),
      ),
    ).toEqual([]);
  });

  it('an integration that has a role and maps parameters, which a Lambda proxy ignores', () => {
    expect(
      problemsOf((template) =>
        Object.assign(properties(template, METHOD).Integration as object, {
          Credentials: 'arn',
          RequestParameters: { 'integration.request.header.X': 'method.request.header.Y' },
        }),
      ),
    ).toEqual([]);
  });

  it('functions of other runtimes and authorizers of other kinds that the API does not use', () => {
    const api = read((template) => {
      add(template, 'AWS::ApiGateway::Authorizer');
      Object.assign(properties(template, 'Added0'), { Type: 'COGNITO_USER_POOLS', RestApiId: { Ref: 'Api' } });
      template.Resources.Job = {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'python3.13', Layers: ['arn'] },
      };
    });
    expect([...api.functions.keys()].sort()).toEqual(['AuthorizerFunction', 'HandlerFunction']);
  });
});

it('takes code that is written in the template', () => {
  const { path, remove } = bundle({});
  try {
    const template = baseTemplate();
    addMethod(template, 'GET', '/items/{id}');
    const { HandlerFunction } = template.Resources;
    if (!HandlerFunction) throw new Error('There is no handler');
    HandlerFunction.Metadata = {};
    HandlerFunction.Properties.Code = { ZipFile: 'exports.handler = async () => 1;' };
    const { assetPath = '' } = readTemplate(template, path).functions.get('HandlerFunction') ?? {};
    expect(readFileSync(join(assetPath, 'index.js'), 'utf8')).toBe('exports.handler = async () => 1;');
  } finally {
    remove();
  }
});

it('follows the alias of a function', () => {
  const alias = { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'HandlerFunction' }, Name: 'live' } };
  const api = read((template) => {
    template.Resources.Live = alias;
    const uri = ['arn:aws:apigateway:x:lambda:path/2015-03-31/functions/', { Ref: 'Live' }, '/invocations'];
    Object.assign(properties(template, METHOD).Integration as object, { Uri: { 'Fn::Join': ['', uri] } });
  });
  expect(api.methods[0]?.integration).toMatchObject({ functionId: 'HandlerFunction' });
});

it('names in a variable what AWS alone knows, and takes the default of a parameter', () => {
  const template = baseTemplate();
  addMethod(template, 'GET', '/items/{id}');
  Object.assign(properties(template, 'HandlerFunction'), {
    Environment: {
      Variables: {
        TABLE: { Ref: 'Table' },
        TABLE_ARN: { 'Fn::GetAtt': ['Table', 'Arn'] },
        IMPORTED: { 'Fn::ImportValue': 'other' },
        FROM_PARAMETER: { Ref: 'Setting' },
      },
    },
  });
  template.Resources.Table = { Type: 'AWS::DynamoDB::Table', Properties: {} };
  const api = readTemplate({ ...template, Parameters: { Setting: { Type: 'String', Default: 'x' } } }, '/assembly');
  expect(api.functions.get('HandlerFunction')?.environment).toEqual({
    TABLE: 'Table',
    TABLE_ARN: 'not-known-here: Fn::GetAtt ["Table","Arn"]',
    IMPORTED: 'not-known-here: Fn::ImportValue "other"',
    FROM_PARAMETER: 'x',
  });
});

it('says what it does not check', () => {
  const { notChecked } = read((template) => {
    add(
      template,
      'AWS::WAFv2::WebACLAssociation',
      'AWS::ApiGateway::UsagePlan',
      'AWS::ApiGateway::DomainName',
      'AWS::DynamoDB::Table',
    );
    Object.assign(properties(template, 'Api'), { MinimumCompressionSize: 0 });
    Object.assign(properties(template, METHOD), {
      RequestModels: { 'application/json': { Ref: 'Model' } },
      RequestValidatorId: { Ref: 'Validator' },
    });
  });
  expect(notChecked).toEqual([
    'usage plans',
    'web ACLs',
    'custom domains',
    'request validation',
    'response compression',
  ]);
  expect(read().notChecked).toEqual([]);
});

it('reads binary media types', () => {
  const api = read((template) => Object.assign(properties(template, 'Api'), { BinaryMediaTypes: ['*/*'] }));
  expect(api.binaryMediaTypes).toEqual(['*/*']);
});

it('reads identity sources of the request, the context and the stage', () => {
  const api = read((template) =>
    Object.assign(properties(template, 'Authorizer'), {
      IdentitySource:
        'method.request.header.Authorization, method.request.querystring.t, context.identity.sourceIp, stageVariables.color',
    }),
  );
  expect(api.methods[0]?.authorizer?.identitySources).toEqual([
    { place: 'header', name: 'Authorization' },
    { place: 'querystring', name: 't' },
    { place: 'context', name: 'identity.sourceIp' },
    { place: 'stageVariables', name: 'color' },
  ]);
});

describe('of two APIs', () => {
  const second = (template: TestTemplate): void => {
    template.Resources.Api2 = { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: {} } };
    template.Resources.Stage2 = {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api2' }, StageName: 'other' },
    };
    template.Resources.Method2 = {
      Type: 'AWS::ApiGateway::Method',
      Properties: { RestApiId: { Ref: 'Api2' }, HttpMethod: 'GET', AuthorizationType: 'AWS_IAM' },
    };
  };

  it('serves the one with an authorizer of this project', () => {
    const { path, remove } = bundle({ 'routes.json': '[]' });
    try {
      const api = read((template) => {
        second(template);
        const { AuthorizerFunction } = template.Resources;
        if (AuthorizerFunction) AuthorizerFunction.Metadata = { 'aws:asset:path': path };
      });
      expect(api).toMatchObject({ stage: 'dev', methods: [{ path: '/items/{id}' }] });
    } finally {
      remove();
    }
  });

  it('stops when none has one', () => {
    expect(problemsOf(second)).toEqual(['2 APIs, of which none has an authorizer of this project']);
  });
});

it.each<[string, string, (template: TestTemplate) => void]>([
  ['a resource policy', 'RestApi Policy', (t) => Object.assign(properties(t, 'Api'), { Policy: {} })],
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
  ['a TOKEN authorizer', 'type TOKEN', (t) => Object.assign(properties(t, 'Authorizer'), { Type: 'TOKEN' })],
  [
    'a function from elsewhere',
    'the address',
    (t) => Object.assign(properties(t, 'Authorizer'), { AuthorizerUri: 'arn:aws:apigateway:x' }),
  ],
  ['a layer', 'Layers', (t) => Object.assign(properties(t, 'HandlerFunction'), { Layers: ['arn'] })],
  ['another runtime', 'python3.13', (t) => Object.assign(properties(t, 'HandlerFunction'), { Runtime: 'python3.13' })],
  [
    'a mapped query parameter',
    'method.request.querystring.origin',
    (t) =>
      Object.assign(properties(t, 'Denied'), {
        ResponseParameters: { 'gatewayresponse.header.X': 'method.request.querystring.origin' },
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

describe('an answer of API Gateway itself', () => {
  const withMock = (body: string) => (template: TestTemplate) => {
    const { Integration: _replaced, ...others } = properties(template, METHOD);
    const response = { StatusCode: '200', ResponseTemplates: { 'application/json': body } };
    template.Resources[METHOD] = {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        ...others,
        Integration: { Type: 'MOCK', ContentHandling: 'CONVERT_TO_TEXT', IntegrationResponses: [response] },
      },
    };
  };

  it('has the body of its template', () => {
    const [method] = read(withMock('{"a":"\\u0024"}')).methods;
    expect(method?.integration).toEqual({
      type: 'MOCK',
      statusCode: 200,
      headers: {},
      body: '{"a":"\\u0024"}',
      convertsToText: true,
    });
  });

  it.each(['{"a":"$context.stage"}', '#set($a = 1){}', '## a comment'])(
    'is refused with a template that computes: %s',
    (body) => {
      expect(problemsOf(withMock(body))).toEqual([expect.stringContaining('a MOCK body with variables or directives')]);
    },
  );
});
