import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ResponseType, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AuthActionAuthorizer, type AuthActionAuthorizerProps } from '../../../infra/constructs/authaction-authorizer';
import type { Route } from '../../../lambdas/shared/route-table';
import { requiredProps, resourcesOf, testApp } from '../../support/infra';

const routes: readonly Route[] = [{ method: 'GET', path: '/', handler: 'root', access: 'public' }];

function apiWith(props: Partial<AuthActionAuthorizerProps> = {}) {
  const stack = new Stack(testApp(), 'Stack');
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET');
  new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes, ...props });
  return { stack, api };
}

const typesIn = (stack: Stack): string[] =>
  Object.values(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::GatewayResponse'))
    .map(({ Properties }) => Properties.ResponseType)
    .sort();

const REFUSALS = ['ACCESS_DENIED', 'AUTHORIZER_CONFIGURATION_ERROR', 'AUTHORIZER_FAILURE', 'UNAUTHORIZED'];
const OTHERS = ['DEFAULT_4XX', 'DEFAULT_5XX', 'MISSING_AUTHENTICATION_TOKEN'];

test.each([
  [undefined, [...REFUSALS, ...OTHERS].sort()],
  ['all', [...REFUSALS, ...OTHERS].sort()],
  ['refusals', REFUSALS],
  ['none', []],
] as const)('gatewayResponses %s adds the responses of its choice', (gatewayResponses, types) => {
  expect(typesIn(apiWith(gatewayResponses && { gatewayResponses }).stack)).toEqual(types);
});

test("an API keeps its own DEFAULT_4XX beside 'refusals'", () => {
  const { stack, api } = apiWith({ gatewayResponses: 'refusals' });
  api.addGatewayResponse('Mine', { type: ResponseType.DEFAULT_4XX, statusCode: '418' });
  expect(typesIn(stack)).toEqual([...REFUSALS, 'DEFAULT_4XX'].sort());
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
    ResponseType: 'DEFAULT_4XX',
    StatusCode: '418',
  });
});

test.each(['before', 'after'])(
  'refuses two responses of one type, the own one added %s the authorizer, and names both',
  (when) => {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    api.root.addMethod('GET');
    const addOwn = () => api.addGatewayResponse('Mine', { type: ResponseType.DEFAULT_4XX });
    if (when === 'before') addOwn();
    new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes });
    if (when === 'after') addOwn();
    expect(() => Template.fromStack(stack)).toThrow(
      'The API has two gateway responses of type DEFAULT_4XX: Stack/Api/Mine/Resource and Stack/Auth/DEFAULT_4XX. ' +
        "Remove yours, or keep it with gatewayResponses: 'refusals' or 'none'.",
    );
  },
);

test('a response of another API of the stack is no second one', () => {
  const { stack } = apiWith();
  const other = new RestApi(stack, 'Other', { cloudWatchRole: false });
  other.root.addMethod('GET');
  other.addGatewayResponse('Mine', { type: ResponseType.DEFAULT_4XX });
  expect(typesIn(stack)).toHaveLength(8);
});

test('every response may be read by the allowed origin, and refusals carry their challenge', () => {
  const template = Template.fromStack(apiWith({ allowOrigins: ['https://app.example.com'] }).stack);
  for (const { Properties } of Object.values(resourcesOf(template, 'AWS::ApiGateway::GatewayResponse'))) {
    expect(Properties.ResponseParameters).toMatchObject({
      'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
    });
  }
  template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
    ResponseType: 'UNAUTHORIZED',
    StatusCode: '401',
    ResponseParameters: Match.objectLike({ 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" }),
  });
});

describe('who may read the responses', () => {
  const parametersWith = (props: Partial<AuthActionAuthorizerProps>) => {
    const resources = Object.values(
      resourcesOf(Template.fromStack(apiWith(props).stack), 'AWS::ApiGateway::GatewayResponse'),
    );
    return resources.map(({ Properties }) => Properties.ResponseParameters);
  };
  const two = ['https://one.example', 'https://two.example'];
  const header = (name: string) => `gatewayresponse.header.${name}`;

  test('one origin is named', () => {
    for (const parameters of parametersWith({ allowOrigins: ['https://one.example'], allowCredentials: true })) {
      expect(parameters[header('Access-Control-Allow-Origin')]).toBe("'https://one.example'");
      expect(parameters[header('Access-Control-Allow-Credentials')]).toBe("'true'");
    }
  });

  test('of several origins none can be chosen, so every page may read', () => {
    for (const parameters of parametersWith({ allowOrigins: two })) {
      expect(parameters[header('Access-Control-Allow-Origin')]).toBe("'*'");
      expect(parameters).not.toHaveProperty([header('Access-Control-Allow-Credentials')]);
    }
  });

  test("with credentials, which need an origin's name, it is the one of the request", () => {
    for (const parameters of parametersWith({ allowOrigins: two, allowCredentials: true })) {
      expect(parameters).toMatchObject({
        [header('Access-Control-Allow-Origin')]: 'method.request.header.Origin',
        [header('Access-Control-Allow-Credentials')]: "'true'",
        [header('Vary')]: "'Origin'",
      });
    }
  });

  test('they expose the challenge, when to retry, and the ids of the request', () => {
    for (const parameters of parametersWith({ exposeHeaders: ['X-Total-Count'] })) {
      expect(parameters[header('Access-Control-Expose-Headers')]).toBe(
        "'WWW-Authenticate,x-amzn-Remapped-WWW-Authenticate,Retry-After,x-amzn-RequestId,x-amz-apigw-id,X-Total-Count'",
      );
    }
  });
});
