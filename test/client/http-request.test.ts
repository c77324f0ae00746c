import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpRequest, isLoopback, isPrivate } from '../../client/http-request';

let server: Server | undefined;
async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${(started.address() as AddressInfo).port}/`;
}
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('a request', () => {
  test('has the time of each step, in order', async () => {
    const url = await serve((_request, response) => response.end('hello'));
    const { status, body, times = {} } = await httpRequest({ url });
    expect({ status, body }).toEqual({ status: 200, body: 'hello' });
    const { dnsMs = -1, tcpMs = -1, firstByteMs = -1, wholeMs = -1 } = times;
    expect(dnsMs).toBeGreaterThanOrEqual(0);
    expect([dnsMs, tcpMs, firstByteMs, wholeMs]).toEqual(
      [...[dnsMs, tcpMs, firstByteMs, wholeMs]].sort((a, b) => a - b),
    );
  });

  test('ends when its time is over', async () => {
    const url = await serve(() => {});
    await expect(httpRequest({ url, timeoutMs: 50 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('ends when the answer is too large', async () => {
    const url = await serve((_request, response) => response.end(Buffer.alloc(150_001)));
    await expect(httpRequest({ url })).rejects.toMatchObject({ code: 'ETOOLARGE' });
  });

  test('follows no redirect', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect((await httpRequest({ url })).status).toBe(302);
  });
});

test.each([
  ['https://api.example.com', true],
  ['http://localhost:3000', true],
  ['http://127.0.0.1', true],
  ['http://localhost.example.com', false],
  ['http://api.example.com', false],
])('%s may carry a token: %s', (url, expected) => {
  expect(isPrivate(new URL(url))).toBe(expected);
});

test('loopback is known by its name alone', () => {
  expect(['localhost', '[::1]', '127.9.9.9'].every(isLoopback)).toBe(true);
  expect(['127.0.0.1.example.com', '::1x', '10.0.0.1'].some(isLoopback)).toBe(false);
});
