import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { type CertificateOptions, certificate } from './certificates';
import { httpsServer } from './https-server';

/** What the provider answers at a path. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is, anything else as JSON. */
  readonly body?: unknown;
  /** How long the answer takes, in milliseconds. */
  readonly delayMs?: number;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An identity provider on loopback: real TLS with a throw-away certificate, and answers that a test can change. */
export interface Provider {
  /** `localhost:<port>`, a value for AUTHACTION_DOMAIN. */
  readonly domain: string;
  readonly issuer: string;
  /** PEM file of the certificate, a value for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  /** By path without the query; any other path is 404. */
  readonly answers: Map<string, Answer | ((request: ReceivedRequest) => Answer)>;
  readonly requests: ReceivedRequest[];
  close(): Promise<void>;
}

export async function startProvider(options: CertificateOptions = {}): Promise<Provider> {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'));
  const caFile = join(folder, 'ca.pem');
  const made = await certificate(options);
  writeFileSync(caFile, made.cert);

  const answers: Provider['answers'] = new Map();
  const requests: ReceivedRequest[] = [];
  const answer = async (response: ServerResponse, incoming: IncomingMessage): Promise<void> => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: await text(incoming) };
    requests.push(request);
    const found = answers.get(url.split('?')[0] ?? '') ?? { status: 404, body: 'not found' };
    const {
      status = 200,
      headers: extra = {},
      body = '',
      delayMs = 0,
    } = typeof found === 'function' ? found(request) : found;
    if (delayMs > 0) await setTimeout(delayMs);
    response.writeHead(status, { 'content-type': 'application/json', ...extra });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = await httpsServer(made, (response, incoming) => void answer(response, incoming));
  return {
    domain: server.host,
    issuer: `https://${server.host}`,
    caFile,
    answers,
    requests,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
