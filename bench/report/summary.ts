import { readFileSync } from 'node:fs';
import { arch, cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { prices } from '../../scripts/cost';
import { replaceBetween } from '../../scripts/markers';
import type { PolicyName } from '../fleet/policies';
import { type ScenarioName, scenarios } from '../fleet/scenarios';
import { type HandlerName, handlers } from '../handlers';
import type { Results } from './details';
import { readable, table } from './table';

/** The page that holds the summary, between its markers. */
export const page = join(projectRoot, 'docs', 'performance.md');

/** A column: the handler that the process benches measure, and what stands for it in the fleet. */
interface Column {
  readonly handler: HandlerName;
  readonly policy: PolicyName;
}

const columns = [
  { handler: 'ours', policy: 'ours' },
  { handler: 'aws-jwt-verify', policy: 'penalty-box' },
  { handler: 'jose', policy: 'cool-down' },
  { handler: 'jsonwebtoken', policy: 'limiter' },
] as const satisfies readonly Column[];

interface Row {
  readonly label: string;
  readonly value: (results: Results, column: Column) => number;
  /** How a value is shown; by default the number, and how many times ours it is. */
  readonly show?: (value: number, ours: number) => string;
}

/** What users of an API notice, one row each. */
export const rows: readonly Row[] = [
  {
    label: 'provider down for 20 of 60 minutes: calls with a good token that fail',
    value: ({ fleet }, { policy }) => failedShare(fleet.outage[policy]),
    show: (value) => `${readable(100 * value)} %`,
  },
  {
    label: 'a withdrawn key is still accepted for, s',
    value: ({ fleet }, { policy }) => fleet.withdrawal[policy].withdrawnAcceptedForSeconds,
    show: (value, ours) =>
      value > 0.98 * secondsAfterWithdrawal ? 'as long as the container lives' : timesOurs(value, ours),
  },
  {
    label: 'no malformed kids: requests to the provider, per container and hour',
    value: ({ fleet }, { policy }) => requestsPerHour(fleet, 'steady', policy),
  },
  {
    label: '1,000 malformed kids/s from 20 addresses: requests to the provider, per container and hour',
    value: ({ fleet }, { policy }) => requestsPerHour(fleet, 'junk-20', policy),
  },
  {
    label: 'the same, and a sudden rotation: good tokens refused, per million',
    value: ({ fleet }, { policy }) => 1e6 * failedShare(fleet['junk-20'][policy]),
    show: readable,
  },
  {
    label: 'memory retained by a million decisions, MB',
    value: ({ memory }, { handler }) => retainedMegabytes(memory[handler]),
    show: readable,
  },
  { label: 'bundle, kB', value: ({ cold }, { handler }) => (cold.bundleBytes[handler] ?? Number.NaN) / 1000 },
  {
    label: 'cold start: load and first decision over an empty handler, ms',
    value: ({ cold }, { handler }) => cold.overEmptyMs[handler] ?? Number.NaN,
  },
  {
    label: 'first call at 128 MB, after init, ms',
    value: ({ share }, { handler }) => share.firstCallMs['after init'][handler] ?? Number.NaN,
  },
  {
    label: 'first call at 128 MB, as soon as the bundle is loaded, ms',
    value: ({ share }, { handler }) => share.firstCallMs['at once'][handler] ?? Number.NaN,
  },
  {
    label: 'warm decision, µs',
    value: ({ latency }, { handler }) => latency.callMicroseconds[`accepted: ${handler}`] ?? Number.NaN,
  },
  {
    label: 'Lambda for a million decisions at 512 MB, US dollars',
    value: ({ latency }, { handler }) =>
      dollarsPerMillion(latency.invocationMicroseconds[`accepted: ${handler}`] ?? Number.NaN),
    show: (value) => value.toFixed(2),
  },
];

/** The generated part of the page: where it was measured, and one row for each thing that users notice. */
export function summary(results: Results, circumstances: string): string {
  const body = rows.map(({ label, value, show = timesOurs }) => {
    const [ours = Number.NaN, ...peers] = columns.map((column) => value(results, column));
    return [label, show(ours, ours), ...peers.map((peer) => show(peer, ours))];
  });
  return `${circumstances}\n\n${table(['', ...columns.map(({ handler }) => handlers[handler])], body)}`;
}

/** The page with its generated part up to date. @throws Error when the page lacks the markers. */
export function withSummary(text: string, generated: string): string {
  return replaceBetween(text, '<!-- npm run bench: begin -->', '<!-- npm run bench: end -->', `\n${generated}\n`);
}

/** Today, this machine, and the versions of what is compared. */
export function measuredHere(): string {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${arch()}`;
  const packages = ['aws-jwt-verify', 'jose', 'jsonwebtoken', 'jwks-rsa'].map((name) => `${name} ${versionOf(name)}`);
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day}: ${machine}, Node ${process.versions.node}; ${packages.join(', ')}.`;
}

function versionOf(name: string): string {
  const manifest = join(projectRoot, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

const timesOurs = (value: number, ours: number): string =>
  value === ours ? readable(value) : `${readable(value)} (${readable(value / ours)} ×)`;

const { minutes, withdrawsAt } = scenarios.withdrawal;
const secondsAfterWithdrawal = (minutes - withdrawsAt) * 60;

const failedShare = ({ honest, wronglyRefused, unavailable }: Results['fleet'][ScenarioName][PolicyName]): number =>
  (wronglyRefused + unavailable) / honest;

function requestsPerHour(fleet: Results['fleet'], scenario: ScenarioName, policy: PolicyName): number {
  const { containers, minutes: duration } = scenarios[scenario];
  return (fleet[scenario][policy].providerRequests / containers / duration) * 60;
}

/** Less than before counts as none: memory from before the bench began to count was collected. */
const retainedMegabytes = (result: Results['memory'][string] | undefined): number =>
  Math.max(0, result?.retainedBytes ?? Number.NaN) / 1e6;

/** A model: CPU in proportion to memory (one vCPU at 1,769 MB), durations billed in whole milliseconds. */
function dollarsPerMillion(microseconds: number, megabytes = 512): number {
  const billedMs = Math.max(1, Math.ceil(((microseconds / 1000) * 1_769) / megabytes));
  const gigabyteSeconds = 1e6 * (billedMs / 1000) * (megabytes / 1024);
  return prices.lambdaPerMillionCalls + gigabyteSeconds * prices.lambdaArmPerGigabyteSecond;
}
