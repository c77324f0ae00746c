import { Client, type ClientOptions, type Transport } from '@modelcontextprotocol/client';

/** What a client found and got, on standard output. */
export interface ToolRun {
  /** Revision of the protocol that both sides agreed on. */
  readonly protocol: string | undefined;
  readonly tools: readonly string[];
  readonly orders: unknown;
}

/** Connects, lists the tools, and calls one. */
export async function useTools(transport: Transport, options: ClientOptions): Promise<ToolRun> {
  const client = new Client({ name: 'agent', version: '1.0.0' }, options);
  await client.connect(transport);
  const { tools } = await client.listTools();
  const { content } = await client.callTool({ name: 'list_orders', arguments: { status: 'open' } });
  const [first] = content;
  const run = {
    protocol: client.getNegotiatedProtocolVersion(),
    tools: tools.map(({ name }) => name),
    orders: first?.type === 'text' ? JSON.parse(first.text) : undefined,
  };
  await client.close();
  return run;
}
