/** What needs a browser: `npm run test:browser`. Plain `npm test` needs only Node. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config'),
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/browser/find-chromium.ts',
  testTimeout: 60_000,
};
