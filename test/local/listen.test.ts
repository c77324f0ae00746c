import { createServer } from 'node:http';
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
