const config = require('./jest.config.js');

/**
 * The inner loop, `npm run test:unit`: tests that start no process, synthesize nothing, draw no samples and wait for
 * no deadline.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  testMatch: [
    '**/test/lambdas/**/*.test.ts',
    '**/test/infra/route-table/**/*.test.ts',
    '**/test/cli/**/{api,options,provider,render,token-checks}.test.ts',
    '**/test/local/console/{action,guard,traces,page/*}.test.ts',
    '**/test/local/gateway/{policy-evaluator,read-template}.test.ts',
  ],
  testPathIgnorePatterns: [
    ...config.testPathIgnorePatterns,
    '/bundle/',
    'propert(y|ies)',
    '/refusals',
    '/padding',
    '/keys/request',
  ],
};
