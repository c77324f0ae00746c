/**
 * Computes what the API costs and writes the tables of docs/alternatives-and-cost.md: `npm run cost`.
 * Prices are inputs: change them here, run it, and the page follows.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';
import { replaceBetween } from './markers';

/** US dollars in us-east-1, first tier, without free tier and taxes. */
export const prices = {
  restApiPerMillionCalls: 3.5,
  httpApiPerMillionCalls: 1,
  lambdaPerMillionCalls: 0.2,
  lambdaArmPerGigabyteSecond: 0.0000133334,
  logsPerGigabyte: 0.5,
} as const;

const priceSources = [
  [
    'API Gateway REST and HTTP API',
    'AWS whitepaper "Best Practices for Designing Amazon API Gateway Private APIs", cost optimization',
  ],
  ['Lambda calls and GB-seconds (arm64)', 'https://aws.amazon.com/lambda/pricing/'],
  ['CloudWatch Logs, ingestion', 'https://aws.amazon.com/cloudwatch/pricing/'],
] as const;
const PRICES_AS_OF = 'November 2026';

/** What is assumed of the traffic and of the authorizer. */
export const assumptions = {
  /** One client's calls with one token. */
  callsPerTokenPerSecond: 0.2,
  /** A warm decision at 512 MB, in milliseconds: to be replaced by the dashboard's p50. */
  decisionMillisecondsAt512Megabytes: 5,
  /** Log bytes of one authorizer call: its own line and Lambda's two. */
  logBytesPerDecision: 1_000,
} as const;

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

/** Dollars a month for the authorizer alone: Lambda and its log lines. */
export function authorizerCost(requests: number, ttl: number, megabytes: number): number {
  const decisions = requests * missShare(ttl);
  const gigabyteSeconds = (decisions * billedMilliseconds(megabytes) * megabytes) / 1_000 / 1_024;
  return (
    (decisions / 1e6) * prices.lambdaPerMillionCalls +
    gigabyteSeconds * prices.lambdaArmPerGigabyteSecond +
    ((decisions * assumptions.logBytesPerDecision) / 1e9) * prices.logsPerGigabyte
  );
}

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
    `reaches the authorizer; a warm decision takes ${assumptions.decisionMillisecondsAt512Megabytes} ms at 512 MB and time goes with 1/memory; ${thousands(assumptions.logBytesPerDecision)} bytes of log per decision.`,
    'Replace them by what your dashboard shows.',
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
  console.log(`wrote ${page}`);
}
