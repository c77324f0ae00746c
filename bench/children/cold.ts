import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { useRuntimeConsole } from './runtime-console';

export interface ColdJob {
  readonly bundle: string;
  /** A good token's event. */
  readonly event: unknown;
}

/** Milliseconds. */
export interface ColdSample {
  readonly load: number;
  /** Load and first decision. */
  readonly total: number;
}

const [jobFile = '', resultFile = ''] = process.argv.slice(2);
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as ColdJob;
const load = createRequire(jobFile);
useRuntimeConsole();
const started = performance.now();
const { handler } = load(job.bundle) as { handler: (event: unknown) => Promise<unknown> };
const loaded = performance.now();
handler(job.event).then(
  () => {
    const sample: ColdSample = { load: loaded - started, total: performance.now() - started };
    writeFileSync(resultFile, JSON.stringify(sample));
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
