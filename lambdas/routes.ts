/**
 * The API's surface, written down once. The stack is built from this table, the authorizer's policy is computed from
 * it, and the documentation and the local console show it.
 *
 * To add a route: one line here, and a folder `lambdas/<handler>/handler.ts`.
 */
export const routes = [
  { method: 'GET', path: '/public', handler: 'public', access: 'public' },
  { method: 'GET', path: '/protected', handler: 'protected', access: 'token' },
  { method: 'GET', path: '/scoped', handler: 'scoped', access: { scopes: ['read:messages'] } },
] as const satisfies readonly Route[];

export interface Route {
  readonly method: HttpMethod;
  /** API Gateway path: literal segments, `{name}` for one segment, `{name+}` as the last for one or more. */
  readonly path: `/${string}`;
  /** Folder under `lambdas/` whose `handler.ts` answers the call. */
  readonly handler: string;
  readonly access: Access;
}

/** Methods a route may have. `OPTIONS` is missing: the gateway answers preflights itself, without a token. */
export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** `public`: no token. `token`: any valid token. `scopes`: a valid token that carries every one of them. */
export type Access = 'public' | 'token' | { readonly scopes: readonly [string, ...string[]] };
