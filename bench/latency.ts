import { latencyCases, quietly } from './cases';
import { runChild } from './child';
import type { LatencyJob, LatencySamples } from './children/latency';
import { handlerNames } from './handlers';
import { createIssuer, environment } from './inputs';
import { startProvider } from './provider';
import type { Run } from './run';
import { median, pairedRatio } from './statistics';

/** Microseconds per call, medians over rounds; and ratios to other cases, paired by round. */
export interface LatencyResult {
  readonly rounds: number;
  readonly callsPerRound: number;
  readonly poolSize: number;
  readonly callMicroseconds: Record<string, number>;
  readonly invocationMicroseconds: Record<string, number>;
  readonly callRatio: Record<string, number>;
  readonly invocationRatio: Record<string, number>;
}

/** What each kind of case is compared with. */
function baselineOf(name: string): string {
  if (name.startsWith('refused')) return name.endsWith(quietly('')) ? quietly('first-seen: ours') : 'first-seen: ours';
  return name.startsWith('repeated') ? 'first-seen: empty' : 'first-seen: aws-jwt-verify';
}

/** Warm calls: all handlers in one process, in rounds, in shuffled order. */
export async function latency({ node, bundles, smoke, note }: Run): Promise<LatencyResult> {
  const issuer = createIssuer();
  const provider = await startProvider(issuer.jwks);
  try {
    // More tokens than any cache keeps: fast-jwt keeps 1,000.
    const poolSize = smoke ? 20 : 4_000;
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
      node: node.path,
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
      invocationRatio: ratios(samples.invocation),
    };
  } finally {
    await provider.close();
  }
}
