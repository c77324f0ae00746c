import type { Route } from '../../../lambdas/shared/route-table';

/**
 * Entries that must not compile. `tsc` checks this file: should one of them become valid, its `@ts-expect-error` is
 * unused, which is an error.
 */
export const refused = [
  // @ts-expect-error OPTIONS is answered by the gateway.
  { method: 'OPTIONS', path: '/a', handler: 'a', access: 'token' },
  // @ts-expect-error methods are uppercase.
  { method: 'get', path: '/a', handler: 'a', access: 'token' },
  // @ts-expect-error a path starts with a slash.
  { method: 'GET', path: 'a', handler: 'a', access: 'token' },
  // @ts-expect-error there is no such access.
  { method: 'GET', path: '/a', handler: 'a', access: 'private' },
  // @ts-expect-error a list of scopes names at least one.
  { method: 'GET', path: '/a', handler: 'a', access: { scopes: [] } },
  // @ts-expect-error scopes are a list.
  { method: 'GET', path: '/a', handler: 'a', access: { scopes: 'a b' } },
  // @ts-expect-error a public route has no scopes.
  { method: 'GET', path: '/a', handler: 'a', access: 'public', scopes: ['a'] },
  // @ts-expect-error access is never left open.
  { method: 'GET', path: '/a', handler: 'a' },
  // @ts-expect-error a route names its handler.
  { method: 'GET', path: '/a', access: 'token' },
] as const satisfies readonly Route[];

export const accepted = [
  { method: 'GET', path: '/', handler: 'a', access: 'public' },
  { method: 'DELETE', path: '/a/{id}/{rest+}', handler: 'a', access: { scopes: ['a', 'b'] } },
] as const satisfies readonly Route[];
