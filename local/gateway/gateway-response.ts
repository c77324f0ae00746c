import type { Answer } from './answer';
import type { ApiModel, HeaderValue } from './api-model';
import { type GatewayRequest, headerValues } from './request';
import { renderTemplate } from './response-template';

/** Answers that API Gateway gives by itself: status, message and error type without a gateway response of the API's own. */
const DEFAULTS = {
  ACCESS_DENIED: [403, 'User is not authorized to access this resource', 'AccessDeniedException'],
  API_CONFIGURATION_ERROR: [500, 'Internal server error', 'InternalServerErrorException'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, undefined, 'AuthorizerConfigurationException'],
  AUTHORIZER_FAILURE: [500, undefined, 'AuthorizerConfigurationException'],
  BAD_REQUEST: [400, 'Bad Request', 'BadRequestException'],
  CONTENT_TOO_LARGE: [413, 'HTTP content length exceeded 10485760 bytes.', 'RequestTooLargeException'],
  HEADERS_TOO_LARGE: [431, 'Request Header Fields Too Large', 'RequestTooLargeException'],
  INCOMPLETE_SIGNATURE: [403, undefined, 'IncompleteSignatureException'],
  INTEGRATION_FAILURE: [502, 'Internal server error', 'InternalServerErrorException'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out', 'InternalServerErrorException'],
  INVALID_SIGNATURE: [403, 'The security token included in the request is invalid.', 'UnrecognizedClientException'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long', 'RequestTooLargeException'],
  UNAUTHORIZED: [401, 'Unauthorized', 'UnauthorizedException'],
  URI_TOO_LONG: [414, 'Request URI too long', 'RequestTooLargeException'],
} as const satisfies Record<string, readonly [number, string | undefined, string]>;

export type ResponseType = keyof typeof DEFAULTS;

/** Answers of API Gateway's front, which knows nothing of the API: no gateway response shapes them. */
const UNSHAPED: ReadonlySet<ResponseType> = new Set([
  'BAD_REQUEST',
  'CONTENT_TOO_LARGE',
  'HEADERS_TOO_LARGE',
  'URI_TOO_LONG',
]);

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/**
 * The API's answer of a type: its own gateway response, else that of `DEFAULT_4XX` or `DEFAULT_5XX`, else API Gateway's.
 *
 * @param authorizer strings of the authorizer's context, for `$context.authorizer.*`.
 */
export function gatewayResponse(
  type: ResponseType,
  api: ApiModel,
  request: GatewayRequest,
  { message, authorizer = {} }: { message?: string; authorizer?: Readonly<Record<string, string>> } = {},
): Answer {
  const [status, text, errorType] = DEFAULTS[type];
  const own = UNSHAPED.has(type)
    ? undefined
    : (api.gatewayResponses.get(type) ?? api.gatewayResponses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'));
  const { requestId, extendedRequestId, rawPath, method } = request;
  const body = renderTemplate(own?.template ?? DEFAULT_TEMPLATE, {
    error: { message: message ?? text, responseType: type },
    requestId,
    extendedRequestId,
    httpMethod: method,
    path: `/${api.stage}${rawPath}`,
    stage: api.stage,
    authorizer,
  });
  return {
    status: own?.statusCode ?? status,
    headers: [
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', errorType],
      ...Object.entries(own?.headers ?? {}).flatMap(([name, value]) => headerLines(name, value, request)),
    ],
    body,
  };
}

/** A header of the answer; none where it takes the value of a header that the request does not have. */
function headerLines(
  name: string,
  value: HeaderValue,
  request: GatewayRequest,
): readonly (readonly [string, string])[] {
  const text = typeof value === 'string' ? value : headerValues(request, value.requestHeader).at(-1);
  return text === undefined ? [] : [[name, text]];
}
