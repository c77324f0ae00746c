import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const FOLDER = join(__dirname, 'page');

/** The parts that the console's page is made of. */
export interface PageSource {
  readonly html: string;
  readonly style: string;
  readonly script: string;
}

/** Reads the page and bundles its script. In the npm package they are strings instead (`scripts/package-cli.ts`). */
export async function pageSource(): Promise<PageSource> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, 'main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    logLevel: 'silent',
  });
  return {
    html: readFileSync(join(FOLDER, 'index.html'), 'utf8'),
    style: readFileSync(join(FOLDER, 'style.css'), 'utf8'),
    script: outputFiles[0]?.text ?? '',
  };
}
