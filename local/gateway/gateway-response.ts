import type { Answer } from './answer';
import type { ApiModel } from './api-model';
import type { GatewayRequest } from './request';
import { renderTemplate } from './response-template';

/** Answers that API Gateway gives by itself: status and text without a gateway response of the API's own. */
const DEFAULTS = {
  ACCESS_DENIED: [403, 'User is not authorized to access this resource', 'AccessDeniedException'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, undefined, 'AuthorizerConfigurationException'],
  AUTHORIZER_FAILURE: [500, undefined, 'AuthorizerConfigurationException'],
  BAD_REQUEST_PARAMETERS: [400, 'Bad Request', 'BadRequestException'],
  INTEGRATION_FAILURE: [502, 'Internal server error', 'InternalServerErrorException'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out', 'InternalServerErrorException'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long', 'RequestTooLargeException'],
  UNAUTHORIZED: [401, 'Unauthorized', 'UnauthorizedException'],
} as const satisfies Record<string, readonly [number, string | undefined, string]>;

export type ResponseType = keyof typeof DEFAULTS;

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
  const own = api.gatewayResponses.get(type) ?? api.gatewayResponses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const { requestId, extendedRequestId, path, method } = request;
  const body = renderTemplate(own?.template ?? DEFAULT_TEMPLATE, {
    error: { message: message ?? text, responseType: type },
    requestId,
    extendedRequestId,
    httpMethod: method,
    path: `/${api.stage}${path}`,
    stage: api.stage,
    authorizer,
  });
  return {
    status: own?.statusCode ?? status,
    headers: [
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', errorType],
      ...Object.entries(own?.headers ?? {}),
    ],
    body,
  };
}
