import { barChart, readable } from '../../bench/report/bar-chart';
import { median, pairedRatio, quantile, seededRandom, shuffled } from '../../bench/statistics';

test('draws one bar per value, longer for a larger value, and escapes its text', () => {
  const svg = barChart({
    title: 'a < b',
    subtitle: 'ms',
    series: ['one', 'two'],
    groups: [
      { label: 'first', values: [1, 4] },
      { label: 'second', values: [undefined, 2] },
    ],
    scale: 'linear',
  });
  const widths = [...svg.matchAll(/<rect x="250"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(3);
  expect((widths[1] ?? 0) / (widths[0] ?? 0)).toBeCloseTo(4);
  expect(svg).toContain('a &#60; b');
  expect(svg).not.toContain('a < b');
});

test('rounds numbers for readers', () => {
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
