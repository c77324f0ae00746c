import { type PolicyName, policies, policyNames } from './fleet/policies';
import { type Scenario, type ScenarioName, scenarios, tenContainers } from './fleet/scenarios';
import { type FleetResult, simulate } from './fleet/simulate';
import type { Run } from './run';

export type FleetResults = Record<ScenarioName, Record<PolicyName, FleetResult>>;

/** The same for everybody who runs it. */
export const SEED = 1;

/** Every scenario under every policy. Counts, not times: the same on every machine. */
export async function fleet({ smoke, note }: Pick<Run, 'smoke' | 'note'>): Promise<FleetResults> {
  const results = {} as FleetResults;
  for (const [name, scenario] of Object.entries(scenarios) as [ScenarioName, Scenario][]) {
    const startedAt = performance.now();
    const shrunk = smoke ? { ...scenario, ...tenContainers(scenario) } : scenario;
    const row = {} as Record<PolicyName, FleetResult>;
    for (const policy of policyNames) row[policy] = await simulate(shrunk, policies[policy].make, SEED);
    results[name] = row;
    note(`${scenario.title}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }
  return results;
}
