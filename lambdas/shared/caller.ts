import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { challenge, unauthorized } from './answers';
import { json } from './http';
import { decodeContext, type Principal } from './principal';

/** What a protected handler does once the caller is known. */
export type CallerHandler = (
  caller: Principal,
  event: APIGatewayProxyEvent,
) => APIGatewayProxyResult | Promise<APIGatewayProxyResult>;

/**
 * Wraps a protected handler: it gets a typed caller and never sees the raw authorizer context.
 *
 * Answers 401 by itself when the authorizer was not attached to the route, and when the token has run out since the
 * decision: API Gateway may re-use a cached Allow, which must not outlive the token (RFC 7519 4.1.4).
 */
export function withCaller(handle: CallerHandler) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const caller = decodeContext(event.requestContext?.authorizer);
    if (caller === undefined) return json(401, unauthorized, { 'WWW-Authenticate': challenge.unauthorized });
    if (caller.expiresAt * 1000 <= Date.now()) {
      return json(401, unauthorized, { 'WWW-Authenticate': challenge.expired });
    }
    return handle(caller, event);
  };
}
