import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Largest request body, in bytes (API Gateway's quota: 10 MB). */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Largest request line and header, in bytes (API Gateway's quota). */
export const MAX_HEADER_BYTES = 10_240;

/** A request as the gateway received it. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Names as sent; all values, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Decoded. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly sourceIp: string;
  readonly protocol: string;
}

/** Reads everything but the body, and adds the headers that API Gateway adds. */
export function readRequest(message: IncomingMessage): GatewayRequest {
  const [path = '/', query = ''] = split(message.url ?? '/', '?');
  const sourceIp = message.socket.remoteAddress ?? '127.0.0.1';
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    append(headers, nameIn(headers, message.rawHeaders[i] ?? ''), message.rawHeaders[i + 1] ?? '');
  }
  const forwardedFor = nameIn(headers, 'X-Forwarded-For');
  headers.set(forwardedFor, [[...(headers.get(forwardedFor) ?? []), sourceIp].join(', ')]);
  headers.set(nameIn(headers, 'X-Forwarded-Port'), [String(message.socket.localPort ?? '')]);
  headers.set(nameIn(headers, 'X-Forwarded-Proto'), ['http']);
  headers.set(nameIn(headers, 'X-Amzn-Trace-Id'), [`Root=1-${seconds()}-${randomBytes(12).toString('hex')}`]);

  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) append(parameters, name, value);
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64url')}=`,
    receivedAt: Date.now(),
    method: message.method ?? 'GET',
    path,
    headers,
    query: parameters,
    sourceIp,
    protocol: `HTTP/${message.httpVersion}`,
  };
}

/** All values of a header, whatever the case of its name. */
export function headerValues(request: GatewayRequest, name: string): readonly string[] {
  return request.headers.get(nameIn(request.headers, name)) ?? [];
}

/** A header keeps the spelling it came with first. */
function nameIn(headers: ReadonlyMap<string, unknown>, name: string): string {
  return [...headers.keys()].find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}

function append(map: Map<string, string[]>, name: string, value: string): void {
  map.set(name, [...(map.get(name) ?? []), value]);
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const seconds = (): string => Math.floor(Date.now() / 1000).toString(16);
