import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';

/** How long something stays that no command uses, in days. */
export const KEPT_DAYS = 30;

/**
 * A folder for one installed program in the git-ignored `.cache/`. Each use counts: what was not used for
 * {@link KEPT_DAYS} days is removed.
 *
 * @param name with its version, such as `node-24`.
 * @returns its path; the folder may not be there yet.
 */
export function cacheFolder(name: string, cache = join(projectRoot, '.cache'), now = new Date()): string {
  const folder = join(cache, name);
  mkdirSync(cache, { recursive: true });
  if (existsSync(folder)) utimesSync(folder, now, now);
  const oldestMs = now.getTime() - KEPT_DAYS * 24 * 60 * 60 * 1000;
  for (const other of readdirSync(cache)) {
    const path = join(cache, other);
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? oldestMs) < oldestMs)
      rmSync(path, { recursive: true, force: true });
  }
  return folder;
}
