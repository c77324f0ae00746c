import { absent, ExactKeys, type Matcher, present, type Request, type Row, type Source } from '../row';
import { localstack, voker } from '../sources';

const event = (fact: string, request: Request, expected: Matcher, source: Source): Row => ({
  fact,
  steps: [{ request, expected: { status: 200, event: expected } }],
  source,
});

export const events: readonly Row[] = [
  event(
    'the event has these keys and no others',
    { line: 'GET /echo' },
    new ExactKeys([
      'body',
      'headers',
      'httpMethod',
      'isBase64Encoded',
      'multiValueHeaders',
      'multiValueQueryStringParameters',
      'path',
      'pathParameters',
      'queryStringParameters',
      'requestContext',
      'resource',
      'stageVariables',
    ]),
    localstack.proxyEvent,
  ),
  event(
    'requestContext has these keys and no others on an open route',
    { line: 'GET /echo', headers: ['User-Agent: x'] },
    {
      requestContext: new ExactKeys([
        'accountId',
        'apiId',
        'deploymentId',
        'domainName',
        'domainPrefix',
        'extendedRequestId',
        'httpMethod',
        'identity',
        'path',
        'protocol',
        'requestId',
        'requestTime',
        'requestTimeEpoch',
        'resourceId',
        'resourcePath',
        'stage',
      ]),
    },
    localstack.proxyEvent,
  ),
  event(
    'what is absent is null',
    { line: 'GET /plain' },
    {
      body: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      isBase64Encoded: false,
    },
    localstack.proxyEvent,
  ),
  event(
    'identity has null where no caller signed',
    { line: 'GET /plain', headers: ['User-Agent: test/integration'] },
    {
      requestContext: {
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: /\d/,
          user: null,
          userAgent: 'test/integration',
          userArn: null,
        },
      },
    },
    localstack.dataMapping,
  ),
  event(
    'identity has these keys and no others',
    { line: 'GET /plain' },
    {
      requestContext: {
        identity: new ExactKeys([
          'accessKey',
          'accountId',
          'caller',
          'cognitoAuthenticationProvider',
          'cognitoAuthenticationType',
          'cognitoIdentityId',
          'cognitoIdentityPoolId',
          'principalOrgId',
          'sourceIp',
          'user',
          'userAgent',
          'userArn',
        ]),
      },
    },
    localstack.proxyEvent,
  ),
  event(
    'requestContext.path has the stage and the path as sent, resourcePath the template',
    { line: 'GET /files/capture/space%20value/' },
    {
      requestContext: { path: /^\/[^/]+\/files\/capture\/space%20value\/$/, resourcePath: '/files/{path+}' },
    },
    voker.event,
  ),
  event(
    'requestContext tells when, where and by which protocol',
    { line: 'POST /echo' },
    {
      requestContext: {
        httpMethod: 'POST',
        protocol: 'HTTP/1.1',
        requestId: /^[0-9a-f-]{36}$/,
        extendedRequestId: /=$/,
        requestTime: /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
        requestTimeEpoch: present,
        domainName: present,
        authorizer: absent,
      },
    },
    voker.event,
  ),
];
