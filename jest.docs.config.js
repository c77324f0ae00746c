/** README's commands, run as a reader would: `npm run test:docs`. Needs bash and curl. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config'),
  roots: ['<rootDir>/test/readme'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
};
