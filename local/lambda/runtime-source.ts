import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

let source: string | undefined;

/** The runtime's code as CommonJS. In the npm package it is a string instead (`scripts/package-cli.ts`). */
export function runtimeSource(): string {
  source ??= transformSync(readFileSync(join(__dirname, 'runtime.ts'), 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
  }).code;
  return source;
}
