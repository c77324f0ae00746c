// Runs one bundle as Lambda does: in a process of its own, events in and answers out as JSON, console output captured.
// usage: node lambda-host.cjs <folder of index.js>, with an IPC channel

const { format } = require('node:util');

const lines = [];
for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
  console[level] = (...values) => lines.push(format(...values));
}

/** Time for which this process was ready to run and did not, milliseconds: the machine did other work. */
const TICK_MS = 20;
let lateMs = 0;
let tickedAt = performance.now();
const notRunMs = () => lateMs + Math.max(0, performance.now() - tickedAt - TICK_MS);
setInterval(() => {
  lateMs = notRunMs();
  tickedAt = performance.now();
}, TICK_MS).unref();

/** A stopwatch that stands still while this process cannot run, so that a busy machine makes no bound fail. */
function stopwatch() {
  const [startedAt, notRunBefore] = [performance.now(), notRunMs()];
  return () => performance.now() - startedAt - (notRunMs() - notRunBefore);
}

const sinceInit = stopwatch();
const { handler } = require(`${process.argv[2]}/index.js`);

// What the system says of a process's peak includes its parent's: so it is sampled, from the first question on.
let maxRss = 0;
let sampling;

const operations = {
  /** Invokes the handler; a failure is told as Lambda tells it. */
  async invoke(event) {
    const sinceInvocation = stopwatch();
    let outcome;
    try {
      outcome = { answer: await handler(event) };
    } catch (error) {
      outcome = { error: { errorType: error.name, errorMessage: error.message } };
    }
    return { ...outcome, milliseconds: sinceInvocation(), millisecondsSinceInit: sinceInit() };
  },
  /** Bytes of memory in use after a full collection, and the most since the last time; needs --expose-gc. */
  memory() {
    for (let times = 0; times < 3; times += 1) global.gc();
    const { heapUsed, rss } = process.memoryUsage();
    const result = { heapUsed, rss, maxRss: Math.max(maxRss, rss) };
    maxRss = rss;
    clearInterval(sampling);
    sampling = setInterval(() => {
      maxRss = Math.max(maxRss, process.memoryUsage.rss());
    }, 5);
    return result;
  },
};

process.on('message', async ({ id, operation, argument }) => {
  const result = await operations[operation](argument);
  process.send({ id, result, lines: lines.splice(0) });
});
process.on('disconnect', () => process.exit());
process.send({ id: 0, result: null, lines: lines.splice(0) });
