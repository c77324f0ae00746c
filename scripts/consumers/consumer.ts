import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const NPM_OPTIONS = ['--silent', '--no-audit', '--no-fund'];

/** How a consumer's modules are loaded: `type` of its package.json. */
export type ModuleKind = 'commonjs' | 'module';

/** Compiler options of the consumers, as `cdk init` writes them where it matters. */
const compilerOptions = { target: 'es2022', module: 'NodeNext', strict: true, noEmit: true, types: ['node'] } as const;

/**
 * Writes an app that uses the package in every way the documents describe.
 *
 * @param folder of the app; made when it is missing.
 * @param more fields of its package.json.
 */
export function writeConsumer(folder: string, type: ModuleKind, more: object = {}): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(__dirname, 'apps'), folder, { recursive: true });
  const manifest = { name: 'consumer', version: '1.0.0', private: true, type, ...more };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  // The CDK's own declarations do not pass with exactOptionalPropertyTypes, so one consumer checks all declarations, the
  // other one the strictest use of ours.
  const strictness = type === 'module' ? { exactOptionalPropertyTypes: true, skipLibCheck: true } : {};
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...strictness } }),
  );
}

/** Runs a program of a consumer's `node_modules`. @throws Error with its output when it fails. */
export function runInConsumer(folder: string, script: string, ...args: readonly string[]): string {
  const program = [folder, join(folder, '..', '..')].map((root) => join(root, 'node_modules', script)).find(existsSync);
  return run(folder, process.execPath, [program ?? script, ...args]);
}

/** Runs a command. @throws Error with its output when it fails. */
export function run(folder: string, command: string, args: readonly string[], env: object = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out'), CDK_VALIDATION: 'false', ...env },
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed in ${folder}:\n${error?.message ?? ''}${stdout}${stderr}`);
}

/** Type-checks a consumer, on one core: several checkers would each check much of the CDK's declarations. */
export const typeCheck = (folder: string): string => runInConsumer(folder, 'typescript/bin/tsc', '--singleThreaded');

/** Runs a TypeScript file of a consumer. */
export const runTypeScript = (folder: string, file: string): string => runInConsumer(folder, 'tsx/dist/cli.mjs', file);

/** An authorizer's code as a synth stages it. */
export interface StagedAuthorizer {
  /** Name of the asset's folder: `asset.` and the hash of its content. */
  readonly asset: string;
  readonly code: Buffer;
  readonly routes: unknown;
}

/** The authorizers' code in an assembly, once for each table. */
export function stagedAuthorizers(folder: string): readonly StagedAuthorizer[] {
  const assembly = join(folder, 'cdk.out');
  return readdirSync(assembly)
    .filter((asset) => existsSync(join(assembly, asset, 'routes.json')))
    .map((asset) => ({
      asset,
      code: readFileSync(join(assembly, asset, 'index.js')),
      routes: JSON.parse(readFileSync(join(assembly, asset, 'routes.json'), 'utf8')),
    }));
}

/**
 * Checks what a consumer's synth staged.
 *
 * @param tested the authorizer's code that the tests ran.
 * @throws Error that says what differs.
 */
export function checkStaged(staged: readonly StagedAuthorizer[], tested: Uint8Array, tables: number): void {
  if (staged.length !== tables) throw new Error(`${staged.length} assets have a route table, not ${tables}`);
  for (const { asset, code } of staged) {
    if (!code.equals(tested)) throw new Error(`${asset}/index.js is not the authorizer that the tests ran`);
  }
}
