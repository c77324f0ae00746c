import type { ClaimKinds } from 'authaction-aws/handler';
import type { Route } from 'authaction-aws/routes';

export const orders = [
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
  { method: 'POST', path: '/orders', handler: 'orders', access: { scopes: ['write:orders'] } },
] as const satisfies readonly Route[];

export const claims = { org_id: 'string', roles: 'string[]?' } as const satisfies ClaimKinds;

export const items = [
  { method: 'GET', path: '/items/{id}', handler: 'items', access: { scopes: ['read:items'] } },
  { method: 'GET', path: '/items', handler: 'items', access: 'token' },
  { method: 'GET', path: '/news', handler: 'news', access: 'public' },
] as const satisfies readonly Route[];
