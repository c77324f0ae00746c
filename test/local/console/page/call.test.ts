import { execFile, spawnSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { buildPath, curlCommand, pathVariables } from '../../../../local/console/page/call';
import type { Call } from '../../../../local/console/view';

const values: Readonly<Record<string, string>> = { id: 'a b/c?d', 'proxy-path': 'one/two three', plain: '42' };
const valueFor = (name: string): string => values[name] ?? '';

test('finds the variables of a path', () => {
  expect(pathVariables('/orders/{id}/files/{proxy-path+}')).toEqual(['id', 'proxy-path']);
  expect(pathVariables('/public')).toEqual([]);
});

test.each([
  ['/orders/{plain}', '', '/orders/42'],
  ['/orders/{id}/items', '', '/orders/a%20b%2Fc%3Fd/items'],
  ['/files/{proxy-path+}', '', '/files/one/two%20three'],
  ['/public', 'limit=10&sort=name', '/public?limit=10&sort=name'],
  ['/public', ' ?a=b c&d=é#e&f=%20 ', '/public?a=b%20c&d=%C3%A9%23e&f=%20'],
  ['/public?a=1', '', '/public?a=1'],
  ['/pûblic', '', '/p%C3%BBblic'],
])('builds a path: %s with the query %j', (path, query, expected) => {
  expect(buildPath(path, valueFor, query)).toBe(expected);
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;
(hasCurl ? test : test.skip).each<Call>([
  { method: 'GET', path: '/public' },
  { method: 'GET', path: '/items?ids[]=1&to={2}', token: 'a.b.c' },
  { method: 'HEAD', path: '/public' },
  { method: 'DELETE', path: '/items/1', token: 'a.b.c' },
  { method: 'POST', path: '/items', body: '{"name": "it\'s\n$HOME `x` \\""}', contentType: 'application/json; a="b"' },
  { method: 'PUT', path: '/items/1', body: '@/etc/hostname', contentType: 'text/plain' },
])(
  `writes a curl command that sends the same request: %j${hasCurl ? '' : ' (skipped: there is no curl)'}`,
  async (call) => {
    let seen:
      | { method?: string | undefined; path?: string | undefined; headers: IncomingHttpHeaders; body: string }
      | undefined;
    const server = createServer(async (request, response) => {
      const { method, url: path, headers } = request;
      seen = { method, path, headers, body: await text(request) };
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await promisify(execFile)('sh', ['-c', curlCommand(url, call)], { timeout: 10_000 });
    } finally {
      server.close();
    }
    expect(seen).toMatchObject({ method: call.method, path: call.path, body: call.body ?? '' });
    expect(seen?.headers.authorization).toBe(call.token && `Bearer ${call.token}`);
    expect(seen?.headers['content-type']).toBe(call.contentType);
  },
);
