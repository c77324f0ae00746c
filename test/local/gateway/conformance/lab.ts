import { addMethod, baseTemplate, type TestTemplate } from '../template';
import { TASK_HEADER } from './send';

/** Answers with its event. */
const ECHO = `exports.handler = async (event) => ({
  statusCode: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(event),
});`;

/** Does what the request's body says. */
const FROM_BODY = `exports.handler = async (event) => {
  const { answer, throws, bodyOfBytes, sleepMs } = JSON.parse(event.body);
  if (throws !== undefined) throw new Error(throws);
  if (sleepMs !== undefined) await new Promise((resolve) => setTimeout(resolve, sleepMs));
  if (bodyOfBytes !== undefined) return { statusCode: 200, body: 'x'.repeat(bodyOfBytes) };
  return answer;
};`;

/** Does what its caller says. Without a task, it allows every call. */
const AUTHORIZER = `let calls = 0;
exports.handler = async (event) => {
  calls += 1;
  const entry = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === '${TASK_HEADER.toLowerCase()}');
  const text = entry ? Buffer.from(entry[1], 'base64').toString() : undefined;
  const task = text ? JSON.parse(text) : { answer: { principalId: 'default', policyDocument: { Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '$BASE/*' }] } } };
  if (task.throws !== undefined) throw new Error(task.throws);
  const base = event.methodArn.split('/').slice(0, 2).join('/');
  const fill = (value) => {
    if (typeof value === 'string') {
      return value.replaceAll('$ARN', event.methodArn).replaceAll('$BASE', base)
        .replaceAll('$CALL', \`\${process.pid}-\${calls}\`).replace('$EVENT', () => JSON.stringify(event));
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    }
    return value;
  };
  return fill(task.answer);
};`;

export const CODE: Readonly<Record<string, string>> = {
  AuthorizerFunction: AUTHORIZER,
  EchoFunction: ECHO,
  FromBodyFunction: FROM_BODY,
};

/** Gateway responses of the lab's own: each says its type. */
const SHAPED: Readonly<Record<string, string | undefined>> = {
  UNAUTHORIZED: '401',
  ACCESS_DENIED: '403',
  AUTHORIZER_FAILURE: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  MISSING_AUTHENTICATION_TOKEN: '403',
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
};

const rest = { RestApiId: { Ref: 'Api' } };

/**
 * The API that the rows are tried on, as a template that CloudFormation deploys as it is: its functions are inline.
 *
 * @param binaryMediaTypes of the API.
 */
export function labTemplate({ binaryMediaTypes = [] }: { binaryMediaTypes?: readonly string[] } = {}): TestTemplate {
  const { Resources: base } = baseTemplate();
  const keep = ['Api', 'Stage', 'Deployment', 'Authorizer', 'AuthorizerFunction'];
  const template: TestTemplate = {
    Resources: Object.fromEntries(Object.entries(base).filter(([id]) => keep.includes(id))),
  };
  const { Resources } = template;
  const { Api, Stage, Authorizer } = Resources;
  if (!Api || !Stage || !Authorizer) throw new Error('The base template has another shape');
  if (binaryMediaTypes.length > 0) Api.Properties.BinaryMediaTypes = binaryMediaTypes;
  delete Stage.Properties.Variables;
  Resources.UncachedAuthorizer = {
    ...Authorizer,
    Properties: { ...Authorizer.Properties, Name: 'uncached', AuthorizerResultTtlInSeconds: 0 },
  };
  Resources.QueryAuthorizer = {
    ...Authorizer,
    Properties: {
      ...Authorizer.Properties,
      Name: 'query',
      IdentitySource: 'method.request.header.Authorization,method.request.querystring.tenant',
    },
  };
  Authorizer.Properties.Name = 'cached';

  Resources.Role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
    },
  };
  for (const [id, code] of Object.entries(CODE)) {
    Resources[id] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: code },
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 10,
        MemorySize: 256,
        LoggingConfig: { LogFormat: 'JSON' },
      },
      Metadata: { 'aws:asset:path': id },
    };
    Resources[`${id}Permission`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: id },
        Principal: 'apigateway.amazonaws.com',
      },
    };
  }
  for (const [type, status] of Object.entries(SHAPED)) {
    Resources[`Response${type.replaceAll('_', '')}`] = {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        ...rest,
        ResponseType: type,
        ...(status === undefined ? {} : { StatusCode: status }),
        ResponseTemplates: { 'application/json': `{"shaped":"${type}","message":$context.error.messageString}` },
        ResponseParameters: {
          'gatewayresponse.header.X-Shaped': `'${type}'`,
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
        },
      },
    };
  }

  const echo = { guarded: false, functionId: 'EchoFunction' } as const;
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/plain'],
    ['GET', '/echo'],
    ['POST', '/echo'],
    ['ANY', '/any'],
    ['PUT', '/any'],
    ['GET', '/users/{userId}'],
    ['PATCH', '/users/me'],
    ['GET', '/users/{userId}/orders/{orderId}'],
    ['GET', '/things/{thing}'],
    ['GET', '/things/real'],
    ['ANY', '/tree/{proxy+}'],
    ['GET', '/tree/jobs/reboot'],
    ['GET', '/files/{path+}'],
  ] as const) {
    addMethod(template, method, path, echo);
  }
  addMethod(template, 'POST', '/from-body', { guarded: false, functionId: 'FromBodyFunction' });
  addMethod(template, 'POST', '/hurried', { guarded: false, functionId: 'FromBodyFunction', timeoutMs: 300 });
  for (const path of ['/secure/{id}', '/locked', '/deep/{path+}']) {
    addMethod(template, 'GET', path, { functionId: 'EchoFunction' });
  }
  addMethod(template, 'GET', '/uncached/{id}', { functionId: 'EchoFunction', authorizerId: 'UncachedAuthorizer' });
  addMethod(template, 'GET', '/tenant/{id}', { functionId: 'EchoFunction', authorizerId: 'QueryAuthorizer' });
  addPreflight(template, '/plain');
  const { Deployment } = Resources;
  if (Deployment)
    Object.assign(Deployment, { DependsOn: Object.keys(Resources).filter((id) => id.startsWith('Method')) });
  return template;
}

function addPreflight(template: TestTemplate, path: string): void {
  addMethod(template, 'OPTIONS', path, { guarded: false });
  const method = Object.entries(template.Resources).find(([id]) => id.startsWith('MethodOPTIONS'))?.[1];
  if (!method) throw new Error('There is no preflight');
  const headers = { Origin: "'*'", Methods: "'OPTIONS,GET'", Headers: "'Authorization,Content-Type'" };
  const parameters = Object.entries(headers).map(([name, value]) => [
    `method.response.header.Access-Control-Allow-${name}`,
    value,
  ]);
  method.Properties.Integration = {
    Type: 'MOCK',
    RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
    IntegrationResponses: [{ StatusCode: '204', ResponseParameters: Object.fromEntries(parameters) }],
  };
  method.Properties.MethodResponses = [
    { StatusCode: '204', ResponseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])) },
  ];
}
