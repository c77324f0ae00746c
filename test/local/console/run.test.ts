import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findApp } from '../../../local/app';
import type { ConsoleRun } from '../../../local/console/console';
import { consoleRun } from '../../../local/console/run';
import type { Call, CallMethod, Trace } from '../../../local/console/view';
import { type LocalStack, startLocalStack } from '../../../local/local-stack';
import { sampleApp, sampleAssembly } from '../../support/sample-app';

let app: Awaited<ReturnType<typeof sampleApp>>;
let stack: LocalStack;
let run: ConsoleRun;
beforeAll(async () => {
  app = await sampleApp();
  // No tenant, whatever the environment and .env say.
  stack = await startLocalStack({
    app: findApp(app.root),
    port: 0,
    issuerPort: 0,
    environment: { PATH: process.env.PATH },
  });
  run = consoleRun(stack, {});
});
afterAll(async () => {
  await stack?.stop();
  app.remove();
});

/** The sample's assembly as it is with another tenant: an app hands on its settings as they are. */
async function assemblyWith(tenant: Readonly<Record<string, string>>): Promise<string> {
  const assembly = join(app.root, 'cdk.out');
  cpSync(await sampleAssembly(), assembly, { recursive: true });
  const file = join(assembly, 'authaction-api-dev.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(template.Resources.AuthorizerFunction.Properties.Environment.Variables, tenant);
  writeFileSync(file, JSON.stringify(template));
  return assembly;
}

/** Makes a call and waits for its trace. */
async function traced(method: CallMethod, path: string, token?: string, more: Partial<Call> = {}): Promise<Trace> {
  let stop = (): void => {};
  const trace = new Promise<Trace>((resolve) => {
    stop = run.subscribe((found) => found && resolve(found));
  });
  const call = { method, path, ...(token === undefined ? {} : { token }), ...more };
  expect(await run.perform({ action: 'call', call })).toEqual({ ok: true });
  const found = await trace;
  stop();
  return found;
}

async function token(kind: 'plain' | 'scoped' | 'expired' | 'wrong_audience' | 'forged'): Promise<string> {
  const answer = await run.perform({ action: 'token', kind });
  if (!answer.ok || answer.token === undefined) throw new Error('no token');
  return answer.token;
}

describe('the local stack in the console', () => {
  test('has routes, issuer, keys and cache to show', () => {
    expect(run.view()).toMatchObject({
      apiUrl: stack.url,
      routes: [
        { method: 'GET', path: '/public', access: 'public' },
        { method: 'GET', path: '/protected', access: 'token' },
        { method: 'GET', path: '/scoped', access: ['read:messages'] },
      ],
      issuer: { url: stack.issuer?.url, kind: 'embedded', state: 'running', keys: [{ signs: true }] },
      cache: { ttlSeconds: 300, entries: 0 },
      revoked: '',
      tokens: 'any',
    });
  });

  test('describes what happens to each kind of token', async () => {
    const plain = await token('plain');
    expect(await traced('GET', '/protected', plain)).toMatchObject({
      status: 200,
      decidedBy: 'authorizer',
      decision: { outcome: 'allow', kid: stack.issuer?.kids()[0] },
      handler: { name: 'ProtectedFunction' },
    });
    expect(await traced('GET', '/protected', plain)).toMatchObject({
      decidedBy: 'cache',
      decision: { outcome: 'allow' },
    });
    expect(await traced('GET', '/scoped', plain)).toMatchObject({
      status: 403,
      decidedBy: 'cache',
      decision: { outcome: 'forbid' },
    });
    expect(await traced('GET', '/scoped', await token('scoped'))).toMatchObject({ status: 200 });
    for (const [kind, reason] of [
      ['expired', 'expired'],
      ['wrong_audience', 'wrong_audience'],
      ['forged', 'bad_signature'],
    ] as const) {
      expect(await traced('GET', '/protected', await token(kind))).toMatchObject({
        status: 401,
        decidedBy: 'authorizer',
        decision: { outcome: 'refuse', reason },
      });
    }
    expect(await traced('GET', '/protected')).toMatchObject({ status: 401, decidedBy: 'none' });
    expect(await traced('GET', '/nowhere')).toMatchObject({ status: 403, matched: false });
    expect(await traced('OPTIONS', '/protected')).toMatchObject({ status: 204, decidedBy: 'none', matched: true });
  });

  test('shows requests of every client with their answer and log lines', async () => {
    const trace = new Promise<Trace>((resolve) => {
      const stop = run.subscribe((found) => {
        if (!found) return;
        stop();
        resolve(found);
      });
    });
    const response = await fetch(`${stack.url}/protected`, { headers: { authorization: 'Bearer opaque' } });
    const { answer, logs } = await trace;
    expect(answer.body).toBe(await response.text());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'WWW-Authenticate': response.headers.get('www-authenticate'),
      'x-amzn-RequestId': response.headers.get('x-amzn-requestid'),
    });
    expect(logs).toContainEqual(expect.stringMatching(/^authorizer \w+ \{.*"reason": "malformed_token"/));
    expect(logs.filter((line) => line.includes('Unauthorized'))).toEqual([]);
  });

  test('sends a body with its content type', async () => {
    const sent = await traced('POST', '/protected', undefined, { body: '{"a":1}', contentType: 'application/json' });
    expect(sent).toMatchObject({ method: 'POST', matched: false });
  });

  test('says of a cached decision only what is true of this request', async () => {
    const plain = await token('plain');
    expect(await traced('GET', '/scoped', plain)).toMatchObject({
      decidedBy: 'authorizer',
      decision: { outcome: 'forbid', reason: 'insufficient_scope' },
    });
    const { decidedBy, decision } = await traced('GET', '/protected', plain);
    expect(decidedBy).toBe('cache');
    expect(decision).toEqual({ outcome: 'allow', kid: stack.issuer?.kids()[0] });
  });

  test('has its cache cleared', async () => {
    await traced('GET', '/protected', await token('plain'));
    expect(run.view().cache.entries).toBeGreaterThan(0);
    expect(await run.perform({ action: 'clear-cache' })).toEqual({ ok: true });
    expect(run.view().cache.entries).toBe(0);
  });

  test('refuses a revoked subject at its next request, cached decision or not', async () => {
    const plain = await token('plain');
    await traced('GET', '/protected', plain);
    expect(await run.perform({ action: 'revoke', list: 'sub:local-client' })).toMatchObject({ ok: true });
    expect(run.view().revoked).toBe('sub:local-client');
    expect(await traced('GET', '/protected', plain)).toMatchObject({
      status: 401,
      decidedBy: 'authorizer',
      decision: { outcome: 'refuse', reason: 'revoked' },
    });
    await run.perform({ action: 'revoke', list: '' });
    expect(await traced('GET', '/protected', plain)).toMatchObject({ status: 200 });
  });

  test('has its key rotated, and still publishes the one before', async () => {
    // The forged token above has used up the refetches of this network for a while: a new authorizer has them.
    await run.perform({ action: 'restart-lambdas' });
    await traced('GET', '/protected', await token('plain'));
    const [before] = stack.issuer?.kids() ?? [];
    await run.perform({ action: 'rotate-key' });
    const { keys } = run.view().issuer;
    expect(keys).toMatchObject([{ signs: true }, { kid: before, signs: false }]);
    expect(await traced('GET', '/protected', await token('plain'))).toMatchObject({ status: 200, keyFetch: 'fetched' });
  });

  test('answers 503 after a cold start without its issuer, and explains why there is no token', async () => {
    const plain = await token('plain');
    await run.perform({ action: 'stop-issuer' });
    await run.perform({ action: 'restart-lambdas' });
    expect(run.view().issuer.state).toBe('stopped');
    expect(await traced('GET', '/protected', plain)).toMatchObject({
      status: 503,
      decision: { outcome: 'fail', reason: 'keys_unavailable' },
    });
    expect(await run.perform({ action: 'token', kind: 'plain' })).toMatchObject({
      ok: false,
      error: expect.stringContaining('cannot be reached'),
    });
    await run.perform({ action: 'start-issuer' });
    await run.perform({ action: 'restart-lambdas' });
    expect(await traced('GET', '/protected', plain)).toMatchObject({ status: 200 });
  });
});

describe('a stack with a tenant in the console', () => {
  let tenantStack: LocalStack;
  beforeAll(async () => {
    // Nothing listens there: what the tenant would say does not matter here.
    const tenant = {
      AUTHACTION_DOMAIN: 'HTTPS://Localhost:1/',
      AUTHACTION_AUDIENCE: 'https://api.example.test, https://other.example.test',
    };
    const assembly = await assemblyWith(tenant);
    tenantStack = await startLocalStack({
      app: findApp(app.root, assembly),
      port: 0,
      issuerPort: 0,
      environment: { PATH: process.env.PATH, ...tenant },
    });
  });
  afterAll(() => tenantStack?.stop());

  test('offers only tokens that the tenant issues', () => {
    const credentials = { AUTHACTION_CLIENT_ID: 'client', AUTHACTION_CLIENT_SECRET: 'secret' };
    expect(consoleRun(tenantStack, {}).view()).toMatchObject({
      issuer: { url: 'https://localhost:1', kind: 'tenant', keys: [] },
      tokens: 'none',
    });
    expect(consoleRun(tenantStack, credentials).view().tokens).toBe('valid');
  });

  test('shows domain and audience as the authorizer reads them', () => {
    expect(tenantStack.tenant).toMatchObject({ domain: 'localhost:1', audience: 'https://api.example.test' });
  });

  test('says that the tenant is unreachable, and why', async () => {
    const tenantRun = consoleRun(tenantStack, {});
    await new Promise<void>((resolve) => void tenantRun.subscribe(() => resolve()));
    expect(tenantRun.view().issuer).toMatchObject({
      state: 'unreachable',
      problem: expect.stringContaining('nothing listens there'),
    });
  });

  test('explains why there is no token', async () => {
    const env = { AUTHACTION_DOMAIN: 'localhost:1', AUTHACTION_AUDIENCE: 'https://api.example.test' };
    const perform = (more: Readonly<Record<string, string>>) =>
      consoleRun(tenantStack, { ...env, ...more }).perform({ action: 'token', kind: 'plain' });
    expect(await perform({})).toMatchObject({ ok: false, error: expect.stringContaining('AUTHACTION_CLIENT_ID') });
    expect(await perform({ AUTHACTION_CLIENT_ID: 'client', AUTHACTION_CLIENT_SECRET: 'secret' })).toMatchObject({
      ok: false,
      error: expect.stringContaining('nothing listens there'),
    });
  });

  test('changes nothing at the tenant', async () => {
    for (const action of ['rotate-key', 'stop-issuer', 'start-issuer'] as const) {
      expect(await consoleRun(tenantStack, {}).perform({ action })).toEqual({ ok: true });
    }
    expect(consoleRun(tenantStack, {}).view().issuer.keys).toEqual([]);
  });
});
