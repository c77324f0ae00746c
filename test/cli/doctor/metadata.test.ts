import { createServer } from 'node:http';
import { examineMetadata } from '../../../cli/doctor/metadata';
import type { Check } from '../../../cli/doctor/report';
import type { Route } from '../../../lambdas/shared/route-table';
import { listen, shut } from '../../../local/listen';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const PATH = '/.well-known/oauth-protected-resource';
const ISSUER = 'https://tenant.example.com/';
const routes: readonly Route[] = [
  { method: 'GET', path: '/news', handler: 'news', access: 'public' },
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
];

const answers = new Map<string, Answer>();
let requested: string[] = [];
let base: string;
const server = createServer((request, response) => {
  const { url = '' } = request;
  requested.push(url);
  const { status, headers, body } = answers.get(url) ?? { status: 403, headers: {}, body: {} };
  response.writeHead(status, headers).end(JSON.stringify(body));
});
beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(server, 0)}/dev`;
});
afterAll(() => shut(server));

/** An API that publishes its metadata as it should, but for a change. */
function publish({
  path = '',
  challenge = `${base}${PATH}${path}`,
  document = {},
  ...change
}: Partial<Answer> & {
  readonly path?: string;
  readonly challenge?: string | undefined;
  readonly document?: Readonly<Record<string, unknown>>;
} = {}): void {
  requested = [];
  answers.clear();
  answers.set('/dev/orders', {
    status: 401,
    headers: {
      'www-authenticate':
        challenge === '' ? 'Bearer' : `Bearer error="invalid_token", resource_metadata="${challenge}"`,
    },
    body: {},
  });
  answers.set(`/dev${PATH}${path}`, {
    status: 200,
    headers: { 'access-control-allow-origin': '*' },
    body: { resource: `${base}${path}`, authorization_servers: [ISSUER], ...document },
    ...change,
  });
}

async function examine(discoveredIssuer: string | undefined = ISSUER, table = routes): Promise<Record<string, Check>> {
  const checks = await examineMetadata({ url: `${base}/`, routes: table, discoveredIssuer });
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

const statuses = (checks: Record<string, Check>) =>
  Object.fromEntries(Object.entries(checks).map(([name, { status }]) => [name, status]));

test.each(['', '/mcp'])('passes metadata of this URL and issuer, of the resource "%s" below it', async (path) => {
  publish({ path });
  expect(statuses(await examine())).toEqual({ challenge: 'pass', metadata: 'pass', 'authorization server': 'pass' });
});

test('an API that publishes none has nothing wrong', async () => {
  publish({ challenge: '' });
  answers.delete(`/dev${PATH}`);
  expect(statuses(await examine())).toEqual({ metadata: 'skip' });
});

test('an API of public routes only is asked at the well-known address', async () => {
  publish();
  expect(statuses(await examine(ISSUER, routes.slice(0, 1)))).toMatchObject({ challenge: 'warn', metadata: 'pass' });
});

test('the other spelling of the issuer is wrong, and the advice has the right one', async () => {
  publish({ document: { authorization_servers: [ISSUER.slice(0, -1)] } });
  expect((await examine())['authorization server']).toMatchObject({
    status: 'fail',
    advice: `Set RESOURCE_METADATA_ISSUER (protectedResource.issuer) to "${ISSUER}".`,
  });
});

test.each([[[]], ['text'], [undefined], [[1]]])('authorization servers %j are wrong', async (servers) => {
  publish({ document: { authorization_servers: servers } });
  expect((await examine())['authorization server']?.status).toBe('fail');
});

test('without a discovery document the issuer is not judged', async () => {
  publish();
  const checks = await examineMetadata({ url: base, routes });
  expect(checks.at(-1)).toMatchObject({ name: 'authorization server', status: 'skip' });
});

test('a resource that is not this URL is wrong', async () => {
  publish({ document: { resource: 'https://api.example.com' } });
  expect((await examine()).metadata).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('"https://api.example.com"'),
    advice: expect.stringContaining('RESOURCE_METADATA'),
  });
});

test.each(['https://api.example.com/.well-known/oauth-protected-resource', 'x'])(
  'another address in the challenge is wrong, and nothing is fetched from there: %s',
  async (challenge) => {
    publish({ challenge });
    expect(statuses(await examine())).toEqual({ challenge: 'fail' });
    expect(requested).toEqual(['/dev/orders']);
  },
);

test('metadata that need a token are wrong', async () => {
  publish({ status: 401 });
  expect((await examine()).metadata).toMatchObject({ status: 'fail', detail: expect.stringContaining('HTTP 401') });
});

test('metadata that the challenge does not name, or that pages cannot read, are worth a warning', async () => {
  publish({ challenge: '', headers: {} });
  expect(statuses(await examine())).toMatchObject({ challenge: 'warn', metadata: 'warn' });
});

test('an answer that is no document is wrong', async () => {
  publish({ body: 'text' });
  expect(statuses(await examine())).toMatchObject({ metadata: 'fail', 'authorization server': 'fail' });
});

test('an API that cannot be reached is not judged', async () => {
  expect(await examineMetadata({ url: 'http://127.0.0.1:1', routes })).toEqual([
    expect.objectContaining({ name: 'metadata', status: 'skip' }),
  ]);
});
