/** Methods a route may name. `OPTIONS` is missing: API Gateway answers preflights itself, without a token. */
export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Methods that `ANY` stands for at API Gateway. */
export const anyMethods = [...httpMethods, 'OPTIONS'] as const;

/** Method of a route, in capitals. `ANY`: every method the table does not name for the same path. */
export type HttpMethod = (typeof httpMethods)[number] | 'ANY';

/** `public`: no token. `token`: any valid token. `scopes`: a valid token that carries every one of them. */
export type Access = 'public' | 'token' | { readonly scopes: readonly [string, ...string[]] };

/**
 * One row of a route table: a method, a path, what answers it and who may call it.
 *
 * @example
 * export const routes = [
 *   { method: 'GET', path: '/orders/{id}', handler: 'orders', access: { scopes: ['read:orders'] } },
 *   { method: 'ANY', path: '/{proxy+}', handler: 'app', access: 'token' },
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
 * The route API Gateway chose for a request: the row that names the method, or else the `ANY` row of the same path.
 *
 * @param method the event's `httpMethod`.
 * @param resource the event's `resource`: the pattern of the route, not the path of the request.
 */
export function findRoute(routes: readonly Route[], method: unknown, resource: unknown): Route | undefined {
  const find = (wanted: unknown) => routes.find((route) => route.method === wanted && route.path === resource);
  return anyMethods.some((known) => known === method) ? (find(method) ?? find('ANY')) : undefined;
}
