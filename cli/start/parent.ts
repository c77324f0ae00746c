import { execFile } from 'node:child_process';
import { isAlive } from '../../local/local-run';

/** How often the ancestors are looked at, in milliseconds. */
const INTERVAL_MS = 1_000;

/**
 * Calls back when the npm, npx, yarn or pnpm that started this process has ended without ending it, as after `kill`.
 * Started otherwise, a parent may end: a shell that put this process into the background does.
 */
export function onParentEnd(ended: () => void, env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env.npm_lifecycle_event === undefined && env.npm_command === undefined) return;
  const watched = [process.ppid];
  execFile('ps', ['-o', 'ppid=,comm=', '-p', String(process.ppid)], (error, output) => {
    const [, above, command = ''] = /^\s*(\d+)\s+(\S+)/.exec(error ? '' : output) ?? [];
    if (/(^|\/|-)(ba|da|z|k|a)?sh$/.test(command)) watched.push(Number(above)); // npm starts a shell that waits
  }).unref();
  setInterval(() => {
    if (!watched.every(isAlive)) ended();
  }, INTERVAL_MS).unref();
}
