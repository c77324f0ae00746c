import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { type ApiReport, apiPage, hiddenTypes, readApi } from '../../scripts/api-report';
import { builtTarball } from './built-package';

let api: ApiReport;
beforeAll(async () => {
  api = readApi(join(dirname(await builtTarball()), 'source', 'lib'));
}, 60_000);

test('docs/api.md is what npm run api writes: a change of the public interface is seen in review', () => {
  expect(apiPage(api)).toBe(readFileSync(join(projectRoot, 'docs', 'api.md'), 'utf8'));
});

test('every type that an exported declaration mentions can be imported', () => {
  expect(hiddenTypes(api)).toEqual([]);
});

test('constructs and functions have an example', () => {
  const made = Object.values(api)
    .flat()
    .filter(({ text }) => /^export declare (?:class|function) /m.test(text));
  expect(made.map(({ name }) => name)).toEqual(expect.arrayContaining(['AuthActionAuthorizer', 'withCaller']));
  expect(made.filter(({ text }) => !text.includes('@example')).map(({ name }) => name)).toEqual([]);
});

test('every optional prop says what happens without it', () => {
  const props = Object.values(api)
    .flat()
    .filter(({ name }) => /Props$|Defaults$/.test(name));
  for (const { text } of props) {
    for (const [, comment = '', name] of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\?:/g)) {
      expect({ name, hasDefault: comment.includes('@default') }).toEqual({ name, hasDefault: true });
    }
  }
});
