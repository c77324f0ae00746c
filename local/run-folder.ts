import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from './app';
import { isAlive } from './local-run';

/** Folders for temporary files carry the id of their process, so that those of killed runs can be told. */
const FOLDER = /^authaction-(?:local|lambda)-(\d+)-/;

/**
 * Makes a folder for a run's files and removes those that killed runs have left.
 *
 * @param parent the folder for temporary files.
 * @throws AppError when files cannot be written there.
 */
export function makeRunFolder(parent = tmpdir()): string {
  try {
    sweep(parent);
    return mkdtempSync(join(parent, `authaction-local-${process.pid}-`));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError(
      `The folder for temporary files, ${parent}, cannot be used: ${code}. Set TMPDIR to another one.`,
    );
  }
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = FOLDER.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
