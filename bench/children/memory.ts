import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { eventBytes } from '../inputs';
import { useRuntimeConsole } from './runtime-console';

export interface MemoryJob {
  readonly bundle: string;
  /** `Authorization` values, used in turn; each call gets strings of its own. */
  readonly authorizations: readonly string[];
  readonly decisions: number;
}

export interface MemoryResult {
  readonly decisions: number;
  readonly answers: number;
  readonly refusals: number;
  /** What the heap and the memory outside it hold more than after the first thousand decisions, bytes. */
  readonly retainedBytes: number;
  /** Resident memory at the end, bytes. */
  readonly residentBytes: number;
}

async function main(jobFile: string, resultFile: string): Promise<void> {
  const job = JSON.parse(readFileSync(jobFile, 'utf8')) as MemoryJob;
  const { handler } = createRequire(jobFile)(job.bundle) as { handler: (event: unknown) => Promise<unknown> };
  useRuntimeConsole();
  const { gc } = globalThis;
  if (!gc) throw new Error('needs --expose-gc');
  const events = job.authorizations.map(eventBytes);
  const outcome = { answers: 0, refusals: 0 };

  const decide = async (from: number, to: number) => {
    for (let call = from; call < to; call += 1) {
      const event = JSON.parse((events[call % events.length] as Buffer).toString());
      try {
        await handler(event);
        outcome.answers += 1;
      } catch {
        outcome.refusals += 1;
      }
    }
  };
  const held = async () => {
    for (let i = 0; i < 4; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      gc();
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  // The first thousand fill what is meant to be filled: code, caches, the log's buffers.
  const warmUp = Math.min(1_000, job.decisions);
  await decide(0, warmUp);
  const before = await held();
  await decide(warmUp, job.decisions);
  const after = await held();
  const result: MemoryResult = {
    decisions: job.decisions,
    ...outcome,
    retainedBytes: after - before,
    residentBytes: process.memoryUsage.rss(),
  };
  writeFileSync(resultFile, JSON.stringify(result));
}

const [jobFile = '', resultFile = ''] = process.argv.slice(2);
main(jobFile, resultFile).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
