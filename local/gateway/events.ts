import type {
  APIGatewayEventIdentity,
  APIGatewayEventRequestContextWithAuthorizer,
  APIGatewayProxyEvent,
  APIGatewayRequestAuthorizerEvent,
} from 'aws-lambda';
import type { ApiModel, MethodModel } from './api-model';
import { isBinary } from './binary';
import { LOCAL } from './intrinsics';
import { type GatewayRequest, headerValues } from './request';

/** A request together with the method of the API it goes to. */
export interface RoutedRequest {
  readonly api: ApiModel;
  readonly method: MethodModel;
  readonly request: GatewayRequest;
  /** As sent: still URL-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** ARN of the call: what a policy is evaluated for. The stage is in it, though not in the local address. */
export function methodArn({ api, request }: RoutedRequest): string {
  const { partition, region, accountId, apiId } = LOCAL;
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${api.stage}/${request.method}${request.path}`;
}

type AuthorizerEvent = Omit<APIGatewayRequestAuthorizerEvent, 'requestContext'> & {
  readonly requestContext: RequestContext<undefined>;
};
type ProxyEvent = Omit<APIGatewayProxyEvent, 'requestContext'> & {
  readonly requestContext: RequestContext<Readonly<Record<string, string | number>> | undefined>;
};

/** The event of a REQUEST authorizer: what is absent is an empty object. */
export function authorizerEvent(routed: RoutedRequest): AuthorizerEvent {
  const { api, method, request, pathParameters } = routed;
  return {
    type: 'REQUEST',
    methodArn: methodArn(routed),
    resource: method.path,
    path: request.path,
    httpMethod: request.method,
    headers: last(request.headers),
    multiValueHeaders: all(request.headers),
    queryStringParameters: last(request.query),
    multiValueQueryStringParameters: all(request.query),
    pathParameters: { ...pathParameters },
    stageVariables: { ...api.stageVariables },
    requestContext: requestContext(routed, undefined),
  };
}

/**
 * The event of a Lambda proxy integration: what is absent is `null`. A body of a binary media type is base64.
 *
 * @param authorizer what the authorizer handed on; absent for a method without one.
 */
export function proxyEvent(
  routed: RoutedRequest,
  body: Buffer,
  authorizer: Readonly<Record<string, string | number>> | undefined,
): ProxyEvent {
  const { api, method, request, pathParameters } = routed;
  const isBase64Encoded =
    body.length > 0 && isBinary(api.binaryMediaTypes, headerValues(request, 'Content-Type').at(-1));
  return {
    resource: method.path,
    path: request.path,
    httpMethod: request.method,
    headers: last(request.headers),
    multiValueHeaders: all(request.headers),
    queryStringParameters: orNull(last(request.query)),
    multiValueQueryStringParameters: orNull(all(request.query)),
    pathParameters: orNull({ ...pathParameters }),
    stageVariables: orNull({ ...api.stageVariables }),
    requestContext: requestContext(routed, authorizer && { ...authorizer }),
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** As recorded on AWS: without keys of features that the API does not use. */
type RequestContext<Context> = Omit<APIGatewayEventRequestContextWithAuthorizer<Context>, 'identity'> & {
  readonly deploymentId: string;
  readonly identity: Omit<APIGatewayEventIdentity, 'apiKey' | 'apiKeyId' | 'clientCert'>;
};

/** `$context` of a request, as the events carry it. */
export function requestContext<Context>(
  { api, method, request }: RoutedRequest,
  authorizer: Context,
): RequestContext<Context> {
  return {
    resourceId: method.resourceId,
    authorizer,
    resourcePath: method.path,
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: requestTime(new Date(request.receivedAtMs)),
    path: `/${api.stage}${request.rawPath}`,
    accountId: LOCAL.accountId,
    protocol: request.protocol,
    stage: api.stage,
    deploymentId: LOCAL.deploymentId,
    domainPrefix: LOCAL.apiId,
    requestTimeEpoch: request.receivedAtMs,
    requestId: request.requestId,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: headerValues(request, 'User-Agent').at(-1) ?? null,
      userArn: null,
    },
    domainName: `${LOCAL.apiId}.execute-api.${LOCAL.region}.amazonaws.com`,
    apiId: LOCAL.apiId,
  };
}

/** `headers` and `queryStringParameters` carry the last value of each name. */
const last = (values: ReadonlyMap<string, readonly string[]>): Record<string, string> =>
  Object.fromEntries([...values].map(([name, items]) => [name, items.at(-1) ?? '']));

const all = (values: ReadonlyMap<string, readonly string[]>): Record<string, string[]> =>
  Object.fromEntries([...values].map(([name, items]) => [name, [...items]]));

const orNull = <T extends object>(values: T): T | null => (Object.keys(values).length > 0 ? values : null);

/** `24/Nov/2026:11:44:00 +0000` */
function requestTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
