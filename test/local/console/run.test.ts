import type { ConsoleRun } from '../../../local/console/console';
import { consoleRun } from '../../../local/console/run';
import type { Trace } from '../../../local/console/view';
import { type LocalStack, startLocalStack } from '../../../local/local-stack';

let stack: LocalStack;
let run: ConsoleRun;
beforeAll(async () => {
  // No tenant, whatever the environment and .env say.
  stack = await startLocalStack({ port: 0, issuerPort: 0, environment: { PATH: process.env.PATH } });
  run = consoleRun(stack, {});
});
afterAll(() => stack?.stop());

/** Makes a call and waits for its trace. */
async function traced(method: string, path: string, token?: string): Promise<Trace> {
  let stop = (): void => {};
  const trace = new Promise<Trace>((resolve) => {
    stop = run.subscribe((found) => found && resolve(found));
  });
  const answer = await run.perform({ action: 'call', method, path, ...(token === undefined ? {} : { token }) });
  const found = await trace;
  stop();
  expect(answer).toMatchObject({ ok: true, call: { id: found.id, status: found.status } });
  return found;
}

async function token(kind: 'plain' | 'scoped' | 'expired' | 'wrong_audience' | 'forged'): Promise<string> {
  const answer = await run.perform({ action: 'token', kind });
  if (!answer.ok || answer.token === undefined) throw new Error('no token');
  return answer.token;
}

describe('the local stack in the console', () => {
  test('is shown with its routes, issuer, keys and cache', () => {
    expect(run.view()).toMatchObject({
      apiUrl: stack.url,
      routes: [
        { method: 'GET', path: '/public', access: 'public' },
        { method: 'GET', path: '/protected', access: 'token' },
        { method: 'GET', path: '/scoped', access: ['read:messages'] },
      ],
      issuer: { url: stack.issuer?.url, kind: 'embedded', running: true, keys: [{ signs: true }] },
      cache: { ttlSeconds: 300, entries: 0 },
      tokens: 'any',
    });
  });

  test('tells what became of each kind of token', async () => {
    const plain = await token('plain');
    expect(await traced('GET', '/protected', plain)).toMatchObject({
      status: 200,
      asked: 'authorizer',
      decision: { outcome: 'allow', kid: stack.issuer?.kids()[0] },
      handler: { name: 'ProtectedFunction' },
    });
    expect(await traced('GET', '/protected', plain)).toMatchObject({ asked: 'cache', decision: { outcome: 'allow' } });
    expect(await traced('GET', '/scoped', plain)).toMatchObject({
      status: 403,
      asked: 'cache',
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
        asked: 'authorizer',
        decision: { outcome: 'refuse', reason },
      });
    }
    expect(await traced('GET', '/protected')).toMatchObject({ status: 401, asked: 'nobody' });
    expect(await traced('GET', '/nowhere')).toMatchObject({ status: 403, matched: false });
    expect(await traced('OPTIONS', '/protected')).toMatchObject({ status: 204, asked: 'nobody', matched: true });
  });

  test('tells of a cached decision only what is true of this request', async () => {
    const plain = await token('plain');
    expect(await traced('GET', '/scoped', plain)).toMatchObject({
      asked: 'authorizer',
      decision: { outcome: 'forbid', reason: 'insufficient_scope' },
    });
    const { asked, decision } = await traced('GET', '/protected', plain);
    expect(asked).toBe('cache');
    expect(decision).toEqual({ outcome: 'allow', kid: stack.issuer?.kids()[0] });
  });

  test('can have its cache cleared', async () => {
    await traced('GET', '/protected', await token('plain'));
    expect(run.view().cache.entries).toBeGreaterThan(0);
    expect(await run.perform({ action: 'clear-cache' })).toEqual({ ok: true });
    expect(run.view().cache.entries).toBe(0);
  });

  test('can have its key rotated, and keeps publishing the one before', async () => {
    const [before] = stack.issuer?.kids() ?? [];
    await run.perform({ action: 'rotate-key' });
    const { keys } = run.view().issuer;
    expect(keys).toMatchObject([{ signs: true }, { kid: before, signs: false }]);
    expect(await traced('GET', '/protected', await token('plain'))).toMatchObject({ status: 200, keyFetch: 'fetched' });
  });

  test('is undecidable after a cold start without its issuer, and explains why there is no token', async () => {
    const plain = await token('plain');
    await run.perform({ action: 'stop-issuer' });
    await run.perform({ action: 'restart-lambdas' });
    expect(run.view().issuer.running).toBe(false);
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
    // Nobody listens there: what the tenant would say does not matter here.
    const environment = {
      PATH: process.env.PATH,
      AUTHACTION_DOMAIN: 'localhost:1',
      AUTHACTION_AUDIENCE: 'https://api.example.test',
    };
    tenantStack = await startLocalStack({ port: 0, issuerPort: 0, environment });
  });
  afterAll(() => tenantStack?.stop());

  test('offers no more than the tenant does', () => {
    const credentials = { AUTHACTION_CLIENT_ID: 'client', AUTHACTION_CLIENT_SECRET: 'secret' };
    expect(consoleRun(tenantStack, {}).view()).toMatchObject({
      issuer: { url: 'https://localhost:1', kind: 'tenant', running: true, keys: [] },
      tokens: 'none',
    });
    expect(consoleRun(tenantStack, credentials).view().tokens).toBe('good');
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

  test('leaves the tenant alone', async () => {
    for (const action of ['rotate-key', 'stop-issuer', 'start-issuer'] as const) {
      expect(await consoleRun(tenantStack, {}).perform({ action })).toEqual({ ok: true });
    }
    expect(consoleRun(tenantStack, {}).view().issuer.running).toBe(true);
  });
});
