import { lookup } from 'node:dns';
import { type IncomingHttpHeaders, Agent as PlainAgent, request as requestHttp } from 'node:http';
import { Agent, type AgentOptions, globalAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

/** Time for one whole request by default, in milliseconds. */
const TIMEOUT_MS = 8_000;

/** The maximum size of an answer, in bytes. */
const MAX_BODY_BYTES = 150_000;

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Authorities to trust instead of the usual ones, as PEM. */
  readonly ca?: string | undefined;
  /** Time for the whole request, in milliseconds. */
  readonly timeoutMs?: number;
  /** Whether a larger answer than this program reads is cut off instead of an error. */
  readonly cutsOff?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly times?: RequestTimes;
}

/** When each step of a request was done, in milliseconds since its start. A step that did not take place is missing. */
export interface RequestTimes {
  dnsMs?: number;
  tcpMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
  wholeMs?: number;
}

/** The code of the error when the time is up or the answer is too large, in the style of Node's own. */
class RequestError extends Error {
  constructor(readonly code: 'ETIMEDOUT' | 'ETOOLARGE') {
    super(code);
  }
}

/** Whether a request to this URL may carry credentials: over TLS, or not leaving this machine. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** Whether a URL has a name or password in it, which a request to it would send. */
export const hasCredentials = ({ username, password }: URL): boolean => username + password !== '';

/** Whether a URL's host name means this machine by itself, without a name server. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Makes one HTTP request on a connection of its own, with full certificate checks. Follows no redirect, and ends within
 * its time whatever the server does. Uses a proxy where Node itself does; see {@link environmentProxy}.
 *
 * @throws an error with a `code` when there is no complete answer.
 */
export function httpRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method = 'GET', headers = {}, body, ca, timeoutMs = TIMEOUT_MS, cutsOff = false } = request;
  return new Promise((resolve, reject) => {
    const isTls = url.startsWith('https:');
    const startedAtMs = performance.now();
    const times: RequestTimes = {};
    const mark = (step: keyof RequestTimes) => {
      times[step] = Math.round(performance.now() - startedAtMs);
    };
    const options = {
      method,
      agent: freshAgent(isTls),
      headers: { 'accept-encoding': 'identity', ...headers },
      lookup: timedLookup(() => mark('dnsMs')),
    };
    const outgoing = isTls
      ? requestHttps(url, { ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : requestHttp(url, options);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
      outgoing.destroy();
    };
    const timer = setTimeout(() => fail(new RequestError('ETIMEDOUT')), timeoutMs);
    outgoing.on('error', fail);
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => mark('tcpMs'));
      socket.once('secureConnect', () => mark('tlsMs'));
    });
    outgoing.on('response', (response) => {
      mark('firstByteMs');
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_BODY_BYTES) chunks.push(chunk);
        else if (!cutsOff) fail(new RequestError('ETOOLARGE'));
        else {
          done();
          outgoing.destroy();
        }
      });
      const done = () => {
        clearTimeout(timer);
        mark('wholeMs');
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, times });
      };
      response.on('end', done);
    });
    outgoing.end(body);
  });
}

/** The system's resolver, which tells when it is done. */
const timedLookup =
  (onDone: () => void): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, options, (...result) => {
      onDone();
      callback(...result);
    });

/** How long one address of a host may take to connect before the next one is tried, in milliseconds. */
const ADDRESS_TIMEOUT_MS = 2_000;

/** An agent without kept connections. Node's default of 250 ms for each address cuts off distant ones. */
function freshAgent(isTls: boolean): Agent | PlainAgent {
  const options = { proxyEnv: environmentProxy(), autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS } as AgentOptions;
  return isTls ? new Agent(options) : new PlainAgent(options);
}

/**
 * The proxy settings of the environment, where Node uses them: with `NODE_USE_ENV_PROXY=1`, and only in versions that
 * have support for it. `undefined` where Node connects directly.
 */
export function environmentProxy(): unknown {
  // Not in the types of the oldest Node supported.
  return (globalAgent.options as { readonly proxyEnv?: unknown }).proxyEnv;
}
