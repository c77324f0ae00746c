export const routes = [
  { method: 'GET', path: '/items', handler: 'items', access: { scopes: ['items:read'] } },
  { method: 'GET', path: '/items/{id}', handler: 'items', access: { scopes: ['items:read'] } },
  { method: 'PUT', path: '/items/{id}', handler: 'items', access: { scopes: ['items:write'] } },
  { method: 'DELETE', path: '/items/{id}', handler: 'items', access: { scopes: ['items:write'] } },
] as const;
