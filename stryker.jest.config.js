const config = require('./jest.unit.config.js');

/** Left out of the inner loop for their time, but what they find no quicker test does. */
const NEEDED = ['/keys/request', 'propert(y|ies)'];

/**
 * Mutation testing runs the unit tests of the Lambdas, in one process. The tests of the bundle would not see a mutant; the
 * tables and the properties, but that of the covers, take too long to run for each of two thousand mutants.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  testMatch: ['**/test/lambdas/**/*.test.ts'],
  testPathIgnorePatterns: [
    ...config.testPathIgnorePatterns.filter((pattern) => !NEEDED.includes(pattern)),
    '(?<!cover\\.)propert(y|ies)',
  ],
  testTimeout: 4_000, // a mutant that waits for ever fails here, sooner than its process would have to be stopped
};
