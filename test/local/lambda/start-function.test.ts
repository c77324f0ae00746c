import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { projectRoot } from '../../../infra/bundling';
import type { LogRecord } from '../../../local/lambda/messages';
import { type FunctionOptions, type LocalFunction, startFunction } from '../../../local/lambda/start-function';
import { bundle } from './bundle';

const running: { stop: () => Promise<void>; remove: () => void }[] = [];
afterEach(async () => {
  for (const { stop, remove } of running.splice(0)) {
    await stop();
    remove();
  }
});

/** Starts a function whose module is this text. */
function start(code: string, options: Partial<FunctionOptions> = {}, file = 'index.js'): LocalFunction {
  const { path, remove } = bundle({ [file]: code });
  const lambda = startFunction({
    id: 'TestFunction',
    assetPath: path,
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 5,
    memoryMb: 128,
    ...options,
  });
  running.push({ stop: () => lambda.stop(), remove });
  return lambda;
}

/** Whether a process exists. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process is gone. */
async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a function that answers', () => {
  it('gets the event and gives its result, both as JSON leaves them', async () => {
    const lambda = start('exports.handler = async (event) => ({ got: event, at: new Date(0), gone: undefined });');
    await expect(lambda.invoke({ a: [1], b: undefined })).resolves.toMatchObject({
      ok: true,
      result: { got: { a: [1] }, at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('may be synchronous', async () => {
    const lambda = start('exports.handler = (event) => event + 1;');
    await expect(lambda.invoke(1)).resolves.toMatchObject({ ok: true, result: 2 });
  });

  it('answers null when it returns nothing', async () => {
    const lambda = start('exports.handler = async () => {};');
    await expect(lambda.invoke({})).resolves.toMatchObject({ ok: true, result: null });
  });

  it('may be an ES module', async () => {
    const lambda = start('export const handler = async () => import.meta.url.endsWith("index.mjs");', {}, 'index.mjs');
    await expect(lambda.invoke({})).resolves.toMatchObject({ ok: true, result: true });
  });

  it('keeps its module state from one event to the next, and loses it when it is recycled', async () => {
    const lambda = start('let calls = 0; exports.handler = async () => ++calls;');
    const results = [await lambda.invoke({}), await lambda.invoke({})];
    lambda.recycle();
    results.push(await lambda.invoke({}));
    expect(results.map((outcome) => outcome.ok && outcome.result)).toEqual([1, 2, 1]);
  });

  it('meets a cold start after it was recycled at work', async () => {
    const lambda = start(
      'let calls = 0; exports.handler = async () => { await new Promise((r) => setTimeout(r, 100)); return ++calls; };',
    );
    await lambda.initialized;
    const atWork = lambda.invoke({});
    await new Promise((resolve) => setTimeout(resolve, 20));
    lambda.recycle();
    await expect(atWork).resolves.toMatchObject({ ok: true, result: 1 });
    await expect(lambda.invoke({})).resolves.toMatchObject({ ok: true, result: 1 });
  });

  it('gets a context with its request id and the time that is left', async () => {
    const lambda = start(`exports.handler = async (event, context) =>
      ({ ...context, left: context.getRemainingTimeInMillis() });`);
    const outcome = await lambda.invoke({}, { requestId: 'request-1' });
    expect(outcome).toMatchObject({
      requestId: 'request-1',
      result: { awsRequestId: 'request-1', functionName: 'TestFunction', memoryLimitInMB: '128' },
    });
    const { left } = (outcome.ok && outcome.result) as { left: number };
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(5000);
  });
});

describe('where a function runs', () => {
  it('has the variables it was given and those of Lambda, and none of ours', async () => {
    process.env.OF_THE_DEVELOPER = 'secret';
    const lambda = start('exports.handler = async () => process.env;', {
      environment: { SETTING: 'value' },
      extraEnvironment: { NODE_EXTRA_CA_CERTS: '/nowhere' },
    });
    const outcome = await lambda.invoke({});
    delete process.env.OF_THE_DEVELOPER;
    expect(outcome).toMatchObject({
      result: {
        SETTING: 'value',
        NODE_EXTRA_CA_CERTS: '/nowhere',
        AWS_LAMBDA_FUNCTION_NAME: 'TestFunction',
        AWS_LAMBDA_LOG_FORMAT: 'JSON',
        _HANDLER: 'index.handler',
      },
    });
    expect(outcome.ok && outcome.result).not.toHaveProperty('OF_THE_DEVELOPER');
    expect(outcome.ok && outcome.result).not.toHaveProperty('HOME');
  });

  it('is no process that has a parent to talk to', async () => {
    const lambda = start('exports.handler = async () => [typeof process.send, typeof process.disconnect];');
    await expect(lambda.invoke({})).resolves.toMatchObject({ result: ['undefined', 'undefined'] });
  });

  it.each([
    ['a name that starts with a dot', './index.handler', 'exports.handler = async () => "found";'],
    ['a nested name', 'index.a.b', 'exports.a = { b: async () => "found" };'],
  ])('takes %s', async (_case, handler, code) => {
    await expect(start(code, { handler }).invoke({})).resolves.toMatchObject({ result: 'found' });
  });

  it('takes an ES module that awaits at the top, and a default object', async () => {
    const code = 'await Promise.resolve(); export default { handler: async () => "found" };';
    await expect(start(code, {}, 'index.mjs').invoke({})).resolves.toMatchObject({ result: 'found' });
  });

  it('is a copy outside the project, removed with the function', async () => {
    const lambda = start('exports.handler = async () => __filename;');
    const outcome = await lambda.invoke({});
    const file = String(outcome.ok && outcome.result);
    expect(file.startsWith(realpathSync(tmpdir()))).toBe(true);
    expect(existsSync(file)).toBe(true);
    await lambda.stop();
    expect(existsSync(file)).toBe(false);
  });

  it('is bounded by the memory of the function', async () => {
    const lambda = start('exports.handler = async () => require("v8").getHeapStatistics().heap_size_limit / 1e6;');
    const outcome = await lambda.invoke({});
    // V8 adds its young generation, up to 192 MB on Node 24; without a bound it takes gigabytes.
    expect(outcome.ok && outcome.result).toBeLessThan(512);
  });
});

describe('a function that fails', () => {
  it('reports what the handler threw', async () => {
    const lambda = start('exports.handler = async () => { throw new TypeError("no good"); };');
    const outcome = await lambda.invoke({});
    expect(outcome).toMatchObject({
      ok: false,
      kind: 'handler',
      error: { errorType: 'TypeError', errorMessage: 'no good' },
    });
    expect(!outcome.ok && outcome.error.trace?.[0]).toBe('TypeError: no good');
  });

  it('reports what it threw that is no error', async () => {
    const lambda = start('exports.handler = () => { throw "text"; };');
    await expect(lambda.invoke({})).resolves.toMatchObject({
      kind: 'handler',
      error: { errorType: 'string', errorMessage: 'text' },
    });
  });

  it('reports a result that is no JSON, and goes on', async () => {
    const lambda = start('exports.handler = async (event) => event.big ? { n: 1n } : event.fn ? () => 1 : 1;');
    await expect(lambda.invoke({ big: true })).resolves.toMatchObject({
      kind: 'handler',
      error: { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' },
    });
    await expect(lambda.invoke({ fn: true })).resolves.toMatchObject({
      kind: 'handler',
      error: { errorType: 'TypeError' },
    });
    await expect(lambda.invoke({})).resolves.toMatchObject({ ok: true, result: 1 });
  });

  it('reports a result of more than 6 MB', async () => {
    const lambda = start('exports.handler = async () => "x".repeat(7e6);');
    await expect(lambda.invoke({})).resolves.toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
  });

  it.each([
    ['whose module throws', 'throw new RangeError("at init");', 'RangeError', 'at init'],
    ['whose module is no JavaScript', 'exports.handler = (', 'Runtime.UserCodeSyntaxError', 'Unexpected'],
    ['without the handler', 'exports.other = () => 1;', 'Runtime.HandlerNotFound', 'index.handler'],
    ['whose process ends in init', 'process.exit(3);', 'Runtime.ExitError', 'exit status 3'],
    ['with a callback', 'exports.handler = (e, c, done) => done();', 'Runtime.CallbackHandlerDeprecated', 'callback'],
  ])('reports an error of init for one %s, for every event', async (_case, code, errorType, message) => {
    const lambda = start(code);
    for (const _ of [1, 2]) {
      await expect(lambda.invoke({})).resolves.toMatchObject({
        ok: false,
        kind: 'init',
        error: { errorType, errorMessage: expect.stringContaining(message) },
      });
    }
    await expect(lambda.initialized).resolves.toMatchObject({ kind: 'init' });
  });

  it.each([
    ['a module that is not there', 'other.handler', 'Runtime.ImportModuleError', "Cannot find module 'other'"],
    ['a handler’s name without a dot', 'index', 'Runtime.MalformedHandlerName', 'Bad handler'],
    ['a handler’s name that leaves its folder', '../index.handler', 'Runtime.MalformedHandlerName', 'is not a valid'],
  ])('reports %s', async (_case, handler, errorType, message) => {
    const lambda = start('exports.handler = async () => 1;', { handler });
    await expect(lambda.invoke({})).resolves.toMatchObject({
      kind: 'init',
      error: { errorType, errorMessage: expect.stringContaining(message) },
    });
  });

  it('reports a module that it requires and that is not there', async () => {
    const lambda = start('require("not-there");');
    await expect(lambda.invoke({})).resolves.toMatchObject({
      kind: 'init',
      error: { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining('not-there') },
    });
  });

  it('reports an init that never ends', async () => {
    const lambda = start('for (;;);', { initTimeoutSeconds: 0.3 });
    await expect(lambda.invoke({})).resolves.toMatchObject({
      kind: 'init',
      error: { errorType: 'Sandbox.Timedout' },
    });
  });

  it('may call back before Node.js 24', async () => {
    const lambda = start('exports.handler = (event, context, done) => done(event.error, event.value);', {
      runtime: 'nodejs22.x',
    });
    await expect(lambda.invoke({ value: 1 })).resolves.toMatchObject({ ok: true, result: 1 });
    await expect(lambda.invoke({ error: 'bad' })).resolves.toMatchObject({ error: { errorMessage: 'bad' } });
  });

  it.each([
    ['waits for ever', 'await new Promise(() => {});'],
    ['never yields', 'for (;;);'],
  ])('is killed when it %s, and starts anew', async (_case, code) => {
    const lambda = start(
      `let calls = 0; exports.handler = async ({ hang }) => { calls++; if (hang) { ${code} } return [calls, process.pid]; };`,
      { timeoutSeconds: 0.4 },
    );
    const before = await lambda.invoke({});
    const [, pid] = (before.ok && before.result) as [number, number];
    await expect(lambda.invoke({ hang: true })).resolves.toMatchObject({
      ok: false,
      kind: 'timeout',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after 0.40 seconds'),
      },
    });
    await ended(pid);
    await expect(lambda.invoke({})).resolves.toMatchObject({
      ok: true,
      result: [1, expect.any(Number)],
    });
  });

  it.each([
    ['ends its process', 'process.exit(3)', 3],
    ['throws outside its promise', 'setTimeout(() => { throw new Error("late"); }); await new Promise(() => {})', 1],
    ['rejects outside its promise', 'Promise.reject(new Error("late")); await new Promise(() => {})', 1],
  ])('is replaced when it %s', async (_case, code, status) => {
    const lambda = start(`exports.handler = async ({ die }) => { if (die) { ${code}; } return 'fine'; };`);
    await expect(lambda.invoke({ die: true })).resolves.toMatchObject({
      ok: false,
      kind: 'exit',
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining(`Runtime exited with error: exit status ${status}`),
      },
    });
    expect(lambda.logs.filter(({ level }) => level !== undefined)).toMatchObject([
      { level: 'ERROR', message: expect.stringContaining(`Runtime exited with error: exit status ${status}`) },
    ]);
    await expect(lambda.invoke({})).resolves.toMatchObject({ ok: true, result: 'fine' });
  });
});

describe('what a function logs', () => {
  const messages = (records: readonly LogRecord[]) => records.map(({ level, message }) => [level, message]);

  it('keeps one object an object, and makes several arguments text', async () => {
    const lambda = start(`exports.handler = async () => {
      console.info({ decision: 'allow' }); console.warn('a', { b: 1 }); console.error(new Error('bad')); console.debug('hidden');
    };`);
    const { logs, requestId } = await lambda.invoke({});
    expect(messages(logs)).toEqual([
      ['INFO', { decision: 'allow' }],
      ['WARN', 'a { b: 1 }'],
      ['ERROR', expect.objectContaining({ errorType: 'Error', errorMessage: 'bad' })],
    ]);
    expect(logs.every((record) => record.requestId === requestId)).toBe(true);
  });

  it('keeps one argument what it is', async () => {
    const lambda = start(
      'exports.handler = async () => { for (const a of [5, true, null, "5"]) console.log(a); console.log(); };',
    );
    const { logs } = await lambda.invoke({});
    expect(logs.map(({ message }) => message)).toEqual([5, true, null, '5', undefined]);
  });

  it('names an error by its class, and the second argument’s error beside the text', async () => {
    const lambda = start(`class OwnError extends Error {}
      exports.handler = async () => { console.error(new OwnError('a')); console.fatal('b', new OwnError('c')); };`);
    const { logs } = await lambda.invoke({});
    expect(logs).toMatchObject([
      { level: 'ERROR', message: { errorType: 'OwnError', errorMessage: 'a' } },
      { level: 'FATAL', message: expect.stringContaining('b'), errorType: 'OwnError', errorMessage: 'c' },
    ]);
  });

  it('has no request id before the first event', async () => {
    const lambda = start('console.log("init"); throw new Error("at init"); exports.handler = async () => {};');
    await lambda.initialized;
    expect(lambda.logs.slice(0, 2)).toMatchObject([
      { level: 'INFO', requestId: '-', message: 'init' },
      { level: 'ERROR', requestId: '-', message: { errorType: 'Error', errorMessage: 'at init' } },
    ]);
  });

  it('is text of every level in the text format', async () => {
    const lambda = start('exports.handler = async () => { console.log({ a: 1 }); console.trace("t"); };', {
      logFormat: 'Text',
    });
    expect(messages((await lambda.invoke({})).logs)).toEqual([
      ['INFO', '{ a: 1 }'],
      ['TRACE', 't'],
    ]);
  });

  it('survives what JSON cannot express', async () => {
    const lambda = start(
      'exports.handler = async () => { const a = {}; a.a = a; console.log(a); console.log({ n: 1n }); };',
    );
    expect(messages((await lambda.invoke({})).logs)).toEqual([
      ['INFO', expect.stringContaining('Circular')],
      ['INFO', '{ n: 1n }'],
    ]);
  });

  it('is handed on as it comes, with what was written past console', async () => {
    const seen: LogRecord[] = [];
    const lambda = start('console.log("init"); exports.handler = async () => { process.stdout.write("raw\\n"); };', {
      onLog: (record) => seen.push(record),
    });
    await lambda.invoke({});
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(messages(seen)).toEqual([
      ['INFO', 'init'],
      [undefined, 'raw'],
    ]);
    expect(lambda.logs).toEqual(seen);
  });

  it('names TypeScript lines when the bundle carries a source map', async () => {
    const { buildSync } = await import('esbuild');
    const source = bundle({
      'handler.ts': 'type T = 1;\n\nexport const handler = async () => { throw new Error("mapped"); };',
    });
    const { outputFiles } = buildSync({
      entryPoints: [`${source.path}/handler.ts`],
      outfile: join(projectRoot, 'index.js'), // as infra/bundling.ts does
      bundle: true,
      minify: true,
      format: 'cjs',
      sourcemap: true,
      write: false,
    });
    const out = bundle(Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text])));
    const lambda = startFunction({
      id: 'Mapped',
      assetPath: out.path,
      sourceRoot: projectRoot,
      handler: 'index.handler',
      environment: { NODE_OPTIONS: '--enable-source-maps' },
      timeoutSeconds: 5,
      memoryMb: 128,
    });
    running.push({ stop: () => lambda.stop(), remove: source.remove }, { stop: async () => {}, remove: out.remove });
    const outcome = await lambda.invoke({});
    expect(!outcome.ok && outcome.error.trace?.join('\n')).toContain(`${source.path}/handler.ts:3:`);
  });
});

describe('several events at once', () => {
  const pidAfter = (ms: number) => `exports.handler = async () => {
    await new Promise((resolve) => setTimeout(resolve, ${ms})); return process.pid; };`;
  const pids = async (lambda: LocalFunction, count: number): Promise<Set<unknown>> => {
    const outcomes = await Promise.all(Array.from({ length: count }, () => lambda.invoke({})));
    return new Set(outcomes.map((outcome) => outcome.ok && outcome.result));
  };

  it('get environments of their own, up to the limit; the rest wait', async () => {
    const lambda = start(pidAfter(200), { maxEnvironments: 2 });
    await expect(pids(lambda, 5)).resolves.toHaveProperty('size', 2);
  });

  it('meet the same environment one after the other', async () => {
    const lambda = start(pidAfter(1));
    const seen = new Set<unknown>();
    for (const _ of [1, 2, 3]) for (const pid of await pids(lambda, 1)) seen.add(pid);
    expect(seen.size).toBe(1);
  });

  it('are answered before a retired function ends', async () => {
    const lambda = start(pidAfter(100), { maxEnvironments: 1 });
    const answers = pids(lambda, 3);
    await lambda.retire();
    const [pid] = await answers;
    expect(isRunning(Number(pid))).toBe(false);
    await expect(lambda.invoke({})).rejects.toThrow('has been stopped');
  });

  it('fail when the function is stopped under them', async () => {
    const lambda = start('exports.handler = () => new Promise(() => {});');
    await lambda.initialized;
    const answer = lambda.invoke({});
    await new Promise((resolve) => setTimeout(resolve, 50));
    await lambda.stop();
    await expect(answer).resolves.toMatchObject({ ok: false, kind: 'exit' });
    expect(lambda.logs).toEqual([]);
  });
});
