import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { listen, PortError, shut } from '../../local/listen';

test('a port that is taken is said to be', async () => {
  const server = createServer();
  const port = await listen(server, 0);
  await expect(listen(createServer(), port)).rejects.toThrow(new PortError(`Port ${port} is taken`));
  await shut(server);
});

// Whether port 80 is free to open depends on the machine; Node's answer where it is not does not.
test.each([
  ['EACCES', /^Port 80 may not be opened by this user/],
  ['EOTHER', /^Node: EOTHER$/],
])('a server that fails with %s', async (code, message) => {
  const server = createServer();
  server.listen = () => {
    process.nextTick(() => server.emit('error', Object.assign(new Error(`Node: ${code}`), { code })));
    return server;
  };
  await expect(listen(server, 80)).rejects.toThrow(message);
});

const hasIpv6 = Object.values(networkInterfaces()).some((found) => found?.some(({ address }) => address === '::1'));

test.each(['127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])])('a server listens on %s until it is shut', async (host) => {
  const server = createServer((_request, response) => response.end('here'));
  const port = await listen(server, 0);
  expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('here');
  await shut(server);
  await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow();
});
