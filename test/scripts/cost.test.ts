import { readFileSync } from 'node:fs';
import {
  assumptions,
  authorizerCost,
  billedMilliseconds,
  missShare,
  page,
  prices,
  withCostTables,
} from '../../scripts/cost';

test('without a cache every call reaches the authorizer; with one, a token once per TTL', () => {
  expect(missShare(0)).toBe(1);
  expect(missShare(300, 1)).toBeCloseTo(1 / 301);
});

test('half the memory takes twice the time, and at least one millisecond is billed', () => {
  expect(billedMilliseconds(512)).toBe(assumptions.decisionMillisecondsAt512Megabytes);
  expect(billedMilliseconds(256)).toBe(2 * assumptions.decisionMillisecondsAt512Megabytes);
  expect(billedMilliseconds(10_240)).toBe(1);
});

test('a million decisions cost their calls, their time and their log lines', () => {
  const seconds = assumptions.decisionMillisecondsAt512Megabytes * 1_000;
  const expected =
    prices.lambdaPerMillionCalls +
    seconds * 0.5 * prices.lambdaArmPerGigabyteSecond +
    (assumptions.logBytesPerDecision / 1_000) * prices.logsPerGigabyte;
  expect(authorizerCost(1_000_000, 0, 512)).toBeCloseTo(expected, 6);
});

test('the page shows what the script computes: run npm run cost', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toBe(withCostTables(text));
});
