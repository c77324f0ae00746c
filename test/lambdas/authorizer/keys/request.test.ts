import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestBody } from '../../../../lambdas/authorizer/keys/request';
import { type Certificate, certificate } from '../../../support/certificates';

/** How far away the slow route is, there and back, in milliseconds. */
const ROUND_TRIP_MS = 300;

let provider: Certificate;
const closers: (() => void)[] = [];
beforeAll(async () => {
  provider = await certificate({ host: 'tenant.test' });
});
afterAll(() => {
  for (const close of closers) close();
});

/** Listens on an address of loopback, at this port or a free one. Returns the port. */
async function listen(server: Server, address: string, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
  });
  server.listen(port, address);
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A provider that answers with its own address, after a while. */
function good(address: string, { port, afterMs = [] }: { port?: number; afterMs?: readonly number[] } = {}) {
  const requests: string[] = [];
  const server = createHttpsServer(provider, (request, response) => {
    requests.push(request.headers.host ?? '');
    const delayMs = afterMs[requests.length - 1];
    if (delayMs !== Infinity) setTimeout(() => response.end(address), delayMs);
  });
  server.on('tlsClientError', () => {});
  return listen(server, address, port).then((at) => ({ port: at, requests }));
}

/** Accepts connections and never says a word. */
async function silent(address: string, port: number): Promise<{ readonly connections: () => number }> {
  let connections = 0;
  const server = createTcpServer(() => {
    connections += 1;
  });
  await listen(server, address, port);
  return { connections: () => connections };
}

/** A route to the provider on which everything takes half a round trip in each direction. */
async function slowRoute(
  address: string,
  toPort: number,
  toAddress: string,
  port: number,
  roundTripMs = ROUND_TRIP_MS,
): Promise<void> {
  const later = (work: () => void) => void setTimeout(work, roundTripMs / 2);
  const server = createTcpServer((near) => {
    const far = connect(toPort, toAddress);
    far.on('error', () => {});
    near.on('data', (data) => later(() => far.write(data)));
    far.on('data', (data) => later(() => near.write(data)));
    near.on('close', () => far.destroy());
    far.on('close', () => later(() => near.destroy()));
  });
  await listen(server, address, port);
}

const request = (port: number, addresses: readonly string[], timeoutMs = 3_000, dnsMs = 0, turn = { first: 0 }) =>
  requestBody(
    `https://tenant.test:${port}/keys`,
    {
      ca: provider.cert,
      turn,
      async resolveHost(hostname) {
        expect(hostname).toBe('tenant.test');
        await sleep(dnsMs);
        return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      },
    },
    timeoutMs,
  ).then(String);

// Tests that need one port on several addresses have addresses of their own, so that it is free on all of them.
describe('any address that works is enough', () => {
  test.concurrent('passes over an address that accepts TCP and never answers TLS', async () => {
    const { port } = await good('127.0.1.2');
    const { connections } = await silent('127.0.1.1', port);
    expect(await request(port, ['127.0.1.1', '127.0.1.2'])).toBe('127.0.1.2');
    expect(connections()).toBe(1);
  });

  test.concurrent('passes over several of them', async () => {
    const { port } = await good('127.0.2.4');
    for (const address of ['127.0.2.1', '127.0.2.2', '127.0.2.3']) await silent(address, port);
    expect(await request(port, ['127.0.2.1', '127.0.2.2', '127.0.2.3', '127.0.2.4'])).toBe('127.0.2.4');
  });

  test.concurrent('passes over addresses that refuse, at once', async () => {
    const { port } = await good('127.0.3.20');
    const refusing = Array.from({ length: 19 }, (_, index) => `127.0.3.${index + 1}`);
    // Were each waited for, as for silent ones, the last would have its turn after 7.6 s.
    expect(await request(port, [...refusing, '127.0.3.20'])).toBe('127.0.3.20');
  });

  test.concurrent('passes over an address that shows another certificate', async () => {
    const { port } = await good('127.0.4.2');
    await listen(createHttpsServer(await certificate({ host: 'other.test' })), '127.0.4.1', port);
    expect(await request(port, ['127.0.4.1', '127.0.4.2'])).toBe('127.0.4.2');
  });

  test.concurrent('takes the other family before a second address of the same', async () => {
    const { port } = await good('127.0.5.1');
    const sixes = ['::1', '::ffff:127.0.5.2', '::ffff:127.0.5.3', '::ffff:127.0.5.4', '::ffff:127.0.5.5'];
    for (const address of ['::1', '127.0.5.2', '127.0.5.3', '127.0.5.4', '127.0.5.5']) await silent(address, port);
    expect(await request(port, [...sixes, '127.0.5.1'], 1_200)).toBe('127.0.5.1');
  });

  test.concurrent('reaches an address 300 ms away behind one that is dead, with a slow answer of the DNS', async () => {
    const { port: far } = await good('127.0.6.3');
    const server = createTcpServer();
    const port = await listen(server, '127.0.6.1');
    await slowRoute('127.0.6.2', far, '127.0.6.3', port);
    expect(await request(port, ['127.0.6.1', '127.0.6.2'], 3_000, 500)).toBe('127.0.6.3');
  });

  test.concurrent('sends the request to one address only when several would answer', async () => {
    const { port, requests } = await good('127.0.7.2');
    const other = await good('127.0.7.1', { port, afterMs: [1_000] });
    expect(await request(port, ['127.0.7.1', '127.0.7.2'])).toBe('127.0.7.1');
    expect([...requests, ...other.requests]).toEqual([`tenant.test:${port}`]);
  });

  test.concurrent('gives up the slower connection when another one is established, before it sends its request', async () => {
    const far = await good('127.0.8.3');
    const near = await good('127.0.8.2', { afterMs: [1_000] });
    await slowRoute('127.0.8.1', far.port, '127.0.8.3', near.port, 2 * ROUND_TRIP_MS);
    expect(await request(near.port, ['127.0.8.1', '127.0.8.2'])).toBe('127.0.8.2');
    await sleep(4 * ROUND_TRIP_MS);
    expect(far.requests).toEqual([]);
  });

  test.concurrent.each<[string, (response: ServerResponse) => void]>([
    ['a status of 500', (response) => void response.writeHead(500).end()],
    ['a closed connection', (response) => void response.socket?.destroy()],
  ])('after %s, the next request begins with another address', async (_title, answer) => {
    const { port } = await good('127.0.9.2');
    await listen(
      createHttpsServer(provider, (_request, response) => answer(response)),
      '127.0.9.1',
      port,
    );
    const turn = { first: 0 };
    const addresses = ['127.0.9.1', '127.0.9.2'];
    await expect(request(port, addresses, 3_000, 0, turn)).rejects.toThrow();
    expect(await request(port, addresses, 3_000, 0, turn)).toBe('127.0.9.2');
    expect(await request(port, addresses, 3_000, 0, turn)).toBe('127.0.9.2');
  });

  test.concurrent('fails with the reason of the last address when none works', async () => {
    const { port } = await good('127.0.10.3');
    await listen(
      createTcpServer((socket) => socket.destroy()),
      '127.0.10.1',
      port,
    );
    await expect(request(port, ['127.0.10.1', '127.0.10.2'])).rejects.toMatchObject({
      failure: 'network',
      code: 'ECONNREFUSED',
    });
  });

  test.concurrent('fails when the name has no address', async () => {
    await expect(request(443, [])).rejects.toMatchObject({ failure: 'network' });
    await expect(requestBody('https://tenant.invalid/', { turn: { first: 0 } }, 3_000)).rejects.toMatchObject({
      failure: 'network',
    });
  });

  test.concurrent('requests a single address twice at most, and begins with the next one after all of these', async () => {
    const { port } = await good('127.0.11.2');
    const { connections } = await silent('127.0.11.1', port);
    const turn = { first: 0 };
    await expect(request(port, ['127.0.11.1'], 1_500, 0, turn)).rejects.toMatchObject({ failure: 'timeout' });
    await sleep(10);
    expect([connections(), turn.first]).toEqual([2, 2]);
  });

  test.concurrent('fails in time when no address answers, and when the DNS does not', async () => {
    const { port } = await good('127.0.12.3');
    await silent('127.0.12.1', port);
    await silent('127.0.12.2', port);
    await expect(request(port, ['127.0.12.1', '127.0.12.2'], 700)).rejects.toMatchObject({ failure: 'timeout' });
    await expect(request(port, ['127.0.12.3'], 300, 1_000)).rejects.toMatchObject({ failure: 'timeout' });
  });
});

describe('one total time', () => {
  test.concurrent('leaves no request to an address that the DNS names too late', async () => {
    const { port } = await good('127.0.13.4');
    const addresses = ['127.0.13.1', '127.0.13.2', '127.0.13.3'];
    const silentOnes = await Promise.all(addresses.map((address) => silent(address, port)));
    await expect(request(port, addresses, 300, 400)).rejects.toMatchObject({ failure: 'timeout' });
    await sleep(800);
    expect(silentOnes.map(({ connections }) => connections())).toEqual([0, 0, 0]);
  });

  test.concurrent('is enough for an answer that takes most of it', async () => {
    const { port, requests } = await good('127.0.0.1', { afterMs: [3_400, Infinity] });
    expect(await request(port, ['127.0.0.1'], 4_000)).toBe('127.0.0.1');
    expect(requests).toHaveLength(2);
  });

  test.concurrent('has room for a second request beside one that is never answered', async () => {
    const { port, requests } = await good('127.0.0.1', { afterMs: [Infinity, 0] });
    expect(await request(port, ['127.0.0.1'], 4_000)).toBe('127.0.0.1');
    expect(requests).toHaveLength(2);
  });

  test.concurrent('keeps the first request when the second one fails', async () => {
    const responses: ServerResponse[] = [];
    const server = createHttpsServer(provider, (_request, response) => {
      const [first] = responses;
      responses.push(response);
      if (first === undefined) return;
      response.destroy();
      setTimeout(() => first.end('the first'), 100);
    });
    const port = await listen(server, '127.0.0.1');
    expect(await request(port, ['127.0.0.1'], 2_000)).toBe('the first');
    expect(responses).toHaveLength(2);
  });

  test.concurrent('makes one request when the answer comes early', async () => {
    const { port, requests } = await good('127.0.0.1', { afterMs: [500] });
    expect(await request(port, ['127.0.0.1'])).toBe('127.0.0.1');
    expect(requests).toHaveLength(1);
  });
});
