import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

/** A port is unavailable; the message says why. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/** Why a port is unavailable, by the code of the error. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken',
  EACCES: 'may not be opened by this user: most systems keep those below 1024 for the administrator',
};

/**
 * Listens on loopback, and nowhere else: on 127.0.0.1, and on ::1 where this machine has it, since `localhost` may mean
 * either.
 *
 * @param port 0: any free one.
 * @returns the port.
 * @throws PortError
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const reason = REASONS[error.code ?? ''];
      reject(reason === undefined ? error : new PortError(`Port ${port} ${reason}`));
    };
    server.once('error', fail);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', fail);
      const { port: used } = server.address() as AddressInfo;
      listenBeside(server, used, () => resolve(used));
    });
  });
}

/** Finds out that a port is unavailable before work that would be lost. @throws PortError */
export async function requireFree(port: number): Promise<void> {
  const server = createHttpServer();
  await listen(server, port);
  await shut(server);
}

/** Hands connections to ::1 to the server as well. Without IPv6 there is nothing to do. */
function listenBeside(server: Server, port: number, done: () => void): void {
  const twin = createServer((socket) => server.emit('connection', socket));
  twin.once('error', done);
  twin.listen({ port, host: '::1', exclusive: true }, done);
  server.once('close', () => twin.close());
}

/** Stops listening and breaks every connection. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
