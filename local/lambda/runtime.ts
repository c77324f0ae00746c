/**
 * What runs inside a Lambda's own process: the part of Lambda's Node.js runtime that loads the handler once, calls it
 * for one event at a time and turns its outcome and its console output into what Lambda reports.
 *
 * It is compiled and run as one plain JavaScript file outside the project, so it imports nothing but Node.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import type { FunctionError, InvokeMessage, LogLevel, LogRecord, RuntimeMessage } from './messages';

/** Lambda's limit on what a function returns to a synchronous call, in bytes: 6 MB and some room. */
const MAX_RESULT_BYTES = 6 * 1024 * 1024 + 100;

type Callback = (error: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: unknown, callback?: Callback) => unknown;

const env = process.env;
const isJson = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
/** Node.js 24 is the first runtime of Lambda without callbacks. */
const hasCallbacks = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0) < 24;
let requestId: string | undefined;

const send = (message: RuntimeMessage): void => {
  process.send?.(message);
};

/** A fault of the function that the runtime finds. */
class RuntimeError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function asLogged(error: Error): { errorType: string; errorMessage: string; stackTrace: readonly string[] } {
  const { errorType, errorMessage, trace = [] } = describe(error);
  return { errorType, errorMessage, stackTrace: trace };
}

const withErrors = (_key: string, value: unknown): unknown => (value instanceof Error ? asLogged(value) : value);

/** `console.*` as Lambda writes it: in the JSON format one object stays an object, several arguments become text. */
function log(level: LogLevel, args: readonly unknown[]): void {
  const [first] = args;
  const isObject = isJson && args.length === 1 && typeof first === 'object' && first !== null;
  const error = isJson && !isObject ? args.find((arg) => arg instanceof Error) : undefined;
  const record = (message: unknown): LogRecord => ({
    timestamp: new Date().toISOString(),
    level,
    ...(requestId === undefined ? {} : { requestId }),
    message,
    ...(error ? asLogged(error) : {}),
  });
  let text: string;
  try {
    text = JSON.stringify(record(isObject ? first : format(...args)), withErrors);
  } catch {
    text = JSON.stringify(record(format(...args))); // cycles, BigInt
  }
  send({ type: 'log', record: text });
}

function patchConsole(): void {
  const levels: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  const lowest = isJson ? levels.indexOf((env.AWS_LAMBDA_LOG_LEVEL || 'INFO') as LogLevel) : 0;
  const methods = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
  for (const [method, level] of Object.entries(methods)) {
    const isOn = levels.indexOf(level) >= lowest;
    console[method as keyof typeof methods] = (...args: unknown[]) => (isOn ? log(level, args) : undefined);
  }
}

/** Loads the module once and finds the handler in it. */
async function load(): Promise<Handler> {
  const [moduleName = '', ...names] = (env._HANDLER ?? '').split('.');
  const base = join(env.LAMBDA_TASK_ROOT ?? '', moduleName);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (!file) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  let value: unknown = file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : require(file);
  for (const name of names) value = (value as Record<string, unknown> | undefined)?.[name];
  if (typeof value !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${env._HANDLER} is undefined or not exported`);
  }
  if (value.length > 2 && !hasCallbacks) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'Lambda has no callback-based handlers from Node.js 24 on: use an async handler',
    );
  }
  return value as Handler;
}

function call(handler: Handler, event: unknown, context: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (handler.length <= 2) return resolve(handler(event, context));
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  const name = env.AWS_LAMBDA_FUNCTION_NAME;
  const context = {
    functionName: name,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: `arn:aws:lambda:${env.AWS_REGION}:123456789012:function:${name}`,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: message.requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
  try {
    const value = await call(handler, JSON.parse(message.event), context);
    const result = JSON.stringify(value === undefined ? null : value) ?? 'null';
    if (Buffer.byteLength(result) > MAX_RESULT_BYTES) {
      throw new RuntimeError(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded ${MAX_RESULT_BYTES} bytes`,
      );
    }
    send({ type: 'result', requestId: message.requestId, result });
  } catch (error) {
    log('ERROR', isJson && error instanceof Error ? [error] : ['Invoke Error', error]);
    send({ type: 'error', requestId: message.requestId, error: describe(error) });
  }
}

function crash(errorType: string | undefined, error: unknown): void {
  const described = describe(error);
  log('ERROR', ['Uncaught Exception', error]);
  process.send?.({ type: 'crash', error: { ...described, errorType: errorType ?? described.errorType } }, () =>
    process.exit(129),
  );
}

patchConsole();
process.on('uncaughtException', (error) => crash(undefined, error));
process.on('unhandledRejection', (error) => crash('Runtime.UnhandledPromiseRejection', error));
process.on('disconnect', () => process.exit()); // the gateway is gone
// Ctrl-C reaches the whole process group; the gateway decides when a function ends.
process.on('SIGINT', () => undefined);

load().then(
  (handler) => {
    process.on('message', (message: InvokeMessage) => void invoke(handler, message));
    send({ type: 'ready' });
  },
  (error: unknown) => {
    const described = describe(error);
    const isSyntaxError = error instanceof SyntaxError;
    log('FATAL', [error]);
    process.send?.(
      {
        type: 'init-error',
        error: isSyntaxError ? { ...described, errorType: 'Runtime.UserCodeSyntaxError' } : described,
      },
      () => process.exit(1),
    );
  },
);
