import { describeCache } from '../../../../local/console/page/describe-cache';

test.each([
  [0, 0, 'Caching off (TTL 0 s)'],
  [300, 0, 'Cache empty (TTL 300 s)'],
  [300, 1, '1 decision cached (TTL 300 s)'],
  [60, 12, '12 decisions cached (TTL 60 s)'],
])('describes the cache in words: TTL %i s, %i entries', (ttlSeconds, entries, text) => {
  expect(describeCache({ ttlSeconds, entries })).toBe(text);
});
