import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { type ModuleKind, run, writeConsumer } from '../../scripts/consumers/consumer';
import { oncePerRun } from '../support/once-per-run';
import { builtTarball } from './built-package';
import { installPackage } from './install';

export const sampleSources = join(projectRoot, 'examples', 'cdk');
export const samples = readdirSync(sampleSources, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** A folder of {@link builtConsumers}. */
export type Consumer = ModuleKind | 'samples';

/**
 * A consumer of each kind and the samples, each in a folder of its name with the tarball's files, and this repository's
 * copies of what a consumer installs beside it; all are compiled.
 */
export const builtConsumers = (): Promise<string> => oncePerRun('consumers', buildConsumers);

async function buildConsumers(folder: string): Promise<void> {
  const tarball = await builtTarball();
  for (const type of ['commonjs', 'module'] as const) writeConsumer(join(folder, type), type);
  writeSamples(join(folder, 'samples'));
  for (const name of ['commonjs', 'module', 'samples']) installPackage(join(folder, name), tarball);
  compile(folder);
}

function writeSamples(folder: string): void {
  cpSync(sampleSources, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'samples', private: true, type: 'commonjs' }));
  mkdirSync(join(folder, 'dist')); // the code that the samples' own build would write
  writeFileSync(join(folder, 'dist', 'handler.js'), 'exports.handler = async () => ({ statusCode: 200 });');
}

/** The strict consumer has options of its own; the others are one program, since the CDK's declarations are most of the work. */
function compile(folder: string): void {
  const typeRoots = ['commonjs/node_modules/@types']; // which has no more than a consumer installs
  const compilerOptions = { target: 'es2022', module: 'NodeNext', strict: true, types: ['node'], typeRoots };
  const include = ['commonjs/*', 'samples/run.ts', 'samples/*/after'];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
  const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const said = ['.', 'module'].map((project) => {
    const args = [tsc, '--singleThreaded', '--noEmit', 'false', '--project', project];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout;
  });
  writeFileSync(join(folder, 'compiler.txt'), said.join(''));
}

/** What the compiler says of a consumer, and of the package's declarations there. */
export const typeErrors = (folder: string, consumer: Consumer): readonly string[] =>
  readFileSync(join(folder, 'compiler.txt'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${consumer}/`));

/** Runs a compiled file. */
export const runCompiled = (folder: string, consumer: Consumer, ...args: readonly string[]): string =>
  run(join(folder, consumer), process.execPath, args);
