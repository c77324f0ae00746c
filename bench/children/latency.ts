import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Case } from '../cases';
import type { HandlerName } from '../handlers';
import { eventBytes } from '../inputs';
import { seededRandom, shuffled } from '../statistics';
import { useRuntimeConsole } from './runtime-console';

/** What the parent process asks for, as JSON in the file that the first argument names. */
export interface LatencyJob {
  readonly bundles: Partial<Record<HandlerName, string>>;
  readonly cases: readonly Case[];
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly callsPerRound: number;
}

/** Per case, one value per round. */
export interface LatencySamples {
  /** The handler alone: event object in, answer object out. Microseconds per call. */
  readonly call: Record<string, number[]>;
  /** With what the runtime does around it: event bytes in, answer bytes out. Microseconds per call. */
  readonly invocation: Record<string, number[]>;
}

type Handler = (event: unknown) => Promise<unknown>;

async function main(jobFile: string, resultFile: string): Promise<void> {
  const job = JSON.parse(readFileSync(jobFile, 'utf8')) as LatencyJob;
  useRuntimeConsole();
  const load = createRequire(jobFile);
  const handlers = Object.entries(job.bundles).map(([name, file]) => [name, load(file).handler as Handler] as const);
  const handlerOf = Object.fromEntries(handlers);
  const cases = job.cases.map((one) => ({ ...one, events: one.authorizations.map(eventBytes), next: 0 }));
  const samples: LatencySamples = { call: {}, invocation: {} };
  for (const { name } of cases) {
    samples.call[name] = [];
    samples.invocation[name] = [];
  }

  const random = seededRandom(7);
  for (let round = -job.warmUpRounds; round < job.rounds; round += 1) {
    for (const one of shuffled(cases, random)) {
      const handler = handlerOf[one.handler];
      if (!handler) throw new Error(`no bundle for ${one.handler}`);
      const take = () => one.events[one.next++ % one.events.length] as Buffer;
      const outcome = { answer: 0, refusal: 0 };

      // Fresh strings for every call: a string of its own is parsed out of the bytes each time.
      const parsed = Array.from({ length: job.callsPerRound }, () => JSON.parse(take().toString()));
      const startCall = process.hrtime.bigint();
      for (const event of parsed) {
        try {
          await handler(event);
          outcome.answer += 1;
        } catch {
          outcome.refusal += 1;
        }
      }
      const endCall = process.hrtime.bigint();

      const bytes = Array.from({ length: job.callsPerRound }, take);
      const startInvocation = process.hrtime.bigint();
      for (const body of bytes) {
        try {
          Buffer.from(JSON.stringify(await handler(JSON.parse(body.toString()))));
          outcome.answer += 1;
        } catch (error) {
          Buffer.from(JSON.stringify({ errorMessage: (error as Error).message }));
          outcome.refusal += 1;
        }
      }
      const endInvocation = process.hrtime.bigint();

      if (outcome[one.expected] !== 2 * job.callsPerRound) {
        throw new Error(`${one.name}: expected nothing but ${one.expected}, got ${JSON.stringify(outcome)}`);
      }
      if (round < 0) continue;
      samples.call[one.name]?.push(Number(endCall - startCall) / 1000 / job.callsPerRound);
      samples.invocation[one.name]?.push(Number(endInvocation - startInvocation) / 1000 / job.callsPerRound);
    }
  }
  writeFileSync(resultFile, JSON.stringify(samples));
}

const [jobFile = '', resultFile = ''] = process.argv.slice(2);
main(jobFile, resultFile).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
