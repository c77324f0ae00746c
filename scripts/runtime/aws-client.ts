import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import type { FunctionError, LogRecord } from '../../local/lambda/messages';
import { type FunctionOptions, processEnvironment } from '../../local/lambda/start-function';
import { createTaskRoot } from '../../local/lambda/task-root';
import { listen, shut } from '../../local/listen';
import { readBody } from '../../local/read-body';
import { cacheFolder } from '../cache-folder';

const VERSION = '4.0.2';
const API = '/2018-06-01/runtime';

/** What came of one event, in either runtime. */
export interface Outcome {
  readonly result?: unknown;
  readonly error?: FunctionError;
  readonly logs: readonly LogRecord[];
}

/**
 * Installs AWS's own runtime client under `.cache/`, once. Part of it is native and gets built.
 *
 * @returns its file.
 * @throws Error that says what is needed when it cannot be built.
 */
export function installClient(): string {
  const folder = cacheFolder(`aws-lambda-ric-${VERSION}`);
  const installed = join(folder, 'node_modules', 'aws-lambda-ric');
  if (!existsSync(join(installed, 'rapid-client.node'))) {
    console.log(`Building aws-lambda-ric ${VERSION} …`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    try {
      execFileSync('npm', ['install', '--no-audit', '--no-fund', `aws-lambda-ric@${VERSION}`], {
        cwd: folder,
        // Where the headers of this Node are, which the build else downloads.
        env: { ...process.env, npm_config_nodedir: dirname(dirname(process.execPath)) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    } catch (cause) {
      throw new Error(
        `aws-lambda-ric ${VERSION} cannot be built here: it needs Linux, a C++ compiler, CMake and the headers of Node.`,
        { cause },
      );
    }
  }
  return join(installed, 'index.mjs');
}

/** Runs a function under AWS's client, against a Runtime API of our own, and gives it these events one by one. */
export async function runUnderClient(
  clientFile: string,
  options: FunctionOptions,
  events: readonly unknown[],
): Promise<readonly Outcome[]> {
  const { taskRoot, remove } = createTaskRoot(options.assetPath);
  const outcomes: Outcome[] = [];
  let logs: LogRecord[] = [];
  const waiting = events.map((event) => ({ requestId: randomUUID(), event }));
  let done: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });

  const settle = (outcome: Omit<Outcome, 'logs'>): void => {
    outcomes.push({ ...outcome, logs });
    logs = [];
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.slice(API.length) ?? '';
    const body = (await readBody(request, 100 * 1024 * 1024)) ?? '';
    if (path === '/invocation/next') {
      const next = waiting[outcomes.length];
      if (!next) return done();
      response.setHeader('Lambda-Runtime-Aws-Request-Id', next.requestId);
      response.setHeader('Lambda-Runtime-Deadline-Ms', Date.now() + options.timeoutSeconds * 1000);
      response.setHeader(
        'Lambda-Runtime-Invoked-Function-Arn',
        `arn:aws:lambda:us-east-1:123456789012:function:${options.id}`,
      );
      response.setHeader('Lambda-Runtime-Trace-Id', 'Root=1-00000000-000000000000000000000000');
      // Without a type the native part of the client crashes.
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(next.event));
      return;
    }
    // What the function logged before is on its way through a pipe.
    setTimeout(() => {
      if (path.endsWith('/response')) settle({ result: body === '' ? undefined : (JSON.parse(body) as unknown) });
      else settle({ error: JSON.parse(body) as FunctionError });
      response.statusCode = 202;
      response.end();
    }, 20);
  }
  const server = createServer((request, response) => void answer(request, response));
  const port = await listen(server, 0);
  const child = spawn(process.execPath, [clientFile], {
    cwd: taskRoot,
    env: { ...processEnvironment(options, taskRoot), AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    logs.push(...text.split('\n').filter(Boolean).map(readLine));
  });
  const exited = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      if (outcomes.length < events.length) {
        settle({
          error: { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: exit status ${code}` },
        });
      }
      resolve();
    });
  });
  await Promise.race([finished, exited]);
  child.kill('SIGKILL');
  await exited;
  await shut(server);
  remove();
  return outcomes;
}

/** A line of either log format, with the line breaks that the client replaced. */
function readLine(line: string): LogRecord {
  const text = line.replaceAll('\r', '\n');
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record === 'object' && record !== null && 'timestamp' in record) return record as LogRecord;
  } catch {
    // Of the text format.
  }
  const [, timestamp, requestId, level, message] = /^(\S+Z)\t(\S+)\t([A-Z]+)\t(.*)$/s.exec(text) ?? [];
  if (timestamp === undefined || requestId === undefined) return { timestamp: '', message: text };
  return { timestamp, requestId, level: level as NonNullable<LogRecord['level']>, message };
}
