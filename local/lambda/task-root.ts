import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { projectRoot } from '../../infra/bundling';

/** Where a function's processes run: a folder of their own outside the project, as Lambda has one. */
export interface TaskRoot {
  /** The copy of the bundle, `/var/task` on Lambda. */
  readonly taskRoot: string;
  /** The runtime, beside it. */
  readonly runtimeFile: string;
  remove(): void;
}

let runtimeCode: string | undefined;

/** Copies a bundle out of the project, so that no `package.json` or `node_modules` around it can change how it runs. */
export function createTaskRoot(assetPath: string): TaskRoot {
  const folder = mkdtempSync(join(tmpdir(), 'authaction-lambda-'));
  try {
    const taskRoot = join(folder, 'task');
    const runtimeFile = join(folder, 'runtime.cjs');
    mkdirSync(taskRoot);
    cpSync(assetPath, taskRoot, { recursive: true });
    keepSourcesFindable(assetPath, taskRoot);
    runtimeCode ??= transformSync(readFileSync(join(__dirname, 'runtime.ts'), 'utf8'), {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
    }).code;
    writeFileSync(runtimeFile, runtimeCode);
    return { taskRoot, runtimeFile, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A source map names its sources relative to the bundle or to the project; that of the copy names them absolutely. */
function keepSourcesFindable(assetPath: string, taskRoot: string): void {
  const file = join(taskRoot, 'index.js.map');
  if (!existsSync(file)) return;
  const map = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[] };
  const sources = map.sources.map((source) => {
    const beside = resolve(assetPath, source);
    return existsSync(beside) ? beside : resolve(projectRoot, source);
  });
  writeFileSync(file, JSON.stringify({ ...map, sources }));
}
