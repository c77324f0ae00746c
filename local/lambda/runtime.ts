/**
 * What runs inside a Lambda's own process: the part of Lambda's Node.js runtime that loads the handler once, calls it
 * for one event at a time and turns its outcome and its console output into what Lambda reports.
 *
 * It behaves as the client of that runtime does, the npm package aws-lambda-ric 4.0.2; `npm run test:runtime` compares
 * the two. Response streaming is not imitated. Handlers with a callback are called for runtimes before Node.js 24.
 *
 * It is compiled and run as one plain JavaScript file outside the project, so it imports nothing but Node.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import type { FunctionError, InvokeMessage, LogLevel, LogRecord, RuntimeMessage } from './messages';

/** Lambda's limit on what a function returns to a synchronous call, in bytes: 6 MB and some room. */
const MAX_RESULT_BYTES = 6 * 1024 * 1024 + 100;

type Callback = (error: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: unknown, callback?: Callback) => unknown;

const env = process.env;
const isJson = env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
const isBeforeNode24 = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 24) < 24;
/** As in Lambda's log lines: `-` until the first event. */
let requestId = '-';

// A function's process on Lambda has no channel to a parent: what reports to ours is out of the handler's reach.
const sendToParent = process.send?.bind(process);
delete process.send;
Reflect.deleteProperty(process, 'disconnect');

const send = (message: RuntimeMessage, sent?: () => void): void => {
  sendToParent?.(message, undefined, undefined, sent);
};

/** A fault of the function that the runtime finds. `Runtime.HandlerNotFound` is a `HandlerNotFoundError` in log lines. */
class RuntimeError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
    const className = name.replace(/^.*\./, '').replace(/(?<!Error)$/, 'Error');
    Object.defineProperty(this, 'constructor', { value: { name: className } });
  }
}

/** An error as the caller gets it. */
function describe(error: unknown): FunctionError {
  try {
    if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
  } catch {
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';
    return { errorType: 'handled', errorMessage, trace: [] };
  }
}

/** An error as a JSON log line has it: with the name of its class, not its own. */
const asLogged = (error: Error) => ({
  errorType: error.constructor?.name ?? 'UnknownError',
  errorMessage: error.message,
  stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : error.stack,
});

const withErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? Object.assign(asLogged(value), value) : value;

/** JSON text of a {@link LogRecord}. In the JSON format a single argument stays what it is, several become text. */
function logRecord(level: LogLevel, [first, ...others]: readonly unknown[]): string {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (!isJson) return JSON.stringify({ ...line, message: format(first, ...others) });
  if (others.length > 0) {
    const error = others.find((argument) => argument instanceof Error);
    return JSON.stringify({ ...line, message: format(first, ...others), ...(error ? asLogged(error) : {}) });
  }
  try {
    return JSON.stringify({ ...line, message: first }, withErrors);
  } catch {
    return JSON.stringify({ ...line, message: format(first) }); // cycles, BigInt
  }
}

function patchConsole(): void {
  const levels: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  const lowest = levels.indexOf((env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase() ?? 'TRACE') as LogLevel);
  const logger = (level: LogLevel) =>
    levels.indexOf(level) < lowest
      ? () => undefined
      : (...args: readonly unknown[]) => send({ type: 'log', record: logRecord(level, args) });
  for (const level of levels) Object.assign(console, { [level.toLowerCase()]: logger(level) });
  console.log = console.info;
}

/** What the runtime itself logs of a failure. */
function logFailure(title: string, error: unknown): void {
  const asError = error instanceof Error ? error : new Error(String(error));
  if (isJson) {
    console.error(asError);
    return;
  }
  const { name, message, stack, code } = asError as NodeJS.ErrnoException;
  const fields = { errorType: name, errorMessage: message, code, ...asError, stack: stack?.split('\n') };
  console.error(title, `\t${JSON.stringify(fields)}`);
}

/** Loads the module once and finds the handler in it. */
async function load(): Promise<Handler> {
  const name = env._HANDLER ?? '';
  if (name.includes('..')) {
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const file = basename(name);
  const [, moduleName, exportName] = /^([^.]*)\.(.*)$/.exec(file) ?? [];
  if (moduleName === undefined || exportName === undefined) {
    throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  }
  const folder = resolve(env.LAMBDA_TASK_ROOT ?? '', name.slice(0, name.indexOf(file)).replace(/\/$/, ''));
  const module = await loadModule(folder, moduleName);
  const handler = exportOf(module, exportName) ?? exportOf(exportOf(module, 'default'), exportName);
  if (!handler) throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`);
  if (handler.length >= 3 && !isBeforeNode24) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return handler as Handler;
}

async function loadModule(folder: string, moduleName: string): Promise<unknown> {
  try {
    const path = join(folder, moduleName);
    const found = ['', '.js', '.mjs', '.cjs'].find((extension) => existsSync(path + extension));
    if (found !== undefined) return await import(pathToFileURL(path + found).href);
    return createRequire(join(folder, 'index.js'))(moduleName);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const syntaxError = new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
      if (error.stack !== undefined) syntaxError.stack = error.stack;
      throw syntaxError;
    }
    const isMissing = error instanceof Error && (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
    throw isMissing ? new RuntimeError('Runtime.ImportModuleError', String(error)) : error;
  }
}

/** `a.b` of an object. */
function exportOf(value: unknown, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (nested, key) => (nested && typeof nested === 'object' ? Reflect.get(nested, key) : undefined),
      value,
    );
}

function call(handler: Handler, event: unknown, context: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (handler.length < 3) return resolve(handler(event, context));
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
  // A function, for one, has no JSON: the client's native part refuses it in these words.
  if (text === undefined) throw new TypeError('Wrong arguments');
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES) {
    throw new RuntimeError(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${MAX_RESULT_BYTES} bytes).`,
    );
  }
  return text;
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  env._X_AMZN_TRACE_ID = message.traceId;
  const name = env.AWS_LAMBDA_FUNCTION_NAME;
  const context = {
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: `arn:aws:lambda:${env.AWS_REGION}:123456789012:function:${name}`,
    awsRequestId: requestId,
    tenantId: undefined,
    xRayTraceId: message.traceId,
    getRemainingTimeInMillis: () => message.deadlineMs - Date.now(),
    functionName: name,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
  try {
    const result = toJson(await call(handler, JSON.parse(message.event), context));
    send({ type: 'result', requestId, result });
  } catch (error) {
    logFailure('Invoke Error', error);
    send({ type: 'error', requestId, error: describe(error) });
  }
}

patchConsole();
process.on('disconnect', () => process.exit()); // the gateway is gone
// Ctrl-C reaches the whole process group; the gateway decides when a function ends.
process.on('SIGINT', () => undefined);

load().then(
  (handler) => {
    process.on('message', (message: InvokeMessage) => void invoke(handler, message));
    send({ type: 'ready' });
  },
  (error: unknown) => {
    logFailure('Init Error', error);
    send({ type: 'init-error', error: describe(error) }, () => process.exit(1));
  },
);
