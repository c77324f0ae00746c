import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runtimeSource } from './runtime-source';

/** Where a function's processes run: a folder of their own outside the project, as Lambda has one. */
export interface TaskRoot {
  /** The copy of the bundle, `/var/task` on Lambda. */
  readonly taskRoot: string;
  /** The runtime, beside it. */
  readonly runtimeFile: string;
  remove(): void;
}

/**
 * Copies a bundle out of the project, so that no `package.json` or `node_modules` around it can change how it runs.
 *
 * @param sourceRoot folder that the sources of its source map may be relative to, besides `assetPath`.
 */
export function createTaskRoot(assetPath: string, sourceRoot = assetPath): TaskRoot {
  const folder = mkdtempSync(join(tmpdir(), `authaction-lambda-${process.pid}-`));
  try {
    const taskRoot = join(folder, 'task');
    const runtimeFile = join(folder, 'runtime.cjs');
    mkdirSync(taskRoot);
    cpSync(assetPath, taskRoot, { recursive: true });
    keepSourcesFindable(taskRoot, [sourceRoot, assetPath]);
    writeFileSync(runtimeFile, runtimeSource());
    return { taskRoot, runtimeFile, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A bundle's source map names its sources relative to the project or to itself; the copy names them absolutely. */
function keepSourcesFindable(taskRoot: string, roots: readonly string[]): void {
  const file = join(taskRoot, 'index.js.map');
  if (!existsSync(file)) return;
  const map = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[] };
  const find = (source: string) => roots.map((root) => resolve(root, source)).find(existsSync) ?? source;
  writeFileSync(file, JSON.stringify({ ...map, sources: map.sources.map(find) }));
}
