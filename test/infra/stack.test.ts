import type { Template } from 'aws-cdk-lib/assertions';
import { routes } from '../../lambdas/routes';
import { challenge, forbidden, unauthorized, unavailable } from '../../lambdas/shared/answers';
import type { Route } from '../../lambdas/shared/route-table';
import { apiTemplate, type Resource, resourcesOf } from '../support/infra';

/** The app's own table, whatever is in it. */
const table: readonly Route[] = routes;

const template = apiTemplate('dev');
const prod = apiTemplate('prod', {
  ACCESS_LOGS: 'on-with-account-role',
  ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alarms',
});

const all = (type: string, of: Template = template): Resource[] => Object.values(resourcesOf(of, type));
const properties = (type: string, of: Template = template) => all(type, of).map(({ Properties }) => Properties);
const [authorizerId] = Object.keys(resourcesOf(template, 'AWS::ApiGateway::Authorizer'));

/** `/public` and so on, by the logical id of the API Gateway resource. */
function pathOf(id: string, of: Template = template): string {
  const { PathPart, ParentId } = resourcesOf(of, 'AWS::ApiGateway::Resource')[id]?.Properties ?? {};
  return PathPart === undefined ? '' : `${ParentId.Ref ? pathOf(ParentId.Ref, of) : ''}/${PathPart}`;
}

describe('methods', () => {
  const methods = properties('AWS::ApiGateway::Method').map((method) => ({
    ...method,
    path: method.ResourceId.Ref ? pathOf(method.ResourceId.Ref) : '/',
  }));
  const find = (method: string, path: string) => methods.find((m) => m.HttpMethod === method && m.path === path);

  test('are those of the route table and the preflights, and no others', () => {
    const called = methods.filter(({ HttpMethod }) => HttpMethod !== 'OPTIONS');
    const names = (list: { method: string; path: string }[]) =>
      list.map(({ method, path }) => `${method} ${path}`).sort();
    expect(names(called.map(({ HttpMethod, path }) => ({ method: HttpMethod, path })))).toEqual(names([...table]));
  });

  test.each(table)('$method $path has the authorizer unless it is public', ({ method, path, access }) => {
    const isPublic = access === 'public';
    const found = find(method, path);
    expect(found?.AuthorizationType).toBe(isPublic ? 'NONE' : 'CUSTOM');
    expect(found?.AuthorizerId).toEqual(isPublic ? undefined : { Ref: authorizerId });
  });

  test.each(['/', ...new Set(table.map(({ path }) => path))])('a preflight of %s needs no token', (path) => {
    const found = find('OPTIONS', path);
    expect(found).toMatchObject({ AuthorizationType: 'NONE', Integration: { Type: 'MOCK' } });
    expect(found).not.toHaveProperty('AuthorizerId');
    const headers = found.Integration.IntegrationResponses[0].ResponseParameters;
    expect(headers).toMatchObject({
      'method.response.header.Access-Control-Allow-Origin': "'*'",
      'method.response.header.Access-Control-Allow-Headers': "'Authorization,Content-Type'",
    });
  });
});

test('the authorizer is called with the Authorization header as its only identity source, and cached for five minutes', () => {
  expect(properties('AWS::ApiGateway::Authorizer')).toEqual([
    expect.objectContaining({
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 300,
    }),
  ]);
});

test('AUTHORIZER_CACHE_TTL_SECONDS=0 turns the cache of decisions off', () => {
  const [authorizer] = properties(
    'AWS::ApiGateway::Authorizer',
    apiTemplate('dev', { AUTHORIZER_CACHE_TTL_SECONDS: '0' }),
  );
  expect(authorizer.AuthorizerResultTtlInSeconds).toBe(0);
});

describe('gateway responses', () => {
  const responses = Object.fromEntries(properties('AWS::ApiGateway::GatewayResponse').map((p) => [p.ResponseType, p]));
  const header = (type: string, name: string) => responses[type]?.ResponseParameters[`gatewayresponse.header.${name}`];
  /** API Gateway replaces the variable with a quoted string of its own. */
  const bodyOf = (type: string) =>
    JSON.parse(
      responses[type].ResponseTemplates['application/json'].replaceAll(
        '$context.error.messageString',
        '"Any \\"text\\""',
      ),
    );

  test.each([
    ['UNAUTHORIZED', '401', unauthorized, 'WWW-Authenticate', challenge.unauthorized],
    ['ACCESS_DENIED', '403', forbidden, 'WWW-Authenticate', challenge.forbidden],
    ['AUTHORIZER_FAILURE', '503', unavailable, 'Retry-After', '5'],
    ['AUTHORIZER_CONFIGURATION_ERROR', '503', unavailable, 'Retry-After', '5'],
  ])('%s is %s with its header', (type, status, body, name, value) => {
    expect(responses[type]).toMatchObject({ StatusCode: status });
    expect(bodyOf(type)).toEqual(body);
    expect(header(type, name)).toBe(`'${value}'`);
  });

  test.each(['MISSING_AUTHENTICATION_TOKEN', 'DEFAULT_4XX', 'DEFAULT_5XX'])(
    '%s is JSON with an error and a message',
    (type) => {
      expect(bodyOf(type)).toEqual({ error: expect.any(String), message: 'Any "text"' });
    },
  );

  test('an unknown route stays 403, and the defaults keep the status of the answer they shape', () => {
    expect(responses.MISSING_AUTHENTICATION_TOKEN.StatusCode).toBe('403');
    expect(responses.DEFAULT_4XX.StatusCode).toBeUndefined();
    expect(responses.DEFAULT_5XX.StatusCode).toBeUndefined();
  });

  test('every response has a CORS header, and none may be cached', () => {
    expect(Object.keys(responses)).toHaveLength(7);
    for (const type of Object.keys(responses)) {
      expect(header(type, 'Access-Control-Allow-Origin')).toBe("'*'");
      expect(header(type, 'Cache-Control')).toBe("'no-store'");
    }
  });

  test('bodies use no variable but the one that API Gateway quotes', () => {
    for (const type of Object.keys(responses)) {
      const rest = responses[type].ResponseTemplates['application/json'].replaceAll('$context.error.messageString', '');
      expect(rest).not.toContain('$');
    }
  });
});

describe('functions', () => {
  const functions = resourcesOf(template, 'AWS::Lambda::Function');

  test('have readable ids for sam local invoke', () => {
    const words = (handler: string) => handler.split(/[^a-z0-9]+/i);
    const name = (handler: string) => words(handler).map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
    expect(Object.keys(functions).sort()).toEqual(
      ['AuthorizerFunction', ...new Set(table.map(({ handler }) => `${name(handler).join('')}Function`))].sort(),
    );
  });

  test.each(Object.entries(functions))(
    '%s runs on Node 24 and arm64 and logs JSON to a log group of its own',
    (_id, fn) => {
      expect(fn.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO' },
      });
      const logGroup = resourcesOf(template, 'AWS::Logs::LogGroup')[fn.Properties.LoggingConfig.LogGroup.Ref];
      expect(logGroup?.Properties.RetentionInDays).toBe(7);
    },
  );

  test('no two share a log group or a role', () => {
    const of = (pick: (properties: Resource['Properties']) => string) =>
      new Set(Object.values(functions).map(({ Properties }) => pick(Properties)));
    expect(of((p) => p.LoggingConfig.LogGroup.Ref).size).toBe(Object.keys(functions).length);
    expect(of((p) => p.Role['Fn::GetAtt'][0]).size).toBe(Object.keys(functions).length);
  });

  test('the authorizer declares every one of its settings, so that SAM can replace them', () => {
    expect(functions.AuthorizerFunction?.Properties.Environment.Variables).toEqual({
      AUTHACTION_DOMAIN: 'tenant.example.com',
      AUTHACTION_AUDIENCE: 'https://api.example.com',
      AUTHACTION_JWKS: '',
      AUTHACTION_SCOPE_CLAIM: 'scope',
      AUTHACTION_CONTEXT_CLAIMS: '',
      AUTHACTION_TOKEN_TYPE: 'any',
      AUTHACTION_ALLOWED_CLIENTS: '',
      AUTHACTION_KEYS_MAX_AGE_SECONDS: '21600',
      AUTHACTION_KEYS_TIMEOUT_SECONDS: '3',
      AUTHACTION_REVOKED: '',
      AUTHACTION_ALLOW_LOG_RATE: '1',
    });
  });

  test('handlers and gateway responses name the origin of CORS_ALLOW_ORIGIN', () => {
    const other = apiTemplate('dev', { CORS_ALLOW_ORIGIN: 'https://app.example.com' });
    const { AuthorizerFunction, ...handlers } = resourcesOf(other, 'AWS::Lambda::Function');
    const variables = Object.values(handlers).map(({ Properties }) => Properties.Environment.Variables);
    expect(variables).toEqual(
      Object.keys(handlers).map(() => ({
        CORS_ALLOW_ORIGIN: 'https://app.example.com',
        CORS_EXPOSE_HEADERS: '',
        CORS_ALLOW_CREDENTIALS: '',
      })),
    );
    for (const { ResponseParameters } of properties('AWS::ApiGateway::GatewayResponse', other)) {
      expect(ResponseParameters['gatewayresponse.header.Access-Control-Allow-Origin']).toBe(
        "'https://app.example.com'",
      );
    }
  });
});

describe('least privilege', () => {
  test.each([['dev', template] as const, ['prod', prod] as const])(
    '%s: a function may write its own log and nothing else',
    (_stage, of) => {
      for (const { Properties } of Object.values(resourcesOf(of, 'AWS::Lambda::Function'))) {
        const role = resourcesOf(of, 'AWS::IAM::Role')[Properties.Role['Fn::GetAtt'][0]];
        expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
        expect(role?.Properties.Policies.map((policy: { PolicyDocument: unknown }) => policy.PolicyDocument)).toEqual([
          {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: { 'Fn::GetAtt': [Properties.LoggingConfig.LogGroup.Ref, 'Arn'] },
              },
            ],
          },
        ]);
      }
      expect(Object.keys(resourcesOf(of, 'AWS::IAM::Policy'))).toEqual([]);
      expect(JSON.stringify(properties('AWS::IAM::Role', of))).not.toContain('"*"');
    },
  );

  test('only API Gateway may call the functions, each from this API', () => {
    const permissions = properties('AWS::Lambda::Permission');
    const handlers = new Set(routes.map(({ handler }) => handler));
    expect(permissions).toHaveLength(handlers.size + 1); // one per handler, and the authorizer's
    for (const permission of permissions) {
      expect(permission.Principal).toBe('apigateway.amazonaws.com');
      expect(JSON.stringify(permission.SourceArn)).toContain('ProtectedApi');
    }
  });
});

describe('stages', () => {
  test('dev deletes its logs with the stack; prod keeps them', () => {
    const logs = (of: Template) =>
      all('AWS::Logs::LogGroup', of).map(
        ({ Properties, DeletionPolicy }) => `${Properties.RetentionInDays} ${DeletionPolicy}`,
      );
    expect(new Set(logs(template))).toEqual(new Set(['7 Delete']));
    expect(new Set(logs(prod))).toEqual(new Set(['90 Retain']));
  });

  test.each([['dev', template, 50, 100] as const, ['prod', prod, 500, 1000] as const])(
    '%s is throttled',
    (stage, of, rate, burst) => {
      expect(properties('AWS::ApiGateway::Stage', of)).toEqual([
        expect.objectContaining({
          StageName: stage,
          MethodSettings: [
            expect.objectContaining({
              HttpMethod: '*',
              ResourcePath: '/*',
              ThrottlingRateLimit: rate,
              ThrottlingBurstLimit: burst,
            }),
          ],
        }),
      ]);
    },
  );

  test('resources are tagged with the service and the stage', () => {
    for (const type of ['AWS::ApiGateway::RestApi', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup']) {
      for (const { Tags } of properties(type, prod)) {
        expect(Tags).toEqual([
          { Key: 'service', Value: 'authaction-api' },
          { Key: 'stage', Value: 'prod' },
        ]);
      }
    }
  });
});

describe('access logs', () => {
  const [stage] = all('AWS::ApiGateway::Stage', prod);

  test('are off by default, and leave the account unchanged', () => {
    expect(properties('AWS::ApiGateway::Stage')[0]).not.toHaveProperty('AccessLogSetting');
    for (const from of [template, apiTemplate('prod', { ACCESS_LOGS: 'on' })]) {
      expect(all('AWS::ApiGateway::Account', from)).toEqual([]);
    }
  });

  test('are JSON, name who called which route, and hold no token, path or query', () => {
    const format = stage?.Properties.AccessLogSetting.Format;
    const variables: Record<string, string> = JSON.parse(format);
    expect(variables).toMatchObject({
      requestId: '$context.requestId',
      extendedRequestId: '$context.extendedRequestId',
      route: '$context.resourcePath',
      status: '$context.status',
      authorizerStatus: '$context.authorizer.status',
      authorizerLatency: '$context.authorizer.latency',
      integrationLatency: '$context.integrationLatency',
      sub: '$context.authorizer.principalId',
    });
    expect(format).not.toMatch(/header|[Aa]uthorization\b|querystring|\$context\.path\b|protocol|userAgent/);
  });

  test('with the account role wait for it, and keep it for other APIs when the stack is deleted', () => {
    const [[accountId, account] = []] = Object.entries(resourcesOf(prod, 'AWS::ApiGateway::Account'));
    expect(account?.DeletionPolicy).toBe('Retain');
    expect(stage).toMatchObject({ DependsOn: expect.arrayContaining([accountId]) });
    const role = resourcesOf(prod, 'AWS::IAM::Role')[account?.Properties.CloudWatchRoleArn['Fn::GetAtt'][0]];
    expect(role?.DeletionPolicy).toBe('Retain');
  });
});

test('outputs name the API, the authorizer, its log group and the dashboard', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'ApiUrl',
    'AuthorizerFunctionName',
    'AuthorizerLogGroup',
    'DashboardName',
  ]);
});
