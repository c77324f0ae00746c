import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packPackage } from '../../scripts/package';
import { oncePerRun } from '../support/once-per-run';

/** The tarball that `npm publish` would upload; its files are in `source/` beside it, too. */
export async function builtTarball(): Promise<string> {
  const folder = await oncePerRun('package', packPackage);
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
}
