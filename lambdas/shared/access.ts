import type { Access, Route } from '../routes';

/** Whether a token with these scopes may call a route: it needs every scope the route names. */
export function mayCall(access: Access, scopes: readonly string[]): boolean {
  return requiredScopes(access).every((scope) => scopes.includes(scope));
}

/** The scopes a route asks for; none where any token will do, or no token at all. */
export function requiredScopes(access: Access): readonly string[] {
  return typeof access === 'string' ? [] : access.scopes;
}

/**
 * The route API Gateway chose for a request, by what its events say.
 *
 * @param method the event's `httpMethod`.
 * @param resource the event's `resource`: the pattern of the route, not the path of the request.
 */
export function routeOf(routes: readonly Route[], method: unknown, resource: unknown): Route | undefined {
  return routes.find((route) => route.method === method && route.path === resource);
}
