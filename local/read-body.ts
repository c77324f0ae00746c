import type { IncomingMessage } from 'node:http';

/** The body of a request as text, or `undefined` when it is larger than `maxBytes`; it can still be answered then. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  return (await readBodyBytes(request, maxBytes))?.toString('utf8');
}

/** {@link readBody}, undecoded. */
export async function readBodyBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
