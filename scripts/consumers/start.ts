import { spawn } from 'node:child_process';
import { run } from './consumer';

/** The scope that {@link calls} needs. */
export const SCOPE = 'read:items';

/** What a consumer's API must answer: the routes are those of `items` in `apps/routes.ts`. */
const calls = [
  { path: '/news', token: 'none', status: 200 },
  { path: '/items', token: 'none', status: 401 },
  { path: '/items', token: 'plain', status: 200 },
  { path: '/items/7', token: 'plain', status: 403 },
  { path: '/items/7', token: 'scoped', status: 200 },
] as const;

const READY = 'Ctrl-C ends.';

/**
 * Runs `npx authaction start` in an app, and calls its API with tokens of `npx authaction token`.
 *
 * @param options more options of the start.
 * @throws Error that says which call was answered otherwise.
 */
export async function checkStart(app: string, options: readonly string[]): Promise<void> {
  const ports = ['--port', '0', '--issuer-port', '0', '--no-console'];
  const child = spawn('npx', ['authaction', 'start', ...ports, ...options], {
    cwd: app,
    detached: true, // npx and its child end together
    env: { ...process.env, NO_COLOR: '1', CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    const output = await new Promise<string>((resolve, reject) => {
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.includes(READY)) resolve(text);
        });
      }
      child.once('error', reject);
      void ended.then(() => reject(new Error(`npx authaction start ended:\n${text}`)));
    });
    await checkCalls(app, /API ready at (\S+)/.exec(output)?.[1] ?? '');
  } finally {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
}

async function checkCalls(app: string, url: string): Promise<void> {
  const token = (...args: readonly string[]) => run(app, 'npx', ['authaction', 'token', ...args]).trim();
  const tokens = { none: undefined, plain: token(), scoped: token('--scope', SCOPE) };
  for (const { path, token, status } of calls) {
    const headers: Record<string, string> = tokens[token] ? { authorization: `Bearer ${tokens[token]}` } : {};
    const answer = await fetch(`${url}${path}`, { headers });
    if (answer.status !== status) {
      throw new Error(`GET ${path}, token: ${token}: ${answer.status}, not ${status}: ${await answer.text()}`);
    }
  }
}
