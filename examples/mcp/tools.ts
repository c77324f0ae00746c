import { McpServer } from '@modelcontextprotocol/server';
import type { Principal } from 'authaction-aws/handler';
import * as z from 'zod';
import { customers, orders } from './data.js';

/** An MCP server with the tools that the scopes of a caller allow. For this caller, the others do not exist. */
export function serverFor({ scopes }: Principal): McpServer {
  const server = new McpServer(
    { name: 'orders', version: '1.0.0' },
    { capabilities: { tools: { listChanged: false } } },
  );
  if (scopes.includes('orders:read')) {
    server.registerTool(
      'list_orders',
      {
        description: 'Lists the orders, or those with one status.',
        inputSchema: z.object({ status: z.enum(['open', 'shipped']).optional() }),
      },
      ({ status }) => result(orders.filter((order) => status === undefined || order.status === status)),
    );
  }
  if (scopes.includes('customers:read')) {
    server.registerTool('list_customers', { description: 'Lists the customers.' }, () => result(customers));
  }
  return server;
}

const result = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value) }] });
