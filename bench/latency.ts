import { latencyCases } from './cases';
import { runChild } from './child';
import type { LatencyJob, LatencySamples } from './children/latency';
import { handlerNames } from './handlers';
import { createIssuer, environment } from './inputs';
import { startProvider } from './provider';
import type { Run } from './run';
import { median, pairedRatio } from './statistics';

/** Medians over rounds. */
export interface LatencyResult {
  readonly rounds: number;
  readonly callsPerRound: number;
  readonly poolSize: number;
  /** The handler alone. */
  readonly callMicroseconds: Record<string, number>;
  /** With the JSON of the event and of the answer. */
  readonly invocationMicroseconds: Record<string, number>;
  /** `callMicroseconds` to those of {@link baselineOf}, paired by round. */
  readonly callRatio: Record<string, number>;
}

/** What a case is compared with: a refusal with an accepted token, another handler with `aws-jwt-verify`. */
const baselineOf = (name: string): string =>
  name.startsWith('refused') ? 'accepted: ours' : 'accepted: aws-jwt-verify';

/** Warm calls: all handlers in one process, in rounds, in shuffled order. */
export async function latency({ bundles, smoke, note }: Run): Promise<LatencyResult> {
  const issuer = createIssuer();
  const provider = await startProvider(issuer.jwks);
  try {
    const poolSize = smoke ? 20 : 1_000;
    note(`signing ${poolSize} tokens`);
    const job: LatencyJob = {
      bundles: Object.fromEntries(handlerNames.map((name) => [name, bundles.handlers[name].file])),
      cases: latencyCases(issuer, provider.host, poolSize),
      rounds: smoke ? 1 : 150,
      warmUpRounds: smoke ? 0 : 30,
      callsPerRound: smoke ? 2 : 100,
    };
    note(`${job.cases.length} cases in ${job.rounds} rounds`);
    const samples = await runChild<LatencySamples>({
      program: bundles.child('latency'),
      job,
      environment: environment(issuer, provider.host, provider.caFile),
    });
    const medians = (of: Record<string, number[]>) =>
      Object.fromEntries(Object.entries(of).map(([name, values]) => [name, median(values)]));
    const ratios = (of: Record<string, number[]>) =>
      Object.fromEntries(
        Object.entries(of).map(([name, values]) => [name, pairedRatio(values, of[baselineOf(name)] ?? [])]),
      );
    return {
      rounds: job.rounds,
      callsPerRound: job.callsPerRound,
      poolSize,
      callMicroseconds: medians(samples.call),
      invocationMicroseconds: medians(samples.invocation),
      callRatio: ratios(samples.call),
    };
  } finally {
    await provider.close();
  }
}
