import { randomUUID } from 'node:crypto';
import { type ExecutionEnvironment, type Outcome, startEnvironment } from './environment';
import type { LogLevel, LogRecord } from './messages';
import { createTaskRoot } from './task-root';

/** Lambda's limit on an event of a synchronous call, in bytes: 6 MB. */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** How many log records a function remembers. */
const REMEMBERED_LOGS = 1000;

export interface FunctionOptions {
  /** Name of the function, such as its logical id. */
  readonly id: string;
  /** Folder with the bundle. */
  readonly assetPath: string;
  /** Folder that the sources in a bundle's source map may be relative to, besides the bundle's own. */
  readonly sourceRoot?: string;
  /** `file.export`. */
  readonly handler: string;
  /** Variables the function was given in the template. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** @default 'nodejs24.x': decides whether there are callbacks; the process always is the Node that runs this. */
  readonly runtime?: string;
  /** @default 'JSON' */
  readonly logFormat?: 'JSON' | 'Text';
  /** In the JSON format, what `console` writes below it is dropped. @default 'INFO' */
  readonly logLevel?: LogLevel;
  /** Variables of the machine it runs on rather than of the function, such as `NODE_EXTRA_CA_CERTS`. They win. */
  readonly extraEnvironment?: Readonly<Record<string, string>>;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** Execution environments at a time; further events wait for one to become free. @default 4 */
  readonly maxEnvironments?: number;
  /** Time to load the module, in seconds. @default 10, as on Lambda */
  readonly initTimeoutSeconds?: number;
  readonly onLog?: (record: LogRecord) => void;
}

/** What came of one invocation, with the log records it wrote. */
export type Invocation = Outcome & {
  readonly requestId: string;
  readonly logs: readonly LogRecord[];
  /** From taking the event to having the answer, in milliseconds; waiting for the init is part of it. */
  readonly milliseconds: number;
};

export interface LocalFunction {
  readonly id: string;
  /** Resolves when the first environment has loaded the handler, to its failure if it could not. */
  readonly initialized: Promise<Outcome | undefined>;
  /** Calls the handler with what JSON leaves of the event. Never rejects for a fault of the function. */
  invoke(event: unknown, context?: { readonly requestId?: string }): Promise<Invocation>;
  /** The last records of all environments, oldest first. */
  readonly logs: readonly LogRecord[];
  /** Lets every environment end once it is idle: the next event meets a cold start. */
  recycle(): void;
  /** Ends every process at once and removes the copy of the bundle. */
  stop(): Promise<void>;
  /** {@link stop} once all events under way are answered. */
  retire(): Promise<void>;
}

/**
 * Runs a bundle the way Lambda does: in processes of its own outside the project, with exactly the function's
 * environment, its time-out and memory, warm from one event to the next.
 *
 * An environment takes one event at a time. The first starts at once; another one starts when an event finds all of
 * them busy, up to `maxEnvironments`. An environment that timed out, crashed or failed to load is replaced by the next event.
 */
export function startFunction(options: FunctionOptions): LocalFunction {
  const { id, maxEnvironments = 4 } = options;
  const { taskRoot, runtimeFile, remove } = createTaskRoot(options.assetPath, options.sourceRoot);
  const logs: LogRecord[] = [];
  const onLog = (record: LogRecord): void => {
    logs.push(record);
    if (logs.length > REMEMBERED_LOGS) logs.shift();
    options.onLog?.(record);
  };

  /** Records of the invocations under way, by request id. */
  const taps = new Map<string, LogRecord[]>();
  const all = new Set<ExecutionEnvironment>();
  /** Recycled while at work: they end when they have answered. */
  const stale = new WeakSet<ExecutionEnvironment>();
  /** The one used last comes first. */
  const idle: ExecutionEnvironment[] = [];
  /** Woken, in order, whenever an environment becomes free. */
  const waiting: (() => void)[] = [];
  let busy = 0;
  let underWay = 0;
  let stopped = false;

  function start(): ExecutionEnvironment {
    const environment = startEnvironment({
      runtimeFile,
      taskRoot,
      environment: processEnvironment(options, taskRoot),
      timeoutSeconds: options.timeoutSeconds,
      initTimeoutSeconds: options.initTimeoutSeconds ?? 10,
      memoryMb: options.memoryMb,
      onLog: (record) => {
        onLog(record);
        if (record.requestId) taps.get(record.requestId)?.push(record);
      },
    });
    all.add(environment);
    return environment;
  }

  function end(environment: ExecutionEnvironment): Promise<void> {
    all.delete(environment);
    return environment.stop();
  }

  const freed = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));

  async function acquire(): Promise<ExecutionEnvironment> {
    while (busy >= maxEnvironments) await freed();
    if (stopped) throw new Error(`${id} has been stopped`);
    busy += 1;
    for (let environment = idle.pop(); environment; environment = idle.pop()) {
      if (environment.isAlive()) return environment;
      void end(environment);
    }
    return start();
  }

  function release(environment: ExecutionEnvironment): void {
    busy -= 1;
    if (stale.has(environment)) void end(environment);
    else idle.push(environment);
    for (const wake of waiting.splice(0)) wake();
  }

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all([...all].map(end));
    remove();
  }

  const first = start();
  idle.push(first);

  return {
    id,
    initialized: first.initialized,
    logs,
    async invoke(event, { requestId = randomUUID() } = {}) {
      const eventText = JSON.stringify(event) ?? 'null';
      if (Buffer.byteLength(eventText) > MAX_EVENT_BYTES) throw new Error(`The event for ${id} is larger than 6 MB`);
      const tapped: LogRecord[] = [];
      underWay += 1;
      try {
        const environment = await acquire();
        taps.set(requestId, tapped);
        const startedAt = performance.now();
        const outcome = (await environment.initialized) ?? (await environment.invoke({ requestId, event: eventText }));
        release(environment);
        return { ...outcome, requestId, logs: tapped, milliseconds: performance.now() - startedAt };
      } finally {
        underWay -= 1;
        taps.delete(requestId);
      }
    },
    recycle() {
      for (const environment of all) stale.add(environment);
      for (const environment of idle.splice(0)) void end(environment);
    },
    stop,
    async retire() {
      while (underWay > 0) await freed();
      await stop();
    },
  };
}

/** Nothing of our own environment gets into a function: it has what Lambda gives it. */
export function processEnvironment(options: FunctionOptions, taskRoot: string): Record<string, string> {
  const { id, region = 'us-east-1', runtime = 'nodejs24.x', logFormat = 'JSON' } = options;
  return {
    PATH: '/usr/local/bin:/usr/bin/:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
    ...options.environment,
    _HANDLER: options.handler,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: id,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${id}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: logFormat,
    // In the text format there is no level.
    ...(logFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: options.logLevel ?? 'INFO' } : {}),
    ...options.extraEnvironment,
  };
}
