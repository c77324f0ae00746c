/** `npm run check` in a copy with other routes: `npm run test:routes`. As long as that command. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config'),
  roots: ['<rootDir>/test/own-routes'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 1_800_000,
};
