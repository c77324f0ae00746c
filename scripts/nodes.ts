/**
 * Runs the tests of the Lambdas on every Node the project promises: `npm run test:nodes [-- jest's arguments]`. Sources and bundles
 * alike: the tests start the bundles on the Node they run on themselves. Needs the npm registry, for Node's own
 * packages; they go to `.cache/`.
 */
import { spawnSync } from 'node:child_process';
import { projectRoot } from '../infra/bundling';
import { installedNode } from './node-binary';

const VERSIONS = ['20.20.2', '22.23.3', '24.21.0'];

const USAGE = `npm run test:nodes [-- jest's arguments]: runs tests, else those of the Lambdas, on Node ${VERSIONS.join(', ')}.
Needs the npm registry for those that are not in .cache/ yet.`;

function main(args: readonly string[]): number {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  const jest = require.resolve('jest/bin/jest');
  const checked = spawnSync(process.execPath, [jest, '--showConfig', ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (checked.status !== 0) return 2; // jest has said what it does not know, before any Node is fetched
  const results = VERSIONS.map((version) => {
    console.log(`\nNode ${version}`);
    const { status } = spawnSync(installedNode(version), [jest, ...args], { cwd: projectRoot, stdio: 'inherit' });
    return { version, passed: status === 0 };
  });
  for (const { version, passed } of results) console.log(`Node ${version}: ${passed ? 'passed' : 'FAILED'}`);
  return results.every(({ passed }) => passed) ? 0 : 1;
}

try {
  const args = process.argv.slice(2);
  process.exitCode = main(args.length > 0 ? args : ['test/lambdas']);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
