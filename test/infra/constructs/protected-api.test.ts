import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ProtectedApi, type ProtectedApiProps } from '../../../infra/constructs/protected-api';
import type { Route } from '../../../lambdas/shared/route-table';
import { inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const table: readonly Route[] = [
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
  { method: 'POST', path: '/orders', handler: 'orders', access: { scopes: ['write:orders'] } },
  { method: 'GET', path: '/orders/{id}', handler: 'orders', access: 'token' },
  { method: 'GET', path: '/news', handler: 'news', access: 'public' },
];

function templateWith(props: Partial<ProtectedApiProps> = {}): Template {
  const stack = new Stack(testApp(), 'Stack');
  const handlers = inlineHandlers(stack, table);
  new ProtectedApi(stack, 'ProtectedApi', { ...requiredProps, routes: table, handlers, ...props });
  return Template.fromStack(stack);
}

/** Logical ids except the deployment's: it is a hash of what is deployed, so that a change reaches the stage. */
const idsOf = (template: Template): string[] =>
  Object.entries(template.toJSON().Resources as Record<string, { Type: string }>)
    .filter(([, { Type }]) => Type !== 'AWS::ApiGateway::Deployment')
    .map(([id]) => id);

const unchanged = templateWith();

test('a domain, an audience, routes and handlers are enough', () => {
  expect(Object.values(resourcesOf(unchanged, 'AWS::ApiGateway::Authorizer'))).toHaveLength(1);
});

const changes: Partial<ProtectedApiProps> = {
  domain: 'other.example.com',
  audience: ['https://other.example.com', 'https://api.example.com'],
  scopeClaim: 'permissions',
  contextClaims: ['org_id', 'https://example.com/roles'],
  tokenType: 'at+jwt',
  allowedClients: ['one'],
  keysMaxAge: Duration.hours(1),
  allowLogRate: 0.1,
  cacheTtl: Duration.seconds(0),
  authorizerMemorySize: 1024,
  authorizerReservedConcurrency: 20,
  allowHeaders: ['X-Request-Id'],
  allowOrigins: ['https://app.example.com'],
  exposeHeaders: ['ETag'],
  metricNamespace: 'Mine',
  apiName: 'other',
  throttlingRateLimit: 1,
  throttlingBurstLimit: 2,
  runbookUrl: 'https://git.example.com/runbook.md',
  architecture: Architecture.X86_64,
  logRetention: RetentionDays.ONE_DAY,
  logRemovalPolicy: RemovalPolicy.DESTROY,
};

test.each(Object.entries(changes))('another %s changes the template and renames no resource', (name, value) => {
  const changed = templateWith({ [name]: value });
  expect(changed.toJSON()).not.toEqual(unchanged.toJSON());
  expect(idsOf(changed)).toEqual(idsOf(unchanged));
});

test('access logs, the account role, an alarm topic and metadata only add resources', () => {
  const stack = new Stack(testApp(), 'Stack');
  const handlers = inlineHandlers(stack, table);
  const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:alarms');
  const added = { accessLogs: true, cloudWatchRole: true, alarmTopic, protectedResource: {} };
  new ProtectedApi(stack, 'ProtectedApi', { ...requiredProps, routes: table, handlers, ...added });
  expect(idsOf(Template.fromStack(stack))).toEqual(expect.arrayContaining(idsOf(unchanged)));
});

test('the template is the same every time, so that cdk diff shows changes only', () => {
  expect(JSON.stringify(templateWith().toJSON())).toBe(JSON.stringify(unchanged.toJSON()));
});

test('a changed authorizer is deployed to the stage', () => {
  const deployment = (template: Template) => Object.keys(resourcesOf(template, 'AWS::ApiGateway::Deployment'));
  expect(deployment(templateWith({ cacheTtl: Duration.seconds(60) }))).not.toEqual(deployment(unchanged));
});

test('two of them share one stack, and may share a handler', () => {
  const stack = new Stack(testApp(), 'Stack');
  const handlers = inlineHandlers(stack, table);
  new ProtectedApi(stack, 'One', { ...requiredProps, routes: table, handlers });
  new ProtectedApi(stack, 'Two', { ...requiredProps, routes: table.slice(0, 1), handlers });
  expect(Object.keys(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::RestApi'))).toHaveLength(2);
});

test('each function has one permission, however many routes it serves', () => {
  const permissions = Object.values(resourcesOf(unchanged, 'AWS::Lambda::Permission'));
  const functions = permissions.map(({ Properties }) => Properties.FunctionName['Fn::GetAtt'][0]);
  expect(functions).toHaveLength(3);
  expect(new Set(functions).size).toBe(3);
});

test('a handler of 130 routes has a resource policy within the limit of 20 kB', () => {
  const routes = Array.from({ length: 130 }, (_, index): Route => {
    return { method: 'GET', path: `/r${index}`, handler: 'orders', access: index % 2 === 0 ? 'public' : 'token' };
  });
  const stack = new Stack(testApp(), 'Stack');
  new ProtectedApi(stack, 'ProtectedApi', { ...requiredProps, routes, handlers: inlineHandlers(stack, routes) });
  const permissions = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Permission'));
  expect(permissions).toHaveLength(2); // the handler's and the authorizer's
});

test('a handler may be a function of another runtime', () => {
  const stack = new Stack(testApp(), 'Stack');
  const orders = new LambdaFunction(stack, 'Orders', {
    runtime: Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: Code.fromInline('def handler(event, context):\n    return {"statusCode": 200}\n'),
  });
  new ProtectedApi(stack, 'ProtectedApi', { ...requiredProps, routes: table.slice(0, 1), handlers: { orders } });
  const template = Template.fromStack(stack);
  const [id = ''] = Object.keys(
    template.findResources('AWS::Lambda::Function', { Properties: { Runtime: 'python3.13' } }),
  );
  const [method] = Object.values(
    template.findResources('AWS::ApiGateway::Method', { Properties: { HttpMethod: 'GET' } }),
  );
  expect(method?.Properties.AuthorizationType).toBe('CUSTOM');
  expect(JSON.stringify(method?.Properties.Integration.Uri)).toContain(`"${id}"`);
  template.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: { 'Fn::GetAtt': [id, 'Arn'] } });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Throttles',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
  });
});

test('throws every problem of the settings at once', () => {
  expect(() => templateWith({ domain: 'http://x', allowLogRate: 2 })).toThrow(
    /^The props cannot be used:\n {2}- domain .*\n {2}- allowLogRate /,
  );
});

test('throws every problem of the routes at once, a handler that was not given included', () => {
  const routes: readonly Route[] = [
    { method: 'GET', path: '/a/', handler: 'orders', access: 'token' },
    { method: 'GET', path: '/b', handler: 'nobody', access: 'token' },
  ];
  expect(() => templateWith({ routes })).toThrow(
    /^The route table cannot be used:\n {2}- GET \/a\/: .*\n {2}- GET \/b: the handler "nobody" does not exist: .* use one of orders, news\.$/,
  );
});

test.each<[string, object, string]>([
  ['without handlers', { handlers: undefined }, 'handlers is missing'],
  ['without routes', { routes: undefined }, 'There is no route: add at least one.'],
  [
    'with one audience that is no list',
    { audience: 'https://api.example.com' },
    "audience is not a list: write audience: ['…']",
  ],
  ['with a revoked token that is no list', { revoked: 'sub:a' }, "revoked is not a list: write revoked: ['…']"],
  ['with a key set that is no string', { jwks: { keys: [] } }, 'jwks is no string'],
  ['with a number of seconds', { cacheTtl: 300 }, 'cacheTtl is no Duration: write Duration.minutes(5)'],
  ['with misspelled responses', { gatewayResponses: 'refusal' }, 'gatewayResponses is none of all, refusals, none'],
  ['with an empty object of handlers', { handlers: {} }, 'does not exist: add a function of that name.'],
  [
    'with a list of origins that is a parameter',
    { allowOrigins: Token.asList('origins') },
    'allowOrigins is only known when the stack is deployed',
  ],
  [
    'with the name of a header that is a parameter',
    { exposeHeaders: [Token.asString({ Ref: 'Header' })] },
    'exposeHeaders is only known when the stack is deployed',
  ],
])('says what is wrong with props that no compiler has checked: %s', (_title, change, message) => {
  const stack = new Stack(testApp(), 'Stack');
  const props = { ...requiredProps, routes: table, handlers: inlineHandlers(stack, table), ...change };
  expect(() => new ProtectedApi(stack, 'Api', props as ProtectedApiProps)).toThrow(message);
});

test('a KMS key encrypts the log groups that the construct makes', () => {
  const stack = new Stack(testApp(), 'Stack');
  const logEncryptionKey = new Key(stack, 'Key');
  const handlers = inlineHandlers(new Construct(stack, 'Handlers'), table);
  new ProtectedApi(stack, 'Api', { ...requiredProps, routes: table, handlers, logEncryptionKey, accessLogs: true });
  const groups = Object.entries(resourcesOf(Template.fromStack(stack), 'AWS::Logs::LogGroup'));
  const own = groups.filter(([id]) => id.startsWith('Api'));
  expect(own).toHaveLength(2); // the authorizer's and the access log
  for (const [, { Properties }] of own) expect(Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] });
});

describe('the authorizer in a VPC', () => {
  function vpcStack(props: (vpc: Vpc) => Partial<ProtectedApiProps>) {
    const stack = new Stack(testApp(), 'Stack');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const handlers = inlineHandlers(stack, table);
    new ProtectedApi(stack, 'Api', { ...requiredProps, routes: table, handlers, ...props(vpc) });
    return Template.fromStack(stack);
  }

  test('has its subnets and its right to manage network interfaces; no handler has', () => {
    const template = vpcStack((authorizerVpc) => ({
      authorizerVpc,
      authorizerVpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    }));
    const functions = Object.entries(resourcesOf(template, 'AWS::Lambda::Function'));
    const inVpc = functions.filter(([, { Properties }]) => Properties.VpcConfig !== undefined);
    expect(inVpc.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiAuthorizerHandlerFunction/)]);
    expect(inVpc[0]?.[1].Properties.VpcConfig.SubnetIds).toHaveLength(2);
    const managed = JSON.stringify(resourcesOf(template, 'AWS::IAM::Role'));
    expect(managed.split('AWSLambdaVPCAccessExecutionRole')).toHaveLength(2);
  });

  test('may have security groups of its own', () => {
    const template = vpcStack((authorizerVpc) => ({
      authorizerVpc,
      authorizerSecurityGroups: [
        SecurityGroup.fromSecurityGroupId(authorizerVpc.stack, 'Group', 'sg-0123456789abcdef0'),
      ],
    }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ SecurityGroupIds: ['sg-0123456789abcdef0'] }),
    });
  });

  test('needs a VPC for subnets', () => {
    expect(() => vpcStack(() => ({ authorizerVpcSubnets: { subnetType: SubnetType.PUBLIC } }))).toThrow(
      'authorizerVpcSubnets and authorizerSecurityGroups need authorizerVpc.',
    );
  });
});

describe('browsers', () => {
  const preflightOf = (template: Template) =>
    Object.values(resourcesOf(template, 'AWS::ApiGateway::Method')).find(
      ({ Properties }) => Properties.HttpMethod === 'OPTIONS',
    )?.Properties.Integration.IntegrationResponses[0];

  test('may send further headers', () => {
    const { ResponseParameters } = preflightOf(templateWith({ allowHeaders: ['X-Request-Id'] }));
    expect(ResponseParameters['method.response.header.Access-Control-Allow-Headers']).toBe(
      "'Authorization,Content-Type,X-Request-Id'",
    );
  });

  test('may send cookies along from listed origins', () => {
    const props = { allowOrigins: ['https://one.example', 'https://two.example'], allowCredentials: true };
    const { ResponseParameters, ResponseTemplates } = preflightOf(templateWith(props));
    expect(ResponseParameters).toMatchObject({
      'method.response.header.Access-Control-Allow-Origin': "'https://one.example'",
      'method.response.header.Access-Control-Allow-Credentials': "'true'",
      'method.response.header.Vary': "'Origin'",
    });
    expect(ResponseTemplates['application/json']).toContain('$origin == "https://two.example"');
  });

  test.each<[Partial<ProtectedApiProps>, string]>([
    [{ allowOrigins: [] }, 'allowOrigins is not'],
    [{ allowOrigins: ['*', 'https://app.example.com'] }, 'allowOrigins is not'],
    [{ allowOrigins: ['https://app.example.com/'] }, 'allowOrigins is not'],
    [{ allowOrigins: 'https://app.example.com' as unknown as string[] }, 'allowOrigins is not'],
    [{ allowHeaders: ["X'Y"] }, 'allowHeaders is not a list of header names'],
    [{ exposeHeaders: ['ETag, X'] }, 'exposeHeaders is not a list of header names'],
    [{ exposeHeaders: [undefined as unknown as string] }, 'exposeHeaders is not a list of header names'],
    [{ allowCredentials: true }, 'allowCredentials needs origins that are listed'],
    [
      { allowOrigins: ['https://app.example.com'], allowCredentials: true, exposeHeaders: ['ETag', '*'] },
      'exposeHeaders needs names instead of *',
    ],
    [
      { allowOrigins: ['https://app.example.com'], allowCredentials: true, allowHeaders: ['*'] },
      'allowHeaders needs names instead of *',
    ],
    [
      { allowOrigins: ['https://app.example.com'], allowCredentials: 'false' as unknown as boolean },
      'allowCredentials is neither true nor false',
    ],
  ])('are not confused by %j', (props, message) => {
    expect(() => templateWith(props)).toThrow(`The props cannot be used:\n  - ${message}`);
  });
});
