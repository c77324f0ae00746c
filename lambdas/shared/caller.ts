import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Route, routes } from '../routes';
import { mayCall, routeOf } from './access';
import { challenge, forbidden, unauthorized } from './answers';
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
 *
 * Answers 403 when the route the gateway chose is not one the caller's scopes open. The policy says the same for every
 * path written plainly; AWS does not document how it writes others (`/items/%6Eew`, `/items//new`) into the ARN it
 * compares with the policy, so they are decided here, by the route itself.
 *
 * @param table the route table; another one than the API's own for tests.
 */
export function withCaller(handle: CallerHandler, table: readonly Route[] = routes) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const caller = decodeContext(event.requestContext?.authorizer);
    if (caller === undefined) return json(401, unauthorized, { 'WWW-Authenticate': challenge.unauthorized });
    if (caller.expiresAt * 1000 <= Date.now()) {
      return json(401, unauthorized, { 'WWW-Authenticate': challenge.expired });
    }
    const route = routeOf(table, event.httpMethod, event.resource);
    if (!route || !mayCall(route.access, caller.scopes)) {
      return json(403, forbidden, { 'WWW-Authenticate': challenge.forbidden });
    }
    return handle(caller, event);
  };
}
