import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';

const docs = join(projectRoot, 'docs');
const documents = ['threat-model.md', ...readdirSync(join(docs, 'decisions')).map((name) => join('decisions', name))];

/** Paths of tests that a document names; `T/` is the threat model's short form. */
function namedTests(document: string): string[] {
  const text = readFileSync(join(docs, document), 'utf8').replaceAll('`T/', '`test/lambdas/authorizer/');
  return [...text.matchAll(/`(test\/[^`\s]+)`/g)].map(([, path = '']) => path);
}

test.each(documents)('%s names tests that exist', (document) => {
  const paths = namedTests(document);
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) expect([path, existsSync(join(projectRoot, path))]).toEqual([path, true]);
});

test('the threat model names a test in every row of its table', () => {
  const text = readFileSync(join(docs, 'threat-model.md'), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| [^*-]/.test(line) && !line.startsWith('| what must hold'));
  expect(rows.length).toBeGreaterThan(40);
  for (const row of rows) expect(row).toMatch(/refusal table|`T\/|`test\//);
});
