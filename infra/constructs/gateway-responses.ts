import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { challenge, forbidden, unauthorized, unavailable } from '../../lambdas/shared/answers';

/** An answer that API Gateway gives by itself. */
interface GatewayAnswer {
  readonly type: ResponseType;
  readonly statusCode?: string;
  /** JSON text. Variables are put in without escaping, so the only one used is a quoted string of API Gateway's own. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const RETRY_AFTER_SECONDS = '5';
const MESSAGE = '$context.error.messageString';

const answers: readonly GatewayAnswer[] = [
  {
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    body: JSON.stringify(unauthorized),
    headers: { 'WWW-Authenticate': challenge.unauthorized },
  },
  {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    body: JSON.stringify(forbidden),
    headers: { 'WWW-Authenticate': challenge.forbidden },
  },
  // The authorizer throws when the provider's keys cannot be had: an outage, which must not log users out.
  ...[ResponseType.AUTHORIZER_FAILURE, ResponseType.AUTHORIZER_CONFIGURATION_ERROR].map((type) => ({
    type,
    statusCode: '503',
    body: JSON.stringify(unavailable),
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  })),
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    statusCode: '403',
    body: `{"error":"Forbidden","message":${MESSAGE}}`,
  },
  { type: ResponseType.DEFAULT_4XX, body: `{"error":"Bad Request","message":${MESSAGE}}` },
  { type: ResponseType.DEFAULT_5XX, body: `{"error":"Internal Server Error","message":${MESSAGE}}` },
];

/** Gives every answer of API Gateway's own this API's JSON shape and CORS header, and refusals their challenge. */
export function addGatewayResponses(api: RestApi, allowOrigin: string): void {
  for (const { type, statusCode, body, headers = {} } of answers) {
    const literals = { 'Access-Control-Allow-Origin': allowOrigin, 'Cache-Control': 'no-store', ...headers };
    api.addGatewayResponse(type.responseType, {
      type,
      ...(statusCode === undefined ? {} : { statusCode }),
      responseHeaders: Object.fromEntries(Object.entries(literals).map(([name, value]) => [name, `'${value}'`])),
      templates: { 'application/json': body },
    });
  }
}
