import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../infra/bundling';
import { builtTarball } from '../package/built-package';
import { environmentWithoutSettings } from '../support/without-settings';

/** What `npm install` puts beside the package in the example, and the commands that come with it. */
const PACKAGES = [
  '@modelcontextprotocol/server',
  '@types/node',
  'aws-cdk',
  'aws-cdk-lib',
  'constructs',
  'esbuild',
  'tsx',
  'typescript',
];
const COMMANDS = {
  cdk: 'aws-cdk/bin/cdk',
  esbuild: 'esbuild/bin/esbuild',
  tsc: 'typescript/bin/tsc',
  tsx: 'tsx/dist/cli.mjs',
};

/** `examples/mcp` as a reader has it after `npm install`. */
export interface Example {
  readonly folder: string;
  /** Runs a command of the example, and gives what it printed. */
  npx(...args: readonly string[]): Promise<string>;
  remove(): void;
}

export async function installExample(): Promise<Example> {
  const folder = mkdtempSync(join(tmpdir(), 'example-mcp-'));
  cpSync(join(projectRoot, 'examples', 'mcp'), folder, { recursive: true });
  writeFileSync(join(folder, 'package-lock.json'), '{}'); // NodejsFunction looks for one
  const modules = join(folder, 'node_modules');
  const link = (name: string, target: string) => {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(target, join(modules, name));
  };
  for (const name of PACKAGES) link(name, join(projectRoot, 'node_modules', name));
  // Comes with the SDK, in the SDK's version.
  link('zod', dirname(require.resolve('zod/package.json', { paths: [join(modules, '@modelcontextprotocol/server')] })));
  for (const [name, script] of Object.entries(COMMANDS)) link(join('.bin', name), join(modules, script));
  cpSync(join(dirname(await builtTarball()), 'source'), join(modules, 'authaction-aws'), { recursive: true });
  const env = { ...environmentWithoutSettings(), CDK_DISABLE_CLI_TELEMETRY: 'true' };
  return {
    folder,
    npx: async (...args) => (await promisify(execFile)('npx', ['--no-install', ...args], { cwd: folder, env })).stdout,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
