import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, shut } from '../listen';
import { readBody } from '../read-body';
import { parseAction } from './action';
import { refusal } from './guard';
import { buildPage, contentSecurityPolicy } from './page';
import type { ActionAnswer, ConsoleAction, RunView, Trace } from './view';

/** Requests kept for a page that is opened later. */
const KEPT_TRACES = 100;

/** Time between comments that keep a quiet stream from being taken for a dead one, in milliseconds. */
const HEARTBEAT_MS = 15_000;

/** Largest action read, in bytes: a call with a body. */
const MAX_BODY_BYTES = 1_048_576;

/** The run that a console shows and controls. */
export interface ConsoleRun {
  view(): RunView;
  /** The API described as OpenAPI 3.1. */
  describe(): unknown;
  /** Calls back with each request that went through the gateway, and without one when anything else has changed. */
  subscribe(listener: (trace?: Trace) => void): () => void;
  /** Does what the page asks for. Never rejects: a failure is an answer. */
  perform(action: ConsoleAction): Promise<ActionAnswer>;
}

export interface Console {
  readonly url: string;
  /** What a request that changes something must carry in `X-Console-Secret`. */
  readonly secret: string;
  stop(): Promise<void>;
}

/**
 * Serves the console on loopback.
 *
 * @param port 0: any free one.
 * @throws PortError
 */
export async function startConsole(run: ConsoleRun, port: number): Promise<Console> {
  const secret = randomBytes(24).toString('base64url');
  const instance = randomBytes(8).toString('base64url');
  const page = await buildPage();
  const streams = new Set<ServerResponse>();
  const traces: Trace[] = [];

  const send = (stream: ServerResponse, event: 'hello' | 'run' | 'trace', data: string | RunView | Trace): void =>
    void stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

  const unsubscribe = run.subscribe((trace) => {
    if (trace) {
      traces.push(trace);
      if (traces.length > KEPT_TRACES) traces.shift();
    }
    const view = run.view();
    for (const stream of streams) {
      send(stream, 'run', view);
      if (trace) send(stream, 'trace', trace);
    }
  });
  const heartbeat = setInterval(() => {
    for (const stream of streams) stream.write(':\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();

  function showPage(response: ServerResponse): void {
    const nonce = randomBytes(16).toString('base64');
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'Cross-Origin-Opener-Policy': 'same-origin',
    });
    response.end(page(nonce, secret));
  }

  function openStream(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    send(response, 'hello', instance);
    send(response, 'run', run.view());
    for (const trace of traces) send(response, 'trace', trace);
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  async function answerAction(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = parseAction((await readBody(request, MAX_BODY_BYTES)) ?? '');
    const answer: ActionAnswer = action
      ? await run.perform(action)
      : { ok: false, error: 'The console does not know this action.' };
    response.writeHead(action ? 200 : 400, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    const { method = '', headers, url } = request;
    const reason = refusal(method, headers, { port: listening, secret });
    if (reason) {
      response.writeHead(reason === 'method' ? 405 : 403, { 'Content-Type': 'text/plain' });
      response.end(`Refused: ${reason}. Open http://localhost:${listening}/ itself.\n`);
    } else if (method === 'GET' && url === '/') showPage(response);
    else if (method === 'GET' && url === '/events') openStream(response);
    else if (method === 'GET' && url === '/openapi.json')
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(run.describe()));
    else if (method === 'POST' && url === '/actions')
      answerAction(request, response).catch(() => response.destroy()); // the page is gone
    else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n');
  });
  const listening = await listen(server, port);

  return {
    url: `http://localhost:${listening}/`,
    secret,
    async stop() {
      clearInterval(heartbeat);
      unsubscribe();
      await shut(server);
    },
  };
}
