import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** An identity provider's key endpoint on loopback, over real TLS. */
export interface Provider {
  /** `localhost:{port}`: what ours takes as the tenant's domain. */
  readonly host: string;
  /** Certificate file for `NODE_EXTRA_CA_CERTS` of the processes that shall trust it. */
  readonly caFile: string;
  close(): Promise<void>;
}

/** Serves a JWKS document at `/.well-known/jwks.json`. */
export async function startProvider(document: unknown): Promise<Provider> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, cert);
  const body = JSON.stringify(document);
  const server = createServer({ key, cert }, (request, response) => {
    const found = request.url === '/.well-known/jwks.json';
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(found ? body : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    caFile,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
