/**
 * Computes what the API costs and writes the tables of docs/alternatives-and-cost.md: `npm run cost`.
 * Prices are inputs: change them here, run it, and the page follows.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { authorizerDefaults } from '../infra/constructs/authorizer-props';
import { takesNoArguments } from '../terminal/usage';
import { bytesPerRun, type LogSettings } from './log-bytes';
import { replaceBetween } from './markers';
import { type MonitoringItems, monitoringItems } from './monitoring';

/** US dollars in us-east-1, first tier, without free tier and taxes. */
export const prices = {
  restApiPerMillionCalls: 3.5,
  httpApiPerMillionCalls: 1,
  lambdaPerMillionCalls: 0.2,
  lambdaArmPerGigabyteSecond: 0.0000133334,
  logsPerGigabyte: 0.5,
  alarmMetricPerMonth: 0.1,
  customMetricPerMonth: 0.3,
  dashboardPerMonth: 3,
} as const;

const priceSources = [
  [
    'API Gateway REST and HTTP API',
    'AWS whitepaper "Best Practices for Designing Amazon API Gateway Private APIs", cost optimization',
  ],
  ['Lambda calls and GB-seconds (arm64)', 'https://aws.amazon.com/lambda/pricing/'],
  ['CloudWatch Logs (ingestion), alarms, custom metrics, dashboards', 'https://aws.amazon.com/cloudwatch/pricing/'],
] as const;
const PRICES_AS_OF = 'November 2026';

/** What is assumed of the traffic and of the authorizer. */
export const assumptions = {
  /** One client's calls with one token. */
  callsPerTokenPerSecond: 0.2,
  /** A warm decision at 512 MB, in milliseconds: to be replaced by the dashboard's p50. */
  decisionMillisecondsAt512Megabytes: 5,
  /** Share of the authorizer's runs that end in 401; each of them logs more than an allowed one. */
  refusedShare: 0.05,
} as const;

/** What is logged by default in production, and in the stage `dev`. */
export const production: LogSettings = { allowLogRate: authorizerDefaults.allowLogRate, systemLogLevel: 'WARN' };
export const everything: LogSettings = { allowLogRate: 1, systemLogLevel: 'INFO' };

const requestsPerMonth = [1_000_000, 10_000_000, 100_000_000];
const ttlSeconds = [0, 60, 300, 3_600];
const memoryMegabytes = [256, 512, 1_024];

/**
 * Share of calls that reach the authorizer. A token used at a steady rate causes one call, then is answered from the
 * cache for the TTL, then causes the next: 1 of 1 + rate × TTL.
 */
export const missShare = (ttl: number, rate: number = assumptions.callsPerTokenPerSecond): number =>
  1 / (1 + rate * ttl);

/** Lambda gives CPU in proportion to memory, so half the memory takes twice the time; billed by the millisecond. */
export const billedMilliseconds = (megabytes: number): number =>
  Math.max(1, Math.ceil((assumptions.decisionMillisecondsAt512Megabytes * 512) / megabytes));

/** Log bytes of one run of the authorizer, on average. */
export function logBytes(settings: LogSettings): number {
  const { allow, refuse } = bytesPerRun(settings);
  return (1 - assumptions.refusedShare) * allow + assumptions.refusedShare * refuse;
}

/** Dollars for a million runs of the authorizer. */
export function millionRuns(megabytes: number, settings: LogSettings) {
  const gigabyteSeconds = (billedMilliseconds(megabytes) * 1_000 * megabytes) / 1_024;
  const calls = prices.lambdaPerMillionCalls;
  const time = gigabyteSeconds * prices.lambdaArmPerGigabyteSecond;
  const logs = (logBytes(settings) / 1_000) * prices.logsPerGigabyte;
  return { calls, time, logs, total: calls + time + logs };
}

/** Dollars a month for the authorizer alone: Lambda and its log lines in production. */
export const authorizerCost = (requests: number, ttl: number, megabytes: number): number =>
  (requests / 1e6) * missShare(ttl) * millionRuns(megabytes, production).total;

/** Dollars a month for monitoring, whatever the traffic. */
export const monitoringCost = ({ alarmMetrics, customMetrics, dashboards }: MonitoringItems): number =>
  alarmMetrics * prices.alarmMetricPerMonth +
  customMetrics * prices.customMetricPerMonth +
  dashboards * prices.dashboardPerMonth;

const dollars = (value: number): string => (value < 0.01 ? '< 0.01' : value.toFixed(2));
const thousands = (value: number): string => value.toLocaleString('en-US');

/** A Markdown table, padded as the formatter wants it; all columns but the first are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const padded = (cells: readonly string[]) =>
    line(
      cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    );
  const rule = line(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  return [padded(head), rule, ...rows.map(padded)].join('\n');
}

function runRow(what: string, settings: LogSettings): string[] {
  const { allow, refuse, forbid } = bytesPerRun(settings);
  const { calls, time, logs, total } = millionRuns(512, settings);
  const bytes = [allow, refuse, forbid].map((value) => thousands(Math.round(value)));
  return [what, ...bytes, ...[calls, time, logs, total].map((value) => value.toFixed(2))];
}

function monitoringRow(monitoring: 'essential' | 'full'): string[] {
  const items = monitoringItems(monitoring);
  const { alarms, alarmMetrics, customMetrics, dashboards } = items;
  return [
    `\`${monitoring}\``,
    ...[alarms, alarmMetrics, customMetrics, dashboards].map(String),
    monitoringCost(items).toFixed(2),
  ];
}

/** The generated part of the page. */
export function costTables(): string {
  const authorizer = requestsPerMonth.flatMap((requests) =>
    memoryMegabytes.map((memory) => [
      `${thousands(requests)}, ${memory} MB`,
      ...ttlSeconds.map((ttl) => dollars(authorizerCost(requests, ttl, memory))),
    ]),
  );
  const compared = requestsPerMonth.map((requests) => {
    const rest = (requests / 1e6) * prices.restApiPerMillionCalls;
    const http = (requests / 1e6) * prices.httpApiPerMillionCalls;
    return [thousands(requests), ...[rest + authorizerCost(requests, 300, 512), rest, http].map(dollars)];
  });
  return [
    `Unit prices (us-east-1, US dollars, first tier, no free tier, as of ${PRICES_AS_OF}; **check current pricing**):`,
    '',
    table(
      ['price', 'value'],
      Object.entries(prices).map(([name, value]) => [`\`${name}\``, String(value)]),
    ),
    '',
    `Sources: ${priceSources.map(([what, where]) => `${what}: ${where}`).join('; ')}.`,
    '',
    `Assumed: each token is used ${assumptions.callsPerTokenPerSecond} times a second, so that with a TTL of T seconds one call in 1 + ${assumptions.callsPerTokenPerSecond} × T`,
    `reaches the authorizer; a warm decision takes ${assumptions.decisionMillisecondsAt512Megabytes} ms at 512 MB and time goes with 1/memory; ${assumptions.refusedShare * 100} % of the authorizer's runs end in 401.`,
    'Replace them by what your metrics show.',
    '',
    '**A million runs of the authorizer**, dollars, TTL 0, 512 MB, by what is logged:',
    '',
    table(
      ['logged', 'bytes of an allow', 'of a 401', 'of a 403', 'calls', 'time', 'logs', 'together'],
      [
        runRow(`production: \`${authorizerDefaults.monitoring}\`, allow rate ${production.allowLogRate}`, production),
        runRow('`dev`: `full`, allow rate 1', everything),
      ],
    ),
    '',
    '**Monitoring**, dollars a month whatever the traffic, for the sample app with three handlers, when every metric occurs:',
    '',
    table(
      ['`MONITORING`', 'alarms', 'metrics they look at', 'custom metrics', 'dashboards', 'together'],
      [...(['essential', 'full'] as const).map(monitoringRow), ['`none`', '0', '0', '0', '0', '0.00']],
    ),
    '',
    '**The authorizer alone**, dollars a month, all requests with a token:',
    '',
    table(['requests a month, memory', ...ttlSeconds.map((ttl) => `TTL ${thousands(ttl)} s`)], authorizer),
    '',
    '**With the gateway**, dollars a month, handlers not counted; the gateways alone are what a native authorizer leaves:',
    '',
    table(['requests a month', 'this (REST, TTL 300 s, 512 MB)', 'REST gateway alone', 'HTTP gateway alone'], compared),
  ].join('\n');
}

export const page = join(projectRoot, 'docs', 'alternatives-and-cost.md');
const BEGIN = '<!-- npm run cost: begin -->';
const END = '<!-- npm run cost: end -->';

/** The page with its generated part up to date. */
export function withCostTables(text: string): string {
  return replaceBetween(text, BEGIN, END, `\n${costTables()}\n`);
}

if (require.main === module) {
  takesNoArguments(
    'npm run cost: writes the tables of docs/alternatives-and-cost.md from the prices in scripts/cost.ts',
  );
  writeFileSync(page, withCostTables(readFileSync(page, 'utf8')));
  console.log(`A million runs: $${millionRuns(512, production).total.toFixed(2)}`);
  console.log(`Monitoring, essential: $${monitoringCost(monitoringItems('essential')).toFixed(2)} a month`);
  console.log(`wrote ${page}`);
}
