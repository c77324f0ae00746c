import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Certificate } from './certificates';

/** How the server answers one request. @param count number of this request, from 1. */
export type Script = (response: ServerResponse, request: IncomingMessage, count: number) => void;

/** A server on loopback that does what the test tells it to, well-behaved or not. */
export interface ScriptedServer {
  /** `localhost:{port}`. */
  readonly host: string;
  /** What it does with the next requests; may be replaced at any time. */
  script: Script;
  /** Requests that arrived, by path. */
  readonly paths: string[];
  /** TCP connections that were opened. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Starts an HTTPS server on a free port of loopback. */
export async function httpsServer({ cert, key }: Certificate, script: Script): Promise<ScriptedServer> {
  const paths: string[] = [];
  const server = createHttpsServer({ cert, key }, (request, response) => {
    paths.push(request.url ?? '');
    scripted.script(response, request, paths.length);
  });
  const scripted: ScriptedServer = { script, paths, ...(await listening(server)) };
  return scripted;
}

/** Starts a server that speaks no TLS: it does with each connection what it is told to. */
export async function tcpServer(
  onConnection: (socket: Socket) => void,
): Promise<Omit<ScriptedServer, 'script' | 'paths'>> {
  return listening(createTcpServer(onConnection));
}

async function listening(server: Server): Promise<Pick<ScriptedServer, 'host' | 'connections' | 'close'>> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    host: `localhost:${address.port}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers with a value as JSON. */
export const json =
  (value: unknown, status = 200): Script =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

/** Answers with raw bytes. */
export const raw =
  (body: string | Buffer, status = 200, headers: Record<string, string> = {}): Script =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** Never answers. */
export const hang: Script = () => {};

/** Sends the headers and half of the body, then nothing more. */
export const hangInBody =
  (value: unknown): Script =>
  (response) => {
    const body = JSON.stringify(value);
    response.writeHead(200, { 'content-length': body.length }).write(body.slice(0, body.length / 2));
  };

/** Sends one byte every 200 ms. */
export const drip =
  (value: unknown): Script =>
  (response) => {
    const body = JSON.stringify(value);
    response.writeHead(200, { 'content-length': body.length });
    let sent = 0;
    const timer = setInterval(() => response.write(body.charAt(sent++)), 200);
    response.on('close', () => clearInterval(timer));
  };

/** Breaks the connection off. */
export const reset: Script = (response) => void response.socket?.destroy();

/** Promises more bytes than it sends. */
export const truncated =
  (value: unknown): Script =>
  (response) => {
    const body = JSON.stringify(value);
    response.writeHead(200, { 'content-length': body.length + 1 });
    response.write(body, () => response.socket?.end());
  };

/** Sends a key set padded to this many bytes, as fast as it is taken. */
export const huge =
  (bytes: number): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(65_536, ' ');
    let left = bytes;
    const pump = () => {
      while (left > 0 && !response.destroyed) {
        left -= chunk.length;
        if (!response.write(chunk)) return response.once('drain', pump);
      }
      return response.end('{"keys":[]}');
    };
    pump();
  };

/** Some kilobytes of gzip that unpack to this many megabytes, of which each is packed alike; no request asks for gzip. */
export const gzipBomb = (megabytes: number): Script => {
  const packed = gzipSync(Buffer.alloc(1_000_000, ' '));
  return raw(Buffer.concat(Array.from({ length: megabytes }, () => packed)), 200, { 'content-encoding': 'gzip' });
};

/** The first scripts for the first requests, one each; the last one for all that follow. */
export const inTurn =
  (...scripts: readonly Script[]): Script =>
  (response, request, count) =>
    scripts[Math.min(count, scripts.length) - 1]?.(response, request, count);
