import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The project's root folder. */
export const projectRoot = join(__dirname, '..');

/**
 * How every Lambda is bundled, in esbuild's own words: one minified CommonJS file. Our errors carry their names as
 * strings, so `keepNames`, a tenth of the bundle and a call for each function, is not needed for Lambda's `errorType`.
 */
export const esbuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
} as const;

/** Source file of the Lambda in a folder under `lambdas/`. */
export const entryOf = (folder: string): string => join(projectRoot, 'lambdas', folder, 'handler.ts');

/** Folders under `lambdas/` that hold a Lambda. */
export function lambdaFolders(): string[] {
  const folders = readdirSync(join(projectRoot, 'lambdas'), { withFileTypes: true }).filter((f) => f.isDirectory());
  return folders
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(projectRoot, 'lambdas', name)).includes('handler.ts'));
}

/** A file of a Lambda's zip. */
export interface BundledFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

/**
 * Bundles one Lambda of `lambdas/` in this process.
 *
 * @param sourceMaps whether `index.js.map` is made as well, so that stack traces name TypeScript lines.
 * @throws esbuild's BuildFailure, with `errors` that name file, line and column.
 */
export function bundleLambda(folder: string, sourceMaps = false): BundledFile[] {
  const { outputFiles } = buildSync({
    ...esbuildOptions,
    entryPoints: [entryOf(folder)],
    absWorkingDir: projectRoot,
    outfile: join(projectRoot, 'index.js'),
    sourcemap: sourceMaps && 'linked',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, contents }) => ({
    name: path.endsWith('.map') ? 'index.js.map' : 'index.js',
    contents,
  }));
}
