const config = require('./jest.unit.config.js');

/**
 * Mutation testing runs the unit tests of the Lambdas, in one process. The tests of the bundle would not see a mutant; the
 * tables and the properties take too long to run for each of two thousand mutants.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  testMatch: ['**/test/lambdas/**/*.test.ts'],
  testTimeout: 4_000, // a mutant that waits for ever fails here, sooner than its process would have to be stopped
};
