import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root folder. */
export const projectRoot = join(__dirname, '..');

/**
 * How every Lambda is bundled, in esbuild's own words: one minified CommonJS file. Our errors carry their names as text,
 * so `keepNames`, a tenth of the bundle and a call for each function made, is not needed for Lambda's `errorType`.
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
