import { get, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Console, type ConsoleRun, startConsole } from '../../../local/console/console';
import type { ConsoleAction, RunView, Trace } from '../../../local/console/view';

const view: RunView = {
  apiUrl: 'http://127.0.0.1:1',
  routes: [],
  issuer: { url: 'https://localhost:2', kind: 'embedded', state: 'running', keys: [] },
  cache: { ttlSeconds: 300, entries: 0 },
  revoked: '',
  tokens: 'any',
};
const trace = (id: string): Trace => ({
  ...{ id, startedAtMs: 0, method: 'GET', path: '/', status: 200, statusText: 'OK', milliseconds: 1 },
  ...{ matched: true, decidedBy: 'none', answer: { headers: [], body: '' }, logs: [] },
});

/** A run that records what the page asks for. */
function recordingRun() {
  const actions: ConsoleAction[] = [];
  const listeners = new Set<(trace?: Trace) => void>();
  const run: ConsoleRun = {
    view: () => view,
    describe: () => ({ openapi: '3.1.0' }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async perform(action) {
      actions.push(action);
      return { ok: true };
    },
  };
  const notify = (trace?: Trace) => {
    for (const listener of listeners) listener(trace);
  };
  return { run, actions, notify, listeners };
}

let shown: Console;
let recorder: ReturnType<typeof recordingRun>;
beforeEach(async () => {
  recorder = recordingRun();
  shown = await startConsole(recorder.run, 0);
});
afterEach(() => shown.stop());

const origin = (): string => new URL(shown.url).origin;
async function secret(): Promise<string> {
  const page = await (await fetch(shown.url)).text();
  return /name="console-secret" content="([^"]+)"/.exec(page)?.[1] ?? '';
}

/** An action as node:http sends it: `fetch` would set some of these headers by itself. */
function act(body: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${shown.url}actions`, { method: 'POST', headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe("the console's server", () => {
  test('serves one page with its style and script inside, under a policy that allows nothing else', async () => {
    const response = await fetch(shown.url);
    const page = await response.text();
    const policy = response.headers.get('content-security-policy') ?? '';
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.split(`nonce="${nonce}"`)).toHaveLength(3);
    expect(page).not.toMatch(/\{\{\w+\}\}|src=|href="(?!\/[a-z])|url\(|@import/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const again = await fetch(shown.url);
    expect(again.headers.get('content-security-policy')).not.toBe(policy);
  });

  test('performs the actions of its own page', async () => {
    const headers = { origin: origin(), 'content-type': 'application/json', 'x-console-secret': await secret() };
    expect(await act('{"action":"clear-cache"}', headers)).toEqual({ status: 200, body: '{"ok":true}' });
    expect(recorder.actions).toEqual([{ action: 'clear-cache' }]);
    expect((await act('{"action":"format-disk"}', headers)).status).toBe(400);
    expect((await act(JSON.stringify({ action: 'clear-cache', more: 'x'.repeat(1_100_000) }), headers)).status).toBe(
      400,
    );
    expect(recorder.actions).toHaveLength(1);
  });

  test('performs no action of another page', async () => {
    const good = { origin: origin(), 'content-type': 'application/json', 'x-console-secret': await secret() };
    const { host } = new URL(shown.url);
    for (const bad of [
      { 'x-console-secret': 'guessed' },
      { origin: 'https://evil.example' },
      { 'content-type': 'text/plain' },
      { host: `evil.example:${host.split(':')[1]}` },
    ]) {
      expect((await act('{"action":"clear-cache"}', { ...good, ...bad })).status).toBe(403);
    }
    expect(recorder.actions).toEqual([]);
  });

  test('survives a page that disconnects in the middle of an action', async () => {
    const headers = {
      ...{ origin: origin(), 'content-type': 'application/json', 'x-console-secret': await secret() },
      'content-length': '100',
    };
    await new Promise((resolve) => {
      const outgoing = request(`${shown.url}actions`, { method: 'POST', headers });
      outgoing.on('error', resolve);
      outgoing.write('{"action"', () => setTimeout(() => outgoing.destroy(new Error('gone')), 50));
    });
    expect((await fetch(shown.url)).status).toBe(200);
    expect(recorder.actions).toEqual([]);
  });

  test('has another secret in every run', async () => {
    const other = await startConsole(recordingRun().run, 0);
    const page = await (await fetch(other.url)).text();
    expect(page).not.toContain(await secret());
    expect((await secret()).length).toBeGreaterThan(30);
    await other.stop();
  });

  test('answers 404 to an unknown path and 405 to an unknown method', async () => {
    expect((await fetch(`${shown.url}elsewhere`)).status).toBe(404);
    expect((await fetch(shown.url, { method: 'DELETE' })).status).toBe(405);
  });

  test('streams the state, then past and new requests', async () => {
    recorder.notify(trace('earlier'));
    const received = new Promise<string>((resolve) => {
      get(`${shown.url}events`, (response) => {
        let output = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          output += chunk;
          if (output.includes('earlier') && !output.includes('later')) recorder.notify(trace('later'));
          if (output.includes('"later"')) {
            response.destroy();
            resolve(output);
          }
        });
      });
    });
    const events = (await received).match(/^event: \w+$/gm);
    expect(events).toEqual(['event: hello', 'event: run', 'event: trace', 'event: run', 'event: trace']);
  });

  test('ends its streams and its subscription when it stops', async () => {
    const ended = new Promise((resolve) => {
      get(`${shown.url}events`, (response) => {
        response.on('error', () => {});
        response.on('close', resolve);
        response.once('data', () => void shown.stop());
      });
    });
    await ended;
    expect(recorder.listeners.size).toBe(0);
    await expect(fetch(shown.url)).rejects.toThrow();
  });
});

test('serves the OpenAPI document to this origin only', async () => {
  const answer = await fetch(`${shown.url}openapi.json`);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({ openapi: '3.1.0' });
  const foreign = await fetch(`${shown.url}openapi.json`, { headers: { Origin: 'https://evil.example' } });
  expect(foreign.status).toBe(403);
});
