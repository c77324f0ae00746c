/**
 * Lets Node load TypeScript: `node --require ./infra/typescript.cjs FILE.ts`. What tsx compiles it keeps in the folder for
 * temporary files; where that cannot be used, one sentence says so before tsx fails with a stack.
 */
const { mkdtempSync, rmdirSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

try {
  rmdirSync(mkdtempSync(join(tmpdir(), 'authaction-')));
} catch ({ code }) {
  console.error(`The folder for temporary files, ${tmpdir()}, cannot be used: ${code}. Set TMPDIR to another one.`);
  process.exit(1);
}
require('tsx/cjs');
