import { challenge, forbidden, forbiddenChallenge, unauthorized } from './answers';
import { allowOrigin } from './cors';
import { json } from './http';
import { decodeContext, type Principal } from './principal';
import type { ProxyEvent, ProxyResult } from './proxy-event';
import { findRoute, mayCall, type Route, requiredScopes } from './route-table';

/** What a protected handler does once the caller is known. */
export type CallerHandler = (caller: Principal, event: ProxyEvent) => ProxyResult | Promise<ProxyResult>;

/**
 * Wraps a protected handler: it gets a typed caller and never sees the raw authorizer context.
 *
 * Answers 401 by itself when the authorizer is not attached to the route, and when the token has expired since the
 * decision: API Gateway may re-use a cached Allow, which must not outlive the token (RFC 7519 4.1.4).
 *
 * Answers 403 with the scopes that are needed when the route API Gateway chose is not one the caller's scopes allow. The
 * policy says the same for every path in its plain spelling. AWS does not document how it writes others (`/items/%6Eew`,
 * `/items//new`) into the ARN it compares with the policy, so they are decided here, by the route itself.
 *
 * Where several origins may call, an answer of `json` gets the caller's own.
 *
 * @param routes the table the API was deployed with.
 * @example
 * import { routes } from './routes';
 * export const handler = withCaller(routes, ({ sub }) => json(200, { sub }));
 */
export function withCaller(routes: readonly Route[], handle: CallerHandler) {
  const answer = async (event: ProxyEvent): Promise<ProxyResult> => {
    const caller = decodeContext(event.requestContext?.authorizer);
    if (caller === undefined) return json(401, unauthorized, { 'WWW-Authenticate': challenge.unauthorized });
    if (caller.expiresAtSeconds * 1000 <= Date.now()) {
      return json(401, unauthorized, { 'WWW-Authenticate': challenge.invalidToken });
    }
    const route = findRoute(routes, event.httpMethod, event.resource);
    if (!route || !mayCall(route.access, caller.scopes)) {
      const scopes = route ? requiredScopes(route.access) : [];
      return json(403, forbidden, { 'WWW-Authenticate': forbiddenChallenge(scopes) });
    }
    return handle(caller, event);
  };
  return async (event: ProxyEvent): Promise<ProxyResult> => allowOrigin(event, await answer(event));
}
