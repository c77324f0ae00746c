import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { validateRoutes } from '../../infra/route-table/validate';
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

const validate = (routes: readonly Route[]) =>
  validateRoutes(routes, { handlers: ['orders', 'invoice', 'files'], stage: 'prod' });

const examples = [...page.matchAll(/^A token with `([^`]+)`.*?```json\n(.*?)^```/gms)].map(
  ([, scopes = '', json = '']) => [scopes, JSON.parse(json)] as const,
);

test('the page has one table, and a token for each policy it shows', () => {
  expect(table).toHaveLength(5);
  expect(examples).toHaveLength(blocks('json').length);
  expect(examples.length).toBeGreaterThan(3);
});

test('accepts the table of the page', () => {
  expect(() => validate(table)).not.toThrow();
});

test.each(examples)('a token with %s gets the policy that the page shows', (words, expected) => {
  const scopes = words === 'no scopes' ? [] : words.split(' ');
  const { Statement } = createPolicies(table).policyFor(scopes, stage);
  const short = Statement.map(({ Effect, Resource }) => ({
    Effect,
    Resource: Resource.map((resource) => (resource.startsWith(stage) ? resource.slice(stage.length) : resource)),
  }));
  expect(short).toEqual(expected);
});

test('refuses the entry that cannot be expressed, with the message that the page shows', () => {
  const problems = blocks('text').map((block) => block.trim());
  expect(problems).toHaveLength(1);
  expect(() => validate([...table, lines])).toThrow(new Error(`The route table cannot be used:\n  - ${problems[0]}`));
});

test('the page states the limits of the code', () => {
  expect(page).toContain(`| ${MAX_RESOURCE_LENGTH} characters per resource ARN |`);
  expect(page).toContain(`| ${MAX_POLICY_LENGTH.toLocaleString('en')} characters per policy |`);
});
