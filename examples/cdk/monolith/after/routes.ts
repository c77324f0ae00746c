export const routes = [
  { method: 'ANY', path: '/', handler: 'router', access: 'token' },
  { method: 'ANY', path: '/{proxy+}', handler: 'router', access: 'token' },
] as const;
