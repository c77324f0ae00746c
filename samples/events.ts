import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

export const STAGE_ARN = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/';

export interface RequestEventOptions {
  /** Value of the Authorization header; absent when undefined. */
  readonly authorization?: string | undefined;
  readonly method?: string;
  /** Resource pattern of the route, such as `/items/{id}`. */
  readonly resource?: string;
  /** Concrete path; the resource by default. */
  readonly path?: string;
  readonly sourceIp?: string;
}

/** A REQUEST authorizer event as API Gateway REST sends it. */
export function requestEvent(options: RequestEventOptions = {}): APIGatewayRequestAuthorizerEvent {
  const { authorization, method = 'GET', resource = '/protected', path = resource, sourceIp = '192.0.2.1' } = options;
  const headers = {
    Accept: 'application/json',
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
  return {
    type: 'REQUEST',
    methodArn: `${STAGE_ARN}${method}${path}`,
    resource,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef1234',
      authorizer: undefined,
      protocol: 'HTTP/1.1',
      httpMethod: method,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp,
        user: null,
        userAgent: 'test',
        userArn: null,
      },
      path: `/prod${path}`,
      requestId: '11111111-2222-3333-4444-555555555555',
      extendedRequestId: 'extended-request-id=',
      requestTimeEpoch: 1_767_225_600_000,
      resourceId: 'abc123',
      resourcePath: resource,
      stage: 'prod',
    },
  };
}
