import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Largest request body, in bytes (API Gateway's quota: 10 MB). */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Largest total of all header names, values and line terminators, in bytes (API Gateway's quota). */
export const MAX_HEADER_BYTES = 20_480;

/** Longest URL of a Regional API, in characters (API Gateway's quota). */
export const MAX_URL_LENGTH = 10_240;

/** A request as the gateway received it. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** `Root=1-{8 hex digits}-{24 hex digits}` */
  readonly traceId: string;
  /** Since the epoch. */
  readonly receivedAtMs: number;
  /** What `X-HTTP-Method-Override` says, else the method of the request line. */
  readonly method: string;
  /** As sent, without the query, with one slash at the start. */
  readonly path: string;
  /** As sent, without the query. */
  readonly rawPath: string;
  /** As sent: path and query. */
  readonly url: string;
  /** Names as sent; all values, in order. Without those that API Gateway drops. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Decoded. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly sourceIp: string;
  readonly protocol: string;
}

/** Headers of a request that never reach a Lambda ("Important notes" of the developer guide). */
const DROPPED = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
  'x-http-method-override',
]);

/** Reads everything but the body, and adds the headers that API Gateway adds. */
export function readRequest(message: IncomingMessage): GatewayRequest {
  // A request line may name the whole address.
  const url = (message.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const [rawPath, query] = split(url, '?');
  const sourceIp = message.socket.remoteAddress ?? '127.0.0.1';
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i] ?? '';
    if (!DROPPED.has(name.toLowerCase())) append(headers, spelling(headers, name), message.rawHeaders[i + 1] ?? '');
  }
  const traceId = givenTraceId(message) ?? `Root=1-${epochSecondsInHex()}-${randomBytes(12).toString('hex')}`;
  const forwardedFor = spelling(headers, 'X-Forwarded-For');
  headers.set(forwardedFor, [[...(headers.get(forwardedFor) ?? []), sourceIp].join(', ')]);
  // As on AWS, which is reached through HTTPS alone.
  headers.set(spelling(headers, 'X-Forwarded-Port'), ['443']);
  headers.set(spelling(headers, 'X-Forwarded-Proto'), ['https']);
  headers.set(spelling(headers, 'X-Amzn-Trace-Id'), [traceId]);

  const parameters = new Map<string, string[]>();
  // A semicolon splits, too ("Important notes").
  for (const [name, value] of new URLSearchParams(query.replaceAll(';', '&'))) append(parameters, name, value);
  const override = message.headers['x-http-method-override'];
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64url')}=`,
    traceId,
    receivedAtMs: Date.now(),
    method: typeof override === 'string' && override !== '' ? override : (message.method ?? 'GET'),
    path: rawPath.replace(/^\/*/, '/'),
    rawPath: rawPath.startsWith('/') ? rawPath : `/${rawPath}`,
    url,
    headers,
    query: parameters,
    sourceIp,
    protocol: `HTTP/${message.httpVersion}`,
  };
}

/** All values of a header, whatever the case of its name. */
export function headerValues(request: GatewayRequest, name: string): readonly string[] {
  return request.headers.get(spelling(request.headers, name)) ?? [];
}

/** Why a request gets no further than API Gateway's own front, or `undefined`. */
export function frontProblem(
  message: IncomingMessage,
): 'BAD_REQUEST' | 'HEADERS_TOO_LARGE' | 'URI_TOO_LONG' | undefined {
  const url = message.url ?? '';
  if (url.length > MAX_URL_LENGTH) return 'URI_TOO_LONG';
  const headerBytes = message.rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text, 'latin1') + 2, 0);
  if (headerBytes > MAX_HEADER_BYTES) return 'HEADERS_TOO_LARGE';
  // "Must be URL-encoded" ("Important notes").
  return /[|{}]/.test(split(url, '?')[1]) ? 'BAD_REQUEST' : undefined;
}

/** A header keeps the spelling it came with first; `User-Agent` arrives in this spelling whatever the caller's. */
function spelling(headers: ReadonlyMap<string, unknown>, name: string): string {
  const lower = name.toLowerCase();
  if (lower === 'user-agent') return 'User-Agent';
  return [...headers.keys()].find((key) => key.toLowerCase() === lower) ?? name;
}

function givenTraceId({ headers }: IncomingMessage): string | undefined {
  return /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(String(headers['x-amzn-trace-id']))?.[0];
}

function append(map: Map<string, string[]>, name: string, value: string): void {
  map.set(name, [...(map.get(name) ?? []), value]);
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const epochSecondsInHex = (): string => Math.floor(Date.now() / 1000).toString(16);
