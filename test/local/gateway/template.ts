/** A small template of a REST API as the CDK writes it, to be changed by a test. */
export interface TestTemplate {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown>; Metadata?: Record<string, unknown> }>;
}

const invocationsOf = (functionId: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':apigateway:',
      { Ref: 'AWS::Region' },
      ':lambda:path/2015-03-31/functions/',
      { 'Fn::GetAtt': [functionId, 'Arn'] },
      '/invocations',
    ],
  ],
});

const rest = { RestApiId: { Ref: 'Api' } };

/** An API with a stage, an authorizer function, a handler function, and gateway responses. */
export function baseTemplate({ ttlSeconds = 300 } = {}): TestTemplate {
  return {
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'test' } },
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: { ...rest, StageName: 'dev', DeploymentId: { Ref: 'Deployment' }, Variables: { color: 'blue' } },
      },
      Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: rest },
      Authorizer: {
        Type: 'AWS::ApiGateway::Authorizer',
        Properties: {
          ...rest,
          Type: 'REQUEST',
          IdentitySource: 'method.request.header.Authorization',
          AuthorizerResultTtlInSeconds: ttlSeconds,
          AuthorizerUri: invocationsOf('AuthorizerFunction'),
        },
      },
      AuthorizerFunction: lambda('authorizer'),
      HandlerFunction: lambda('handler'),
      Denied: gatewayResponse('ACCESS_DENIED', '403', '{"denied":$context.error.messageString}', {
        'X-Own': "'denied'",
      }),
      Failed: gatewayResponse('AUTHORIZER_FAILURE', '503', '{"type":"$context.error.responseType"}', {
        'Retry-After': "'5'",
      }),
      Default4xx: gatewayResponse('DEFAULT_4XX', undefined, '{"four":$context.error.messageString}', {
        'X-Own': "'default'",
      }),
    },
  };
}

function gatewayResponse(type: string, status: string | undefined, body: string, headers: Record<string, string>) {
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      ...rest,
      ResponseType: type,
      ...(status ? { StatusCode: status } : {}),
      ResponseTemplates: { 'application/json': body },
      ResponseParameters: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]),
      ),
    },
  };
}

function lambda(asset: string) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'b', S3Key: 'k' },
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 1,
      MemorySize: 256,
      Environment: { Variables: { REGION_OF_STACK: { Ref: 'AWS::Region' } } },
      LoggingConfig: { LogFormat: 'JSON' },
    },
    Metadata: { 'aws:asset:path': asset },
  };
}

/** Adds a method and the resources of its path. */
export function addMethod(
  template: TestTemplate,
  method: string,
  path: string,
  {
    guarded = true,
    functionId = 'HandlerFunction',
    authorizerId = 'Authorizer',
    timeoutMs,
  }: { guarded?: boolean; functionId?: string; authorizerId?: string; timeoutMs?: number } = {},
): void {
  let parent: unknown = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
  let id = 'Resource';
  for (const part of path.split('/').filter(Boolean)) {
    id += part.replace(/[^A-Za-z0-9]/g, (character) => `${character.charCodeAt(0)}`);
    template.Resources[id] = {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ...rest, ParentId: parent, PathPart: part },
    };
    parent = { Ref: id };
  }
  template.Resources[`Method${method}${id}`] = {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      ...rest,
      HttpMethod: method,
      ResourceId: parent,
      ...(guarded
        ? { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: authorizerId } }
        : { AuthorizationType: 'NONE' }),
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: invocationsOf(functionId),
        ...(timeoutMs === undefined ? {} : { TimeoutInMillis: timeoutMs }),
      },
    },
  };
}
