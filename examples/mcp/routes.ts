import type { Route } from 'authaction-aws/routes';

const forAgents = { path: '/mcp', handler: 'mcp', access: { scopes: ['orders:read'] } } as const;

export const routes = [
  { method: 'GET', path: '/orders', handler: 'rest', access: { scopes: ['orders:read'] } },
  { method: 'GET', path: '/customers', handler: 'rest', access: { scopes: ['customers:read'] } },
  { method: 'POST', ...forAgents },
  // MCP clients try these two; without a row here API Gateway would answer 403, where they expect 405.
  { method: 'GET', ...forAgents },
  { method: 'DELETE', ...forAgents },
] as const satisfies readonly Route[];
