export const routes = [{ method: 'GET', path: '/hello', handler: 'hello', access: 'token' }] as const;
