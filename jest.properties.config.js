const config = require('./jest.config.js');

process.env.PROPERTY_RUNS ??= '1000';

/** The property tests with more samples than `npm test` draws: `npm run test:properties`. @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: ['**/*propert{y,ies}.test.ts'],
  testTimeout: 1_800_000,
};
