import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Request } from './row';

export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Header in which a caller tells the lab's authorizer what to do, as base64 of JSON. */
export const TASK_HEADER = 'X-Lab-Authorizer';

/** Sends a request byte for byte, on a connection of its own, and reads the whole answer. */
export function send(baseUrl: string, request: Request): Promise<RawAnswer> {
  const { protocol, hostname, port, pathname, host } = new URL(baseUrl);
  const [method = '', target = ''] = request.line.split(/ (.*)/s);
  const body = Buffer.from(request.body ?? '');
  const given = request.headers ?? [];
  const added = [
    ...(has(given, 'Host') ? [] : [`Host: ${host}`]),
    ...(has(given, 'Connection') ? [] : ['Connection: close']),
    ...(body.length === 0 || has(given, 'Transfer-Encoding') ? [] : [`Content-Length: ${body.length}`]),
    ...(request.authorizer
      ? [`${TASK_HEADER}: ${Buffer.from(JSON.stringify(request.authorizer)).toString('base64')}`]
      : []),
  ];
  const head = [`${method} ${pathname.replace(/\/$/, '')}${target} HTTP/1.1`, ...added, ...given, '', ''].join('\r\n');
  return new Promise((resolve, reject) => {
    const socket =
      protocol === 'https:'
        ? connectTls({ host: hostname, port: Number(port || 443), servername: hostname })
        : connect(Number(port || 80), hostname);
    const chunks: Buffer[] = [];
    const finish = (): void => {
      const answer = parse(Buffer.concat(chunks), method);
      if (!answer) return;
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      finish();
    });
    socket.setTimeout(30_000, () => socket.destroy(new Error(`No whole answer to ${request.line.slice(0, 100)}`)));
    // A server that refuses a body may break the connection after its answer.
    const end = (error?: Error): void => {
      finish();
      reject(error ?? new Error(`No whole answer to ${request.line.slice(0, 100)}`));
    };
    socket.once('error', end);
    socket.once('close', () => end());
    socket.write(head);
    socket.write(body);
  });
}

const has = (headers: readonly string[], name: string): boolean =>
  headers.some((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));

/** The answer in what has arrived so far, or `undefined` while it is not whole. */
function parse(bytes: Buffer, method: string): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return parse(rest, method);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const headerValue = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (method === 'HEAD' || status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0) };
  if (headerValue('transfer-encoding')?.toLowerCase() === 'chunked') {
    const body = dechunk(rest);
    return body && { status, headers, body };
  }
  const length = Number(headerValue('content-length') ?? 0);
  return rest.length < length ? undefined : { status, headers, body: rest.subarray(0, length) };
}

function dechunk(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n');
    if (end < 0) return undefined;
    const size = Number.parseInt(rest.subarray(0, end).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(chunks);
    if (rest.length < end + 4 + size) return undefined;
    chunks.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(end + 4 + size);
  }
}
