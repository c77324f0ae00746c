import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * Makes what several suites read: in the first suite that needs it, while those of other workers wait. It is removed with
 * the temporary folder of the test run.
 *
 * @param name of the folder.
 * @param make fills the folder; no suite may change it afterwards.
 * @returns the folder.
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = join(tmpdir(), name);
  const isMade = `${folder}.made`;
  while (!existsSync(isMade)) {
    if (!claim(folder)) {
      await setTimeout(50);
      continue;
    }
    try {
      await make(folder);
      writeFileSync(isMade, '');
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }
  return folder;
}

/** Whether this process is the one that makes the folder. */
function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
