/** A function that asks something unusual of its runtime. */
export interface OddHandler {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** @default 'index.handler' */
  readonly handler?: string;
  /** @default one empty event */
  readonly events?: readonly unknown[];
  /** @default 'JSON' */
  readonly logFormat?: 'JSON' | 'Text';
}

const js = (what: string, code: string, more: Partial<OddHandler> = {}): OddHandler => ({
  what,
  files: { 'index.js': code },
  ...more,
});

/** The body of an async handler. */
const body = (what: string, code: string, more: Partial<OddHandler> = {}): OddHandler =>
  js(what, `exports.handler = async (event, context) => { ${code} };`, more);

const logs = (what: string, code: string): readonly OddHandler[] => [
  body(`logs ${what}`, code),
  body(`logs ${what}, as text`, code, { logFormat: 'Text' }),
];

export const oddHandlers: readonly OddHandler[] = [
  body('returns nothing', ''),
  body('returns null', 'return null;'),
  body('returns a BigInt', 'return 1n;'),
  body('returns an object with a BigInt', 'return { a: 1n };'),
  body('returns a cycle', 'const a = {}; a.a = a; return a;'),
  body('returns a function', 'return () => 1;'),
  body('returns a symbol', 'return Symbol("a");'),
  body('returns a date and what JSON drops', 'return { at: new Date(0), gone: undefined, f() {}, n: NaN };'),
  js('is not async', 'exports.handler = (event) => ({ got: event });', { events: [{ a: 1 }, 'text', 5, null, [1]] }),
  js('throws without a promise', 'exports.handler = () => { throw new Error("sync"); };'),
  body(
    'throws an error with fields',
    'throw Object.assign(new RangeError("far"), { code: "E_FAR", detail: { a: 1 } });',
  ),
  body('throws an error of its own class', 'class OwnError extends Error {} throw new OwnError("own");'),
  body('throws an error with a name', 'const e = new Error("named"); e.name = "Named"; throw e;'),
  body('throws a string', 'throw "text";'),
  body('throws nothing', 'throw undefined;'),
  body('throws an object', 'throw { a: 1 };'),
  body('throws an error without a stack', 'const e = new Error("bare"); e.stack = undefined; throw e;'),
  body('throws an error with a cause', 'throw new Error("outer", { cause: new Error("inner") });'),
  body('throws Unauthorized', 'throw new Error("Unauthorized");'),
  body('throws, as text', 'throw Object.assign(new Error("text"), { code: 5 });', { logFormat: 'Text' }),
  body('goes on after an error', 'if (event.bad) throw new Error("bad"); return 1;', { events: [{ bad: true }, {}] }),
  body(
    'rejects outside its promise',
    'Promise.reject(new Error("late")); await new Promise((r) => setTimeout(r, 200));',
  ),
  body(
    'throws outside its promise',
    'setTimeout(() => { throw new Error("late"); }); await new Promise((r) => setTimeout(r, 200));',
  ),
  body('ends its process', 'process.exit(3);'),
  ...logs('one object', 'console.info({ a: 1, b: { c: [1] } });'),
  ...logs('several arguments', 'console.warn("a %s", "b", { c: 1 });'),
  ...logs('an error', 'console.error(new TypeError("bad"));'),
  ...logs('text and an error', 'console.error("it failed", new TypeError("bad"));'),
  ...logs('an error in an object', 'console.error({ error: Object.assign(new Error("deep"), { code: 1 }) });'),
  ...logs('a number', 'console.log(5);'),
  ...logs('a boolean and null', 'console.log(true); console.log(null);'),
  ...logs('nothing', 'console.log(); console.log(undefined);'),
  ...logs('a BigInt', 'console.log(1n); console.log({ n: 1n });'),
  ...logs('a cycle', 'const a = {}; a.a = a; console.log(a);'),
  ...logs('a function and a symbol', 'console.log(() => 1); console.log(Symbol("a"));'),
  ...logs('two lines', 'console.log("one\\ntwo");'),
  ...logs(
    'at each level',
    'for (const m of ["trace", "debug", "info", "log", "warn", "error", "fatal"]) console[m]?.(m);',
  ),
  js('logs at init', 'console.log("init"); exports.handler = async () => console.log("call");'),
  body(
    'reads its context',
    'return { ...context, keys: Object.keys(context), left: context.getRemainingTimeInMillis() > 0 };',
  ),
  body(
    'reads Lambda’s variables',
    'return Object.keys(process.env).filter((name) => /^(AWS_LAMBDA_(?!RUNTIME_API)|_|LAMBDA_|AWS_EX|AWS_RE)/.test(name)).sort();',
  ),
  body('asks for a parent process', 'return [typeof process.send, typeof process.disconnect];'),
  js('throws at init', 'throw new RangeError("at init");'),
  js('is no JavaScript', 'exports.handler = ('),
  js('requires what is not there', 'require("not-there"); exports.handler = async () => 1;'),
  js('exports something else', 'exports.other = async () => 1;'),
  js('exports no function', 'exports.handler = 5;'),
  js('has a callback', 'exports.handler = (event, context, callback) => callback(null, 1);'),
  js('exports a default object', 'module.exports = { default: { handler: async () => "default" } };'),
  js('exports a nested handler', 'exports.a = { b: async () => "nested" };', { handler: 'index.a.b' }),
  js('has no such module', '', { handler: 'other.handler' }),
  js('has a name without a dot', 'exports.handler = async () => 1;', { handler: 'index' }),
  js('has a name that leaves its folder', 'exports.handler = async () => 1;', { handler: '../index.handler' }),
  js('has a name that starts with a dot', 'exports.handler = async () => 1;', { handler: './index.handler' }),
  {
    what: 'is an ES module',
    files: { 'index.mjs': 'export const handler = async () => import.meta.url.endsWith("index.mjs");' },
  },
  {
    what: 'is an ES module that awaits at the top',
    files: { 'index.mjs': 'const one = await Promise.resolve(1); export const handler = async () => one;' },
  },
  { what: 'is an ES module that throws', files: { 'index.mjs': 'throw new Error("top"); export const handler = 1;' } },
  { what: 'is an ES module that is no JavaScript', files: { 'index.mjs': 'export const handler = (' } },
  {
    what: 'is an ES module that imports what is not there',
    files: { 'index.mjs': 'import "not-there"; export const handler = async () => 1;' },
  },
  {
    what: 'is an ES module with a default object',
    files: { 'index.mjs': 'export default { handler: async () => "default" };' },
  },
  {
    what: 'is CommonJS by its name',
    files: { 'index.cjs': 'exports.handler = async () => __filename.endsWith("index.cjs");' },
  },
  {
    what: 'is an ES module by its package',
    files: { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async () => "typed";' },
  },
];
