import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, KEPT_DAYS } from '../../scripts/cache-folder';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const now = new Date();
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
function add(name: string, usedDaysAgo: number): void {
  mkdirSync(join(cache, name, 'bin'), { recursive: true });
  utimesSync(join(cache, name), daysAgo(usedDaysAgo), daysAgo(usedDaysAgo));
}

test('removes what was not used for too long, and nothing else', () => {
  add('node-20', KEPT_DAYS + 1);
  add('node-22', KEPT_DAYS - 1);
  expect(cacheFolder('node-24', cache, now)).toBe(join(cache, 'node-24'));
  expect(readdirSync(cache)).toEqual(['node-22']);
});

test('keeps what is used, however old it is', () => {
  add('node-20', KEPT_DAYS + 1);
  cacheFolder('node-20', cache, now);
  cacheFolder('node-22', cache, now);
  expect(readdirSync(join(cache, 'node-20'))).toEqual(['bin']);
});
