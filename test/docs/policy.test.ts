import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describeProblem } from '../../infra/route-table/problem';
import { routeTableProblems } from '../../infra/route-table/validate';
import { createPolicies, MAX_POLICY_LENGTH, MAX_RESOURCE_LENGTH } from '../../lambdas/authorizer/policy/policy';
import type { Route } from '../../lambdas/shared/route-table';

const page = readFileSync(join(__dirname, '../../docs/policy.md'), 'utf8');

const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code ?? '');

const [tableCode = '', entryCode = ''] = blocks('ts');
// Copied out of the other context, so that lists are lists of this one.
const table = structuredClone(runInNewContext(`(${tableCode})`)) as Route[];
const lines = structuredClone(runInNewContext(`(${entryCode})`)) as Route;
const stage = /`(arn:aws:execute-api:\S+\/)`/.exec(page)?.[1] ?? '';

const problemsOf = (routes: readonly Route[]) =>
  routeTableProblems(routes, { handlers: ['orders', 'invoice', 'files'], stage: 'prod' }).map(describeProblem);

const examples = [...page.matchAll(/^A token with `([^`]+)`.*?```json\n(.*?)^```/gms)].map(
  ([, scopes = '', json = '']) => [scopes, JSON.parse(json)] as const,
);

test('the page has a table and an example for each block of JSON', () => {
  expect(table).toHaveLength(5);
  expect(examples).toHaveLength(blocks('json').length);
  expect(examples.length).toBeGreaterThan(3);
});

test('the table of the page is accepted', () => {
  expect(problemsOf(table)).toEqual([]);
});

test.each(examples)('the policy of the page for a token with %s is the one it gets', (words, expected) => {
  const scopes = words === 'no scopes' ? [] : words.split(' ');
  const { Statement } = createPolicies(table).policyFor(scopes, stage);
  const short = Statement.map(({ Effect, Resource }) => ({
    Effect,
    Resource: Resource.map((resource) => (resource.startsWith(stage) ? resource.slice(stage.length) : resource)),
  }));
  expect(short).toEqual(expected);
});

test('the entry that cannot be expressed is refused with the message of the page', () => {
  const problems = blocks('text').map((block) => block.trim());
  expect(problems).toHaveLength(1);
  expect(problemsOf([...table, lines])).toEqual(problems);
});

test('the page states the limits the code keeps', () => {
  expect(page).toContain(`| ${MAX_RESOURCE_LENGTH} characters per resource ARN |`);
  expect(page).toContain(`| ${MAX_POLICY_LENGTH.toLocaleString('en')} characters per policy |`);
});
