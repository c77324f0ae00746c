import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { FunctionError, InvokeMessage, LogRecord, RuntimeMessage } from './messages';

/**
 * Why an invocation failed. `init`: the module did not load. `handler`: the handler threw or returned what cannot be
 * sent. `timeout`: it took longer than the function may, and was killed. `exit`: its process ended.
 */
export type FailureKind = 'init' | 'handler' | 'timeout' | 'exit';

/** What came of an invocation; `result` went through JSON, as it does on Lambda. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly kind: FailureKind; readonly error: FunctionError };

export interface EnvironmentOptions {
  /** JavaScript file of the runtime. */
  readonly runtimeFile: string;
  /** Folder the process starts in: the copy of the bundle. */
  readonly taskRoot: string;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly initTimeoutSeconds: number;
  readonly memoryMb: number;
  readonly onLog: (record: LogRecord) => void;
}

/** One execution environment: a process that loads the handler once and takes one event at a time. */
export interface ExecutionEnvironment {
  /** `undefined` once the handler is loaded; the failure when it could not be. */
  readonly initialized: Promise<Outcome | undefined>;
  /** Whether the process can take another event. */
  readonly isAlive: () => boolean;
  /** Call it only when the last call is answered. */
  invoke(message: Pick<InvokeMessage, 'requestId' | 'event'>): Promise<Outcome>;
  stop(): Promise<void>;
}

const failure = (kind: FailureKind, error: FunctionError): Outcome => ({ ok: false, kind, error });

/** Starts the process and with it the handler's init. The process is not frozen between events, as Lambda's is. */
export function startEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { timeoutSeconds, initTimeoutSeconds, memoryMb, onLog } = options;
  const oldSpace = `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`;
  const child = spawn(process.execPath, [oldSpace, options.runtimeFile], {
    cwd: options.taskRoot,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // 'exit' only: a grandchild may hold the pipes open.
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

  let alive = true;
  let requestId: string | undefined;
  /** Answers the caller that waits: for the init at first, then for the invocation under way. */
  let settle: ((outcome: Outcome | undefined) => void) | undefined;

  /** Waits for the next outcome; when the time is up, the process is killed. */
  const next = (kind: 'init' | 'timeout', seconds: number): Promise<Outcome | undefined> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        alive = false;
        child.kill('SIGKILL');
        const errorMessage = `${requestId ? `RequestId: ${requestId} Error: ` : ''}Task timed out after ${seconds.toFixed(2)} seconds`;
        log('ERROR', errorMessage);
        settle?.(failure(kind, { errorType: 'Sandbox.Timedout', errorMessage }));
      }, seconds * 1000);
      settle = (outcome) => {
        clearTimeout(timer);
        settle = undefined;
        resolve(outcome);
      };
    });
  const log = (level: LogRecord['level'], message: string): void =>
    onLog({
      timestamp: new Date().toISOString(),
      ...(level ? { level } : {}),
      ...(requestId ? { requestId } : {}),
      message,
    });

  listen(child, {
    message(message) {
      switch (message.type) {
        case 'ready':
          return settle?.(undefined);
        case 'log':
          return onLog(JSON.parse(message.record) as LogRecord);
        case 'init-error':
          alive = false;
          return settle?.(failure('init', message.error));
        case 'result':
          if (message.requestId === requestId) settle?.({ ok: true, result: JSON.parse(message.result) });
          return;
        case 'error':
          if (message.requestId === requestId) settle?.(failure('handler', message.error));
      }
    },
    line: (text) => log(undefined, text),
    exit(how) {
      const errorMessage = `${requestId ? `RequestId: ${requestId} ` : ''}Error: Runtime exited with error: ${how}`;
      // Not one that was stopped.
      if (alive) log('ERROR', errorMessage);
      alive = false;
      settle?.(failure(requestId ? 'exit' : 'init', { errorType: 'Runtime.ExitError', errorMessage }));
    },
  });

  return {
    initialized: next('init', initTimeoutSeconds),
    isAlive: () => alive,
    async invoke(message) {
      requestId = message.requestId;
      const outcome = next('timeout', timeoutSeconds);
      const traceId = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
      const deadlineMs = Date.now() + timeoutSeconds * 1000;
      child.send({ type: 'invoke', ...message, traceId, deadlineMs } satisfies InvokeMessage, (error) => {
        if (error) settle?.(failure('exit', { errorType: 'Runtime.ExitError', errorMessage: 'The process has ended' }));
      });
      return (await outcome) ?? { ok: true, result: null };
    },
    async stop() {
      alive = false;
      child.kill('SIGKILL');
      await exited;
    },
  };
}

interface Listener {
  message(message: RuntimeMessage): void;
  line(text: string): void;
  exit(how: string): void;
}

function listen(child: ChildProcess, listener: Listener): void {
  child.on('message', (message) => listener.message(message as RuntimeMessage));
  child.once('error', (error) => listener.exit(error.message));
  child.once('exit', (code, signal) => listener.exit(signal ? `signal: ${signal}` : `exit status ${code}`));
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (text) => listener.line(text));
  }
}
