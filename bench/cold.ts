import { signToken } from '../samples/tokens';
import { runChild } from './child';
import type { ColdJob, ColdSample } from './children/cold';
import { handlerNames } from './handlers';
import { claimsFor, createIssuer, environment, eventBytes } from './inputs';
import { startProvider } from './provider';
import type { Run } from './run';
import { median, seededRandom, shuffled } from './statistics';

export interface ColdResult {
  /** Processes per handler. */
  readonly processes: number;
  /** Median time to load the bundle. */
  readonly loadMs: Record<string, number>;
  /** Median time to load and decide, over that of the empty handler in the same round. */
  readonly overEmptyMs: Record<string, number>;
  readonly bundleBytes: Record<string, number>;
}

/**
 * Cold starts: a new process for each sample, handlers in shuffled rounds. Timed inside the process, from before the
 * bundle is loaded to the first answer, key fetch over TLS included.
 */
export async function cold({ bundles, smoke, note }: Run): Promise<ColdResult> {
  const issuer = createIssuer();
  const provider = await startProvider(issuer.jwks);
  try {
    const event = JSON.parse(eventBytes(`Bearer ${signToken(issuer.key, claimsFor(provider.host, 0))}`).toString());
    const variables = environment(issuer, provider.host, provider.caFile);
    const processes = smoke ? 1 : 40;
    const samples = Object.fromEntries(handlerNames.map((name) => [name, [] as ColdSample[]]));
    const random = seededRandom(11);
    for (let round = 0; round < processes; round += 1) {
      if (round % 10 === 0) note(`round ${round + 1} of ${processes}`);
      for (const name of shuffled(handlerNames, random)) {
        const job: ColdJob = { bundle: bundles.handlers[name].file, event };
        const program = bundles.child('cold');
        samples[name]?.push(await runChild<ColdSample>({ program, job, environment: variables }));
      }
    }
    const medians = (of: (sample: ColdSample, round: number) => number) =>
      Object.fromEntries(handlerNames.map((name) => [name, median((samples[name] ?? []).map(of))]));
    const empty = samples.empty ?? [];
    return {
      processes,
      loadMs: medians(({ load }) => load),
      overEmptyMs: medians(({ total }, round) => total - (empty[round]?.total ?? Number.NaN)),
      bundleBytes: Object.fromEntries(handlerNames.map((name) => [name, bundles.handlers[name].bytes])),
    };
  } finally {
    await provider.close();
  }
}
