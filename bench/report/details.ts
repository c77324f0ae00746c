import type { ColdResult } from '../cold';
import type { FleetResults } from '../fleet';
import { policies, policyNames } from '../fleet/policies';
import { type ScenarioName, scenarios } from '../fleet/scenarios';
import { type HandlerName, handlerNames, handlers } from '../handlers';
import type { LatencyResult } from '../latency';
import type { MemoryResult } from '../memory';
import { type ShareResult, shareSubjects } from '../share';
import { type Cell, table } from './table';

/** What each bench returns. */
export interface Results {
  readonly latency: LatencyResult;
  readonly cold: ColdResult;
  readonly share: ShareResult;
  readonly memory: Record<string, MemoryResult>;
  readonly fleet: FleetResults;
}

export type BenchName = keyof Results;

/** Everything that a bench measured, as a Markdown table for the terminal. */
export const details: { readonly [Name in BenchName]: (result: Results[Name]) => string } = {
  latency: ({ callMicroseconds, invocationMicroseconds, callRatio }) =>
    table(
      ['case', 'µs per call', 'with JSON', 'to aws-jwt-verify, refusals to a good token'],
      Object.keys(callMicroseconds).map((name) => [
        name,
        callMicroseconds[name],
        invocationMicroseconds[name],
        callRatio[name],
      ]),
    ),

  cold: ({ bundleBytes, loadMs, overEmptyMs }) =>
    table(
      ['bundle', 'kB', 'load, ms', 'load + first decision over empty, ms'],
      handlerNames.map((name) => [
        handlers[name],
        (bundleBytes[name] ?? Number.NaN) / 1000,
        loadMs[name],
        overEmptyMs[name],
      ]),
    ),

  share: ({ method, megabytes, firstCallMs }) => {
    const rows = Object.entries(shareSubjects).map(([name, label]) => [
      label,
      firstCallMs['after init'][name],
      firstCallMs['at once'][name],
    ]);
    return table([`first call at ${megabytes} MB (${method}), ms`, 'after init', 'at once'], rows);
  },

  memory: (results) =>
    table(
      ['handler', 'decisions', 'retained, MB'],
      Object.entries(results).map(([name, { decisions, retainedBytes }]) => [
        handlers[name as HandlerName],
        decisions,
        retainedBytes / 1e6,
      ]),
    ),

  fleet: (results) =>
    table(
      [
        'scenario',
        'policy',
        'provider requests',
        'per container and hour',
        'good tokens refused (401)',
        'good tokens undecided (503)',
        'withdrawn key accepted for, s',
      ],
      Object.entries(scenarios).flatMap(([name, { title, containers, minutes }]) =>
        policyNames.map((policy, index): Cell[] => {
          const result = results[name as ScenarioName][policy];
          return [
            index === 0 ? title : '',
            policies[policy].title,
            result.providerRequests,
            (result.providerRequests / containers / minutes) * 60,
            result.wronglyRefused,
            result.unavailable,
            result.withdrawnAcceptedForSeconds || undefined,
          ];
        }),
      ),
    ),
};
