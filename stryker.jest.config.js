const config = require('./jest.config.js');

/** Mutation testing runs what runs in one process: a mutant is switched on in it, and does not reach a bundle. */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: ['**/test/lambdas/**/*.test.ts'],
  testPathIgnorePatterns: ['/authorizer/bundle/', '/refusals.test.ts', '/properties.test.ts'],
};
