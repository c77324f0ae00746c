import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambdas } from '../../scripts/build';

let folder: string;
let sizes: Record<string, number>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  sizes = await buildLambdas(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the authorizer's bundle has at most 32.5 kB", () => {
  expect(sizes.authorizer).toBeGreaterThan(10_000);
  expect(sizes.authorizer).toBeLessThanOrEqual(32_500);
});

test('errors keep their names in the bundle', () => {
  const bundle = readFileSync(join(folder, 'authorizer', 'index.js'), 'utf8');
  for (const name of ['SettingsError', 'KeysUnavailableError', 'KeyFetchError', 'PolicyTooLargeError']) {
    expect(bundle).toMatch(new RegExp(`name ?= ?["']${name}["']`));
  }
});
