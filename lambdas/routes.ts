import type { Route } from './shared/route-table';

/**
 * The sample API's surface, written down once. The stack, the authorizer's policies, the documentation and the local
 * console are made from this table.
 *
 * To add a route: one line here, and a folder `lambdas/<handler>/handler.ts`.
 */
export const routes = [
  { method: 'GET', path: '/public', handler: 'public', access: 'public' },
  { method: 'GET', path: '/protected', handler: 'protected', access: 'token' },
  { method: 'GET', path: '/scoped', handler: 'scoped', access: { scopes: ['read:messages'] } },
] as const satisfies readonly Route[];
