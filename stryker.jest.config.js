const config = require('./jest.config.js');

/**
 * Mutation testing runs the quick tests beside the sources, in one process. Not the bundle's: a mutant does not reach them. Not
 * the tables and the properties either: they would find more, but take too long to run for each of two thousand mutants.
 */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testTimeout: 4_000, // a mutant that waits for ever fails here, sooner than its process would have to be stopped
  testMatch: ['**/test/lambdas/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/bundle/',
    '/refusals\\.test',
    '/padding\\.test',
    '/propert(y|ies)\\.test',
    '\\.property\\.test',
  ],
};
