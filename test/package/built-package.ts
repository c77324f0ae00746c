import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { packPackage } from '../../scripts/package';
import { oncePerRun } from '../support/once-per-run';

/** The tarball that `npm publish` would upload; its files are in `source/` beside it, too. */
export async function builtTarball(): Promise<string> {
  const folder = await oncePerRun('package', packPackage);
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
}

/**
 * Installs the built package and its command in an app, as npm would.
 *
 * @param packages of this project that the app has, too.
 */
export async function installPackage(app: string, packages: readonly string[]): Promise<void> {
  const modules = join(app, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  cpSync(join(dirname(await builtTarball()), 'source'), join(modules, 'authaction-aws'), { recursive: true });
  symlinkSync(join('..', 'authaction-aws', 'lib', 'cli.js'), join(modules, '.bin', 'authaction'));
  for (const name of packages) symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
}
