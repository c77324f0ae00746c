import { readFileSync } from 'node:fs';
import { outcomes, reasons } from '../../lambdas/authorizer/decision';
import {
  assumptions,
  authorizerCost,
  billedMilliseconds,
  logBytes,
  millionRuns,
  missShare,
  monitoringCost,
  page,
  prices,
  production,
  withCostTables,
} from '../../scripts/cost';
import { bytesPerRun, EVENT_OVERHEAD_BYTES, functionLines, lineBytes } from '../../scripts/log-bytes';
import { monitoringItems } from '../../scripts/monitoring';

test('without a cache every call reaches the authorizer; with one, a token once per TTL', () => {
  expect(missShare(0)).toBe(1);
  expect(missShare(300, 1)).toBeCloseTo(1 / 301);
});

test('half the memory takes twice the time, and at least one millisecond is billed', () => {
  expect(billedMilliseconds(512)).toBe(assumptions.decisionMillisecondsAt512Megabytes);
  expect(billedMilliseconds(256)).toBe(2 * assumptions.decisionMillisecondsAt512Megabytes);
  expect(billedMilliseconds(10_240)).toBe(1);
});

test('a million runs cost their calls, their time and their log lines', () => {
  const { calls, time, logs, total } = millionRuns(512, production);
  const seconds = assumptions.decisionMillisecondsAt512Megabytes * 1_000;
  expect(calls).toBe(prices.lambdaPerMillionCalls);
  expect(time).toBeCloseTo(seconds * 0.5 * prices.lambdaArmPerGigabyteSecond, 6);
  expect(logs).toBeCloseTo((logBytes(production) / 1_000) * prices.logsPerGigabyte, 6);
  expect(total).toBeCloseTo(calls + time + logs, 6);
  expect(authorizerCost(1_000_000, 0, 512)).toBeCloseTo(total, 6);
});

test('a million runs with the defaults of production cost at most 0.30 dollars', () => {
  expect(millionRuns(512, production).total).toBeLessThanOrEqual(0.3);
});

test('essential monitoring costs at most four dollars a month, and has the alarms of full', () => {
  const essential = monitoringItems('essential');
  expect(monitoringCost(essential)).toBeLessThanOrEqual(4);
  expect(essential).toMatchObject({ alarms: monitoringItems('full').alarms, customMetrics: 6, dashboards: 0 });
});

test('full monitoring has a metric for every outcome and reason', () => {
  const reasonCount = Object.values(reasons).flat().length;
  expect(monitoringItems('full')).toMatchObject({ customMetrics: reasonCount + outcomes.length + 7, dashboards: 1 });
});

test("lines have the sizes that AWS's runtime client wrote for the bundle", () => {
  const { allow, refuse, forbid } = functionLines({ allowLogRate: 1 });
  expect([allow, refuse, forbid].map((lines) => lines.map(lineBytes))).toEqual([[268], [288, 206], [299]]);
  expect(functionLines({ allowLogRate: 0.05 }).allow.map(lineBytes)).toEqual([280]);
});

test("of Allow lines only the sampled share is counted, of Lambda's own those of the level", () => {
  const sampled = bytesPerRun({ allowLogRate: 0.05, systemLogLevel: 'WARN' });
  expect(sampled.allow).toBeCloseTo(0.05 * (280 + EVENT_OVERHEAD_BYTES), 6);
  expect(sampled.forbid).toBe(299 + EVENT_OVERHEAD_BYTES);
  const verbose = bytesPerRun({ allowLogRate: 1, systemLogLevel: 'INFO' });
  expect(verbose.allow).toBeGreaterThan(268 + EVENT_OVERHEAD_BYTES + 300);
});

test('the page shows what the script computes: run npm run cost', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toBe(withCostTables(text));
});
