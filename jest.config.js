const { availableParallelism } = require('node:os');

/** Our TypeScript, and the few packages that ship ES modules only. */
const transformed = 'oidc-provider|jose|chokidar|readdirp';
/**
 * Large packages that a worker loads once. None keeps state from suite to suite, or tests with `instanceof` what a suite
 * makes, such as a Date.
 */
const native = 'aws-cdk-lib|cdk-nag|constructs';
const swc = (syntax) => ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax } }, module: { type: 'commonjs' } }];

// No test, and no command that one starts, reads the .env of whoever runs it (infra/settings.ts).
process.env.ENV_FILES = 'off';
// Nor does it trust the authorities that they add: a process that reads those of a whole system takes twice as long to start.
delete process.env.NODE_EXTRA_CA_CERTS;
// The type checker and the bundler are programs in Go that run for a second: without collections of garbage in less time.
process.env.GOGC ??= 'off';
process.env.GOMEMLIMIT ??= '1GiB'; // from here on they collect after all

/** @type {import('jest').Config} */
module.exports = {
  cacheDirectory: '<rootDir>/node_modules/.cache/jest', // also for a run within a run, whose temporary folder is new
  globalSetup: '<rootDir>/test/support/temp-folder.ts',
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/async-stores.cjs'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/agents/', '/test/browser/', '/test/readme/', '/test/own-routes/'],
  transform: {
    [`/node_modules/(${native})/.+\\.js$`]: '<rootDir>/test/support/native-package.cjs',
    '^.+\\.ts$': swc('typescript'),
    [`/node_modules/(${transformed})/.+\\.js$`]: swc('ecmascript'),
  },
  transformIgnorePatterns: [`/node_modules/(?!(${transformed}|${native})/)`],
  testTimeout: 120_000, // ends what hangs; what is slow on a busy machine may take its time
  maxWorkers: availableParallelism() + 2, // tests also wait, for processes and for answers
  maxConcurrency: 5, // concurrent tests start processes: more at a time starve each other on two cores
};
