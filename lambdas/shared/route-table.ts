/** Methods a route may have. `OPTIONS` is missing: API Gateway answers preflights itself, without a token. */
export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** `public`: no token. `token`: any valid token. `scopes`: a valid token that carries every one of them. */
export type Access = 'public' | 'token' | { readonly scopes: readonly [string, ...string[]] };

/**
 * One row of a route table: a method, a path, what answers it and who may call it.
 *
 * @example
 * export const routes = [
 *   { method: 'GET', path: '/orders/{id}', handler: 'orders', access: { scopes: ['read:orders'] } },
 * ] as const satisfies readonly Route[];
 */
export interface Route {
  readonly method: HttpMethod;
  /** API Gateway path: literal segments, `{name}` for one segment, `{name+}` as the last for one or more. */
  readonly path: `/${string}`;
  /** Name of the function that answers the call. */
  readonly handler: string;
  readonly access: Access;
}

/** Whether a token with these scopes may call a route: it needs every scope the route names. */
export function mayCall(access: Access, scopes: readonly string[]): boolean {
  return requiredScopes(access).every((scope) => scopes.includes(scope));
}

/** The scopes a route requires; none where any token is accepted, or no token is needed. */
export function requiredScopes(access: Access): readonly string[] {
  return typeof access === 'string' ? [] : access.scopes;
}

/**
 * The route API Gateway chose for a request.
 *
 * @param method the event's `httpMethod`.
 * @param resource the event's `resource`: the pattern of the route, not the path of the request.
 */
export function findRoute(routes: readonly Route[], method: unknown, resource: unknown): Route | undefined {
  return routes.find((route) => route.method === method && route.path === resource);
}
