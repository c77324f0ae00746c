import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { generate } from 'selfsigned';

/** What the provider answers at a path. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is, anything else as JSON. */
  readonly body?: unknown;
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

/** @param hosts names the certificate is for. @param notAfter when it runs out; in a year by default. */
export async function startProvider({ hosts = ['localhost'], notAfter = inDays(365) } = {}): Promise<Provider> {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'));
  const caFile = join(folder, 'ca.pem');
  const pems = await generate([{ name: 'commonName', value: hosts[0] }], {
    keyType: 'ec',
    notBeforeDate: inDays(-400),
    notAfterDate: notAfter,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });
  writeFileSync(caFile, pems.cert);

  const answers: Provider['answers'] = new Map();
  const requests: ReceivedRequest[] = [];
  const server = createServer({ key: pems.private, cert: pems.cert }, async (incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: await text(incoming) };
    requests.push(request);
    const found = answers.get(url.split('?')[0] ?? '') ?? { status: 404, body: 'not found' };
    const { status = 200, headers: extra = {}, body = '' } = typeof found === 'function' ? found(request) : found;
    outgoing.writeHead(status, { 'content-type': 'application/json', ...extra });
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const domain = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    domain,
    issuer: `https://${domain}`,
    caFile,
    answers,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

export const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
