// Runs one bundle as Lambda does: in a process of its own, events in and answers out as JSON, console output captured.
// usage: node lambda-host.cjs <folder of index.js>, with an IPC channel

const { format } = require('node:util');

const lines = [];
for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
  console[level] = (...values) => lines.push(format(...values));
}

const startedAt = performance.now();
const { handler } = require(`${process.argv[2]}/index.js`);

// What the system says of a process's peak includes its parent's: so it is sampled, from the first question on.
let maxRss = 0;
let sampling;

const operations = {
  /** Invokes the handler; a failure is told as Lambda tells it. */
  async invoke(event) {
    const invokedAt = performance.now();
    let outcome;
    try {
      outcome = { answer: await handler(event) };
    } catch (error) {
      outcome = { error: { errorType: error.name, errorMessage: error.message } };
    }
    const now = performance.now();
    return { ...outcome, milliseconds: now - invokedAt, millisecondsSinceInit: now - startedAt };
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
