import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { outcomes, reasons } from '../../lambdas/authorizer/decision';
import { withSettingsTable } from '../../scripts/settings';
import { apiTemplate, resourcesOf } from '../support/infra';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const documents = ['.', 'docs', 'docs/decisions', 'bench', 'examples/mcp', '.github'].flatMap((folder) =>
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

test("README's table of settings is what npm run settings writes", () => {
  expect(read('README.md')).toBe(withSettingsTable(read('README.md')));
});

test.each(documents)('every link of %s within the project has a target', (document) => {
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

test.each(documents)('every npm script that %s mentions exists', (document) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(document).matchAll(/npm run (?:-s |--silent )?([a-z]+(?:[:-][a-z]+)*)/g)].map(
    ([, name = '']) => name,
  );
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test.each(documents)('code that %s shows under the name of a file is that file', (document) => {
  const blocks = [...read(document).matchAll(/```ts\n\/\/ ((?:infra|examples)\/\S+)\n([\s\S]*?)```/g)];
  for (const [, file = '', code = ''] of blocks) expect(read(file)).toBe(code);
});

test('adopt.md shows a whole example of the authorizer in an API of one’s own', () => {
  for (const file of ['routes', 'stack', 'handler']) {
    expect(read('docs/adopt.md')).toContain(`\`\`\`ts\n// examples/cdk/plain-proxy/after/${file}.ts\n`);
  }
});

test.each(Object.values(reasons).flat())("architecture.md's path of a token names the reason %s", (reason) => {
  expect(read('docs/architecture.md')).toMatch(new RegExp(`^\\|.*\`${reason}\``, 'm'));
});

describe('the metrics that the pages describe', () => {
  const filters = Object.values(resourcesOf(apiTemplate(), 'AWS::Logs::MetricFilter'));
  const metrics = filters.map(({ Properties }) => Properties.MetricTransformations[0]);

  test('are all named in operations.md', () => {
    for (const { MetricName } of metrics) expect(read('docs/operations.md')).toContain(`\`${MetricName}\``);
  });

  test('are counted in alternatives-and-cost.md: outcomes, reasons and filters without a dimension', () => {
    const reasonCount = Object.values(reasons).flat().length;
    const others = metrics.filter(({ Dimensions }) => Dimensions === undefined).length;
    const all = outcomes.length + reasonCount + others;
    const sentence = `up to ${all} of these: ${outcomes.length} decisions, ${reasonCount} reasons and ${others} others.`;
    expect(read('docs/alternatives-and-cost.md')).toContain(sentence);
    expect(read('docs/operations.md')).toContain(`[up to ${all}](alternatives-and-cost.md#cost)`);
  });
});
