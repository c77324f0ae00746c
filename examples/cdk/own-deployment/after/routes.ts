export const routes = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }] as const;
