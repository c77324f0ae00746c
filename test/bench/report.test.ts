import { readFileSync } from 'node:fs';
import { page, rows } from '../../bench/report/summary';
import { readable, table } from '../../bench/report/table';
import { median, pairedRatio, quantile, seededRandom, shuffled } from '../../bench/statistics';

test('the performance page has the rows that "npm run bench" writes', () => {
  const [, generated = ''] =
    /<!-- npm run bench: begin -->([\s\S]*)<!-- npm run bench: end -->/.exec(readFileSync(page, 'utf8')) ?? [];
  const labels = [...generated.matchAll(/^\| ([^|]+) \|/gm)].map(([, label = '']) => label.trim());
  expect(labels.slice(1)).toEqual(rows.map(({ label }) => label));
});

test('a table aligns numbers right, rounds them, and shows a dash where there is no value', () => {
  const lines = table(
    ['name', 'ms'],
    [
      ['one', 1234.5],
      ['two', undefined],
    ],
  );
  expect(lines.split('\n')).toEqual(['| name | ms |', '| --- | ---: |', '| one | 1,235 |', '| two | – |']);
});

test('numbers are rounded to what a reader needs', () => {
  expect([0.1234, 5.678, 12.34, 1234.5].map(readable)).toEqual(['0.12', '5.7', '12.3', '1,235']);
});

test('computes medians, quantiles and paired ratios', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([0, 10], 0.9)).toBeCloseTo(9);
  expect(pairedRatio([2, 40, 6], [1, 10, 2])).toBe(3);
  expect(() => median([])).toThrow(RangeError);
  expect(() => pairedRatio([1], [1, 2])).toThrow(RangeError);
});

test('shuffles repeatably and loses nothing', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const once = shuffled(items, seededRandom(5));
  expect(once).toEqual(shuffled(items, seededRandom(5)));
  expect(once).not.toEqual(items);
  expect([...once].sort()).toEqual(items);
});
