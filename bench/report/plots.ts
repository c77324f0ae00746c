import { quietly } from '../cases';
import { type PolicyName, policies, policyNames } from '../fleet/policies';
import { type ScenarioName, scenarios } from '../fleet/scenarios';
import { type HandlerName, handlerNames, handlers } from '../handlers';
import { type BarGroup, barChart } from './bar-chart';
import type { Results } from './results';

/** The plots, by file name. Those without a result are left out. */
export function plots(results: Results): Record<string, string> {
  const out: Record<string, string> = {};
  const { latency, cold, fleet } = results;
  const nodes = Object.keys(latency);
  if (nodes.length > 0) {
    const group = (label: string, name: string, emphasised: boolean): BarGroup => ({
      label,
      values: nodes.map((node) => latency[node]?.result.callMicroseconds[name]),
      emphasised,
    });
    out['latency.svg'] = barChart({
      title: 'A warm decision, by handler',
      subtitle: 'Microseconds per call, median; less is better',
      series: nodes.map((node) => `Node ${node}`),
      groups: [
        ...handlerNames.map((name) => group(handlers[name], `first-seen: ${name}`, name === 'ours')),
        group('first-seen, no info lines: this project', quietly('first-seen: ours'), true),
        group('repeated token: this project', 'repeated: ours', true),
        group('repeated token: fast-jwt', 'repeated: fast-jwt', false),
      ],
      scale: 'linear',
    });
  }
  const coldNodes = Object.keys(cold);
  if (coldNodes.length > 0) {
    out['cold.svg'] = barChart({
      title: 'A cold start, by bundle',
      subtitle: 'Milliseconds to load and decide for the first time, key fetch included, median',
      series: coldNodes.map((node) => `Node ${node}`),
      groups: handlerNames.map((name: HandlerName) => ({
        label: handlers[name],
        values: coldNodes.map((node) => cold[node]?.result.totalMilliseconds[name]),
        emphasised: name === 'ours',
      })),
      scale: 'linear',
    });
  }
  const counts = fleet['']?.result;
  if (counts) {
    const shown: ScenarioName[] = ['steady', 'sudden-rotation', 'junk-1', 'junk-20', 'junk-1000', 'outage'];
    const perHour = (scenario: ScenarioName, policy: PolicyName) =>
      (counts[scenario][policy].providerRequests / scenarios[scenario].containers / scenarios[scenario].minutes) * 60;
    const labels: Partial<Record<ScenarioName, string>> = {
      'junk-1': 'junk from 1 address',
      'junk-20': 'junk from 20 addresses',
      'junk-1000': 'junk from 1,000 addresses',
    };
    out['fleet.svg'] = barChart({
      title: 'Requests that reach the provider, by policy',
      subtitle: 'Per container and hour; 1,000 containers, junk is 1,000 unknown kids a second',
      series: policyNames.map((policy) => policies[policy].title),
      groups: shown.map((scenario) => ({
        label: labels[scenario] ?? scenarios[scenario].title,
        values: policyNames.map((policy) => perHour(scenario, policy)),
      })),
      scale: 'logarithmic',
    });
  }
  return out;
}
