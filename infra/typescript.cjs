/**
 * Lets Node load TypeScript: `node --require ./infra/typescript.cjs FILE.ts`. What tsx compiles it keeps in the folder for
 * temporary files; where that cannot be used, one sentence says so before tsx fails with a stack. The CDK's files, plain
 * CommonJS, go past tsx, which would read them all for what to compile: that is a fifth of a synthesis.
 */
const { accessSync, constants } = require('node:fs');
const { tmpdir } = require('node:os');

try {
  accessSync(`${tmpdir()}/.`, constants.W_OK | constants.X_OK);
} catch ({ code }) {
  console.error(`The folder for temporary files, ${tmpdir()}, cannot be used: ${code}. Set TMPDIR to another one.`);
  process.exit(1);
}
const asTheyAre = require.extensions['.js'];
require('tsx/cjs');
const compiled = require.extensions['.js'];
const cdk = /[/\\]node_modules[/\\](aws-cdk-lib|constructs)[/\\]/;
require.extensions['.js'] = (module, file) => (cdk.test(file) ? asTheyAre : compiled)(module, file);
