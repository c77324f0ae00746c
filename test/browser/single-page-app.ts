import { createServer } from 'node:http';
import { listen, shut } from '../../local/listen';

/** A server of a single-page app: an origin of its own. */
export interface AppServer {
  /** `http://127.0.0.1:{port}` */
  readonly origin: string;
  /** Gives the page tokens at `/token`: the client's secret stays on the server. */
  getTokensFrom(getToken: (scope: string | undefined) => Promise<string>): void;
  close(): Promise<void>;
}

/** Starts a server with an empty page, whose scripts a test evaluates. */
export async function startAppServer(): Promise<AppServer> {
  let getToken: (scope: string | undefined) => Promise<string> = () => Promise.reject(new Error('No tokens yet'));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname !== '/token') {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>App</title>');
      return;
    }
    getToken(searchParams.get('scope') ?? undefined).then(
      (token) => response.end(token),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  return {
    origin: `http://127.0.0.1:${await listen(server, 0)}`,
    getTokensFrom(source) {
      getToken = source;
    },
    close: () => shut(server),
  };
}
