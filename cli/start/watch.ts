import { watch } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';

/** Quiet time after a change before it is acted on, in milliseconds: editors write a file in several steps. */
const DEBOUNCE_MS = 100;

/**
 * Calls back after changes under `lambdas/` and `infra/`. Calls never overlap: what changes meanwhile causes one more.
 *
 * @returns a function that ends it.
 */
export function watchSources(changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;

  async function run(): Promise<void> {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await changed();
    } while (again);
    running = false;
  }

  const watchers = ['lambdas', 'infra'].map((folder) =>
    watch(join(projectRoot, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void run(), DEBOUNCE_MS);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
