import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { environmentWithoutSettings } from '../support/without-settings';
import { installPackage } from './built-package';

const TABLE = `export const routes = [
  { method: 'GET', path: '/hello', handler: 'orders', access: 'public' },
  { method: 'GET', path: '/me', handler: 'orders', access: 'token' },
  { method: 'GET', path: '/organization', handler: 'orders', access: 'token' },
  { method: 'GET', path: '/orders/{id}', handler: 'orders', access: { scopes: ['read:orders'] } },
];
`;

const CLAIMS = { org_id: 'org-1', roles: ['admin', 'member'] };

const HANDLER = `import { json, withCaller } from 'authaction-aws/handler';
import { routes } from './routes.mjs';
const protectedHandler = withCaller(routes, ({ sub }) => json(200, { sub }));
const claims = { org_id: 'string', roles: 'string[]?' };
const organization = withCaller(routes, (caller) => json(200, caller.claims), { claims });
const handlers = { '/hello': () => json(200, { hello: 'world' }), '/organization': organization };
export const handler = (event) => (handlers[event.resource] ?? protectedHandler)(event);
`;

const APP = `import { Annotations, App, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ProtectedApi } from 'authaction-aws';
import { routes } from './routes.mjs';
const stack = new Stack(new App(), 'Consumer');
Annotations.of(stack).addWarningV2('consumer:gap', 'Mind\\nthe gap');
const orders = new Function(stack, 'Orders', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromAsset('dist') });
const legacy = new Function(stack, 'Legacy', { runtime: Runtime.PYTHON_3_12, handler: 'index.handler', code: Code.fromInline('x = 1') });
const table = [...routes, { method: 'GET', path: '/legacy', handler: 'legacy', access: 'public' }];
new ProtectedApi(stack, 'Api', { routes: table, handlers: { orders, legacy }, domain: 'tenant.example.com', audience: ['https://orders.example.com', 'https://other.example.com'], allowedClients: ['orders-client'], contextClaims: ['org_id', 'roles'] });
`;

const consumer = mkdtempSync(join(tmpdir(), 'start-consumer-'));
const environment = { ...environmentWithoutSettings(), NO_COLOR: '1' };
/** Runs a command by the link that npm makes for it, as `npx` does. */
const authaction = (...args: readonly string[]) =>
  promisify(execFile)(join(consumer, 'node_modules', '.bin', 'authaction'), args, { cwd: consumer, env: environment });

let started: ChildProcess | undefined;
let output = '';
let url = '';

beforeAll(async () => {
  await installPackage(consumer, ['aws-cdk-lib', 'constructs']);
  const files = {
    'package.json': '{ "name": "consumer", "type": "module" }',
    'cdk.json': '{ "app": "node app.mjs" }',
    'app.mjs': APP,
    'routes.mjs': TABLE,
    'handler.mjs': HANDLER,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(consumer, name), text);
  buildSync({
    entryPoints: [join(consumer, 'handler.mjs')],
    outfile: join(consumer, 'dist', 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  writeFileSync(join(consumer, 'dist', 'package.json'), '{}');
  const before = readdirSync(consumer).sort();

  const args = ['authaction', 'start', '--port', '0', '--issuer-port', '0', '--console-port', '0'];
  args.push('--claims', JSON.stringify(CLAIMS));
  const child = spawn('npx', args, {
    cwd: consumer,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started = child;
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        if (output.includes('Ctrl-C ends.')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(output)));
  });
  url = /API ready at (\S+)/.exec(output)?.[1] ?? '';
  expect(readdirSync(consumer).sort()).toEqual(before);
});

afterAll(async () => {
  if (started?.exitCode === null && started.pid !== undefined) {
    const ended = new Promise((resolve) => started?.once('exit', resolve));
    process.kill(-started.pid, 'SIGINT');
    await ended;
  }
  rmSync(consumer, { recursive: true, force: true });
});

const call = async (path: string, token?: string) => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}${path}`, { headers });
  return { status: answer.status, body: await answer.json() };
};

describe("the package's command, in an app whose tenant is written in its code", () => {
  test('serves a public, a protected and a scoped route with tokens of its own issuer', async () => {
    const token = (await authaction('token')).stdout.trim();
    const scoped = (await authaction('token', '--scope', 'read:orders')).stdout.trim();
    expect(await call('/hello')).toEqual({ status: 200, body: { hello: 'world' } });
    expect(await call('/me')).toMatchObject({ status: 401 });
    expect(await call('/me', token)).toEqual({ status: 200, body: { sub: 'orders-client' } });
    expect(await call('/orders/7', token)).toMatchObject({ status: 403 });
    expect(await call('/orders/7', scoped)).toEqual({ status: 200, body: { sub: 'orders-client' } });
  });

  test('hands the claims of its tokens to the handler that declares them', async () => {
    const token = (await authaction('token')).stdout.trim();
    expect(await call('/organization', token)).toEqual({ status: 200, body: CLAIMS });
  });

  test('answers 502 for a function that is no Node.js, and says so', async () => {
    expect(output).toMatch(/Legacy\w+ cannot run here, so its routes answer 502: its runtime is python3\.12/);
    expect(await call('/legacy')).toMatchObject({ status: 502 });
    expect(output).toMatch(/Legacy\w+ ERROR .*cannot run on this machine: its runtime is python3\.12/);
  });

  test('prints the first of several audiences', () => {
    expect(output).toMatch(/^ +audience +https:\/\/orders\.example\.com$/m);
    expect(output).toContain('"audience":"https://orders.example.com"');
  });

  test('prints what the app warns of at synth, once', () => {
    expect(output).toMatch(/^ {2}Consumer: Mind the gap \[ack: consumer:gap\]$/m);
    expect(output.match(/Mind the gap/g)).toHaveLength(1);
  });

  test('opens a console', async () => {
    const page = await fetch(/console +(\S+)/.exec(output)?.[1] ?? '');
    expect(await page.text()).toContain('<title>Console');
  });

  test('examines the running issuer, describes the API, and invokes one of its functions', async () => {
    const doctor = await authaction('doctor', '--json');
    expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true });
    const document = JSON.parse((await authaction('openapi')).stdout);
    expect(Object.keys(document.paths)).toEqual(['/hello', '/me', '/organization', '/orders/{id}', '/legacy']);
    const event = join(consumer, 'dist', 'event.json');
    writeFileSync(event, JSON.stringify({ resource: '/hello' }));
    const id = /(Orders\w+) \d/.exec(output)?.[1] ?? '';
    const answer = JSON.parse((await authaction('invoke', id, event)).stdout);
    expect(answer).toMatchObject({ statusCode: 200, body: '{"hello":"world"}' });
  });

  test('ships the licenses of what its commands contain', () => {
    const notices = readFileSync(join(consumer, 'node_modules', 'authaction-aws', 'lib', 'cli-LICENSES.txt'), 'utf8');
    for (const name of ['oidc-provider', 'selfsigned', 'aws-jwt-verify']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });
});
