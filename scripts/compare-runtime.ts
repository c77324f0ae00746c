/**
 * Runs the sample events and a set of odd handlers under the local Lambda runtime and under AWS's own runtime client,
 * and compares answers, errors and log lines: `npm run test:runtime`. Builds the client once; where that is not
 * possible, it says so and compares nothing.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type EnvVars, functionsOf } from '../cli/invoke/main';
import { projectRoot } from '../infra/bundling';
import type { LogRecord } from '../local/lambda/messages';
import { type FunctionOptions, startFunction } from '../local/lambda/start-function';
import { takesNoArguments } from '../terminal/usage';
import { installClient, type Outcome, runUnderClient } from './runtime/aws-client';
import { oddHandlers } from './runtime/odd-handlers';
import { samples } from './samples';

interface Subject {
  readonly what: string;
  readonly options: FunctionOptions;
  readonly events: readonly unknown[];
}

async function main(): Promise<number> {
  const client = installClient();
  const folder = mkdtempSync(join(tmpdir(), 'authaction-runtime-'));
  try {
    const subjects = [...oddSubjects(folder), ...(await sampleSubjects(folder))];
    let different = 0;
    for (const { what, options, events } of subjects) {
      const theirs = (await runUnderClient(client, options, events)).map(comparable);
      const ours = (await runUnderOurs(options, events)).map(comparable);
      if (isDeepStrictEqual(ours, theirs)) continue;
      different += 1;
      console.log(`${what}\n  AWS's client: ${JSON.stringify(theirs)}\n  local:        ${JSON.stringify(ours)}`);
    }
    console.log(`${subjects.length - different} of ${subjects.length} functions behave alike under both runtimes`);
    return different;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function oddSubjects(folder: string): readonly Subject[] {
  return oddHandlers.map(({ what, files, handler = 'index.handler', events = [{}], logFormat = 'JSON' }, index) => {
    const assetPath = join(folder, `odd-${index}`);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(assetPath, name)), { recursive: true });
      writeFileSync(join(assetPath, name), text);
    }
    const limits = { timeoutSeconds: 5, memoryMb: 256 };
    return { what, events, options: { id: 'Odd', assetPath, handler, environment: {}, logFormat, ...limits } };
  });
}

async function sampleSubjects(folder: string): Promise<readonly Subject[]> {
  const settings = { AUTHACTION_DOMAIN: 'demo.example.com', AUTHACTION_AUDIENCE: 'https://api.example.com' };
  const functions = await functionsOf(mkdtempSync(join(folder, 'cdk.out-')), settings);
  const events = join(projectRoot, 'events');
  const envVars = JSON.parse(readFileSync(join(events, 'env.json'), 'utf8')) as EnvVars;
  return samples.flatMap(({ functionId, event }) => {
    const model = functions.get(functionId);
    if (!model) return [];
    const options = { ...model, environment: { ...model.environment, ...envVars[functionId] } };
    const text = readFileSync(join(events, event), 'utf8');
    return [{ what: `${functionId} ${event}`, options, events: [JSON.parse(text) as unknown] }];
  });
}

async function runUnderOurs(options: FunctionOptions, events: readonly unknown[]): Promise<readonly Outcome[]> {
  const lambda = startFunction(options);
  const outcomes: Outcome[] = [];
  let seen = 0;
  try {
    for (const event of events) {
      const invocation = await lambda.invoke(event);
      const logs = lambda.logs.slice(seen);
      seen = lambda.logs.length;
      outcomes.push(invocation.ok ? { result: invocation.result, logs } : { error: invocation.error, logs });
    }
  } finally {
    await lambda.stop();
  }
  return outcomes;
}

/** What of an outcome is the same in every run: no times, ids and frames, and no lines past `console`. */
function comparable({ result, error, logs }: Outcome): object {
  const text = JSON.stringify({
    ...(error ? { error: { ...error, trace: error.trace?.slice(0, 1) } } : { result }),
    logs: logs.filter(isOfRuntime).map(comparableLine),
  });
  return JSON.parse(
    text
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
      .replace(/Root=1-[0-9a-f]{8}-[0-9a-f]{24}/g, 'TRACE')
      .replace(/[^\s"']*authaction-lambda-\w+/g, 'ROOT')
      .replace(/RequestId: ID (Error: )?/g, '')
      .replace(/(\\n(\s+at |Require stack)|\[\\"\w*Error: \w+\\",\\"\s+at ).*?(?<!\\)(?=")/g, '')
      .replace(/"(at|latencyMs|milliseconds|ms)":[\d.]+/g, '"$1":0'),
  ) as object;
}

/** Neither a line past `console`, nor one of the service that runs the runtime. */
const isOfRuntime = ({ level, message }: LogRecord): boolean =>
  level !== undefined && !String(message).includes('Runtime exited with error');

function comparableLine({ timestamp: _timestamp, stackTrace, message, ...line }: LogRecord): object {
  return { ...line, ...(stackTrace ? { stackTrace: stackTrace.slice(0, 1) } : {}), message: withoutFrames(message) };
}

function withoutFrames(message: unknown): unknown {
  if (message === undefined) return undefined;
  return JSON.parse(
    JSON.stringify(message, (key, value: unknown) =>
      (key === 'stackTrace' || key === 'stack') && Array.isArray(value) ? value.slice(0, 1) : value,
    ),
  );
}

takesNoArguments("npm run test:runtime: compares the local Lambda runtime with AWS's own client, aws-lambda-ric");
main().then(
  (different) => {
    process.exitCode = different === 0 ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
