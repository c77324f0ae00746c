import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { decisions } from '../../infra/constructs/authorizer-metrics';
import { forbiddenReasons, unauthorizedReasons, unavailableReasons } from '../../lambdas/authorizer/reasons';
import { withSettingsTable } from '../../scripts/settings';
import { apiTemplate, resourcesOf } from '../support/infra';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const documents = ['.', 'docs', 'docs/decisions', 'bench', '.github'].flatMap((folder) =>
  (existsSync(join(projectRoot, folder)) ? readdirSync(join(projectRoot, folder)) : [])
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** The text of a page without its code blocks. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** GitHub's anchor of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

test("README's table lists every setting as it is (npm run settings writes it)", () => {
  expect(read('README.md')).toBe(withSettingsTable(read('README.md')));
});

test.each(documents)('every link of %s within the project leads somewhere', (document) => {
  const links = [...prose(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const broken = links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', fragment] = target.split('#');
    const file = path === '' ? document : join(dirname(document), path);
    if (!existsSync(join(projectRoot, file))) return true;
    if (fragment === undefined) return false;
    const headings = [...prose(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
    return !headings.includes(fragment);
  });
  expect(broken).toEqual([]);
});

test.each(documents)('every npm script that %s names exists', (document) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(document).matchAll(/npm run (?:-s |--silent )?([a-z]+(?:[:-][a-z]+)*)/g)].map(
    ([, name = '']) => name,
  );
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test.each(documents)('code that %s shows from a file of the project is that file', (document) => {
  const blocks = [...read(document).matchAll(/```ts\n\/\/ (infra\/\S+)\n([\s\S]*?)```/g)];
  for (const [, file = '', code = ''] of blocks) expect(read(file)).toBe(code);
});

test('adopt.md shows a whole example', () => {
  expect(read('docs/adopt.md')).toContain('```ts\n// infra/examples/existing-api.ts\n');
});

describe('the metrics that the pages tell of', () => {
  const filters = Object.values(resourcesOf(apiTemplate(), 'AWS::Logs::MetricFilter'));
  const metrics = filters.map(({ Properties }) => Properties.MetricTransformations[0]);

  test('operations.md names every one', () => {
    for (const { MetricName } of metrics) expect(read('docs/operations.md')).toContain(`\`${MetricName}\``);
  });

  test('their number, which they cost by, is that of the outcomes, the reasons and the filters without a dimension', () => {
    const reasons = [...unauthorizedReasons, ...forbiddenReasons, ...unavailableReasons, 'internal_error'].length;
    const others = metrics.filter(({ Dimensions }) => Dimensions === undefined).length;
    const all = decisions.length + reasons + others;
    const sentence = `up to ${all} of these: ${decisions.length} decisions, ${reasons} reasons and ${others} others.`;
    expect(read('docs/alternatives-and-cost.md')).toContain(sentence);
    expect(read('docs/operations.md')).toContain(`[up to ${all}](alternatives-and-cost.md#cost)`);
  });
});
