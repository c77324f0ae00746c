/** Real clients of agents: `npm run test:agents`. It installs and synthesizes a whole app. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config'),
  roots: ['<rootDir>/test/agents'],
  testPathIgnorePatterns: ['/node_modules/'],
};
