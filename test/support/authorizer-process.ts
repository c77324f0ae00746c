import { type ChildProcess, fork } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { entryOf, esbuildOptions } from '../../infra/bundling';
import { ROUTES_FILE } from '../../lambdas/authorizer/deployed-routes';
import type { AuthorizerAnswer } from '../../lambdas/authorizer/rest-api';
import { sampleRoutes } from './sample-routes';

/** What one invocation came to. */
export interface Invocation {
  readonly answer?: AuthorizerAnswer;
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
  /** Time the handler took, without the time in which its process could not run. */
  readonly milliseconds: number;
  /** Time since the process began to load the bundle, likewise. */
  readonly millisecondsSinceInit: number;
}

/** In bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
  /** The most resident memory since the question before. */
  readonly maxRss: number;
}

/** The bundle at work in a process of its own, outside the project. */
export interface AuthorizerProcess {
  readonly pid: number;
  invoke(event: unknown): Promise<Invocation>;
  /** Memory after a full collection; needs `--expose-gc`. */
  memory(): Promise<Memory>;
  /** Every line logged so far. */
  readonly lines: string[];
  /** Whatever the process wrote by other means; nothing is expected. */
  readonly output: () => string;
  stop(): Promise<void>;
}

export interface AuthorizerProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** PEM certificates the process trusts instead of Node's own, which take a quarter of its time to load. */
  readonly ca?: string;
  readonly execArgv?: readonly string[];
}

let bundle: Promise<Uint8Array> | undefined;

/** The authorizer, bundled as the stack bundles it; once per test file. */
function authorizerBundle(): Promise<Uint8Array> {
  bundle ??= build({ ...esbuildOptions, entryPoints: [entryOf('authorizer')], write: false }).then(
    ({ outputFiles }) => {
      const [file] = outputFiles;
      if (file === undefined) throw new Error('esbuild wrote nothing');
      return file.contents;
    },
  );
  return bundle;
}

/** Starts a process that loaded the bundle. Nothing of the project's folder is within its reach, as on Lambda. */
export async function startAuthorizer(options: AuthorizerProcessOptions): Promise<AuthorizerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'authorizer-'));
  const host = join(folder, 'host.cjs');
  const ca = join(folder, 'ca.pem');
  await Promise.all([
    authorizerBundle().then((contents) => writeFile(join(folder, 'index.js'), contents)),
    writeFile(join(folder, ROUTES_FILE), JSON.stringify(sampleRoutes)),
    copyFile(join(__dirname, 'lambda-host.cjs'), host),
    writeFile(ca, options.ca ?? ''),
  ]);

  const child = fork(host, [folder], {
    cwd: folder,
    env: { SSL_CERT_FILE: ca, ...options.env },
    execArgv: [...(options.ca === undefined ? [] : ['--use-openssl-ca']), ...(options.execArgv ?? [])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { request, ready, lines, output } = conversation(child);
  const stopped = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await ready;
  return {
    pid: child.pid ?? 0,
    invoke: (event) => request<Invocation>('invoke', event),
    memory: () => request<Memory>('memory'),
    lines,
    output,
    async stop() {
      child.kill('SIGKILL');
      await stopped;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Reply {
  readonly id: number;
  readonly result: unknown;
  readonly lines: readonly string[];
}

/** Requests and replies over the IPC channel, matched by number; number 0 is the process saying that it is up. */
function conversation(child: ChildProcess) {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const lines: string[] = [];
  let output = '';
  let lastId = 0;
  const collect = (chunk: unknown) => {
    output += String(chunk);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.on('message', (message) => {
    const reply = message as Reply;
    lines.push(...reply.lines);
    waiting.get(reply.id)?.resolve(reply.result);
    waiting.delete(reply.id);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`The authorizer's process ended with ${code ?? signal}\n${output}`));
    }
  });
  const reply = <T>(id: number) =>
    new Promise<T>((resolve, reject) => waiting.set(id, { resolve: resolve as (value: unknown) => void, reject }));
  const ready = reply<null>(0);
  return {
    ready,
    lines,
    output: () => output,
    request<T>(operation: string, argument?: unknown): Promise<T> {
      lastId += 1;
      const replied = reply<T>(lastId);
      child.send({ id: lastId, operation, argument: argument ?? null });
      return replied;
    },
  };
}
