import fc from 'fast-check';
import { routeTableProblems } from '../../../../infra/route-table/validate';
import { createPolicies } from '../../../../lambdas/authorizer/policy/policy';
import type { Access, Route } from '../../../../lambdas/shared/route-table';
import { STAGE_ARN } from '../../../../samples/events';
import { routeMatches, routers } from '../../../support/gateway-routing';
import { evaluate, matches } from '../../../support/iam';
import { pathsUpTo, requestPaths, routeTables, scopeSets } from '../../../support/route-tables';

/** The rule itself, independent of the source. */
const mayCall = (access: Access, scopes: readonly string[]) =>
  access === 'public' || access === 'token' || access.scopes.every((scope) => scopes.includes(scope));

const problemsOf = (table: readonly Route[]) => routeTableProblems(table, { handlers: ['any'], stage: 'prod' });

test('for every accepted table, any cached policy decides any path as a fresh decision would', () => {
  const paths = pathsUpTo(4);
  fc.assert(
    fc.property(routeTables(4), fc.array(requestPaths, { maxLength: 20 }), (table, sent) => {
      fc.pre(problemsOf(table).length === 0);
      const policies = createPolicies(table);
      const gateways = Object.entries(routers).map(([name, router]) => [name, router(table)] as const);
      for (const scopes of scopeSets) {
        const cached = policies.policyFor(scopes, STAGE_ARN);
        for (const method of new Set(table.map((route) => route.method))) {
          for (const path of [...paths, ...sent]) {
            const isAllowed = evaluate(cached, `${STAGE_ARN}${method}${path}`) === 'allow';
            for (const [name, choose] of gateways) {
              const route = choose(method, path);
              if (!route || route.access === 'public') continue;
              if (isAllowed !== mayCall(route.access, scopes)) {
                throw new Error(`${name}: ${method} ${path} is ${isAllowed ? 'open' : 'closed'} for [${scopes}]`);
              }
            }
          }
        }
      }
    }),
    { numRuns: 100 },
  );
}, 120_000);

test('no policy that allows or denies the routes of a refused table expresses its access', () => {
  fc.assert(
    fc.property(routeTables(3), (table) => {
      const problems = problemsOf(table);
      fc.pre(problems.length > 0);
      for (const problem of problems) {
        const [, closedName, keptName, words] =
          /^(\S+ \S+) and (\S+ \S+) cannot be kept apart for a token (with .*? only|without scopes): /.exec(problem) ??
          [];
        const closed = table.find(({ method, path }) => `${method} ${path}` === closedName);
        const kept = table.find(({ method, path }) => `${method} ${path}` === keptName);
        const scopes = (words ?? '').split(' ').filter((word) => word.length === 1);
        expect(closed && kept && [mayCall(closed.access, scopes), mayCall(kept.access, scopes)]).toEqual([false, true]);
        expect(isExpressible(table, closed?.method ?? '', scopes)).toBe(false);
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** Long enough for a route of three segments to meet itself behind the star of another one. */
const PATHS = pathsUpTo(6);

/** Tries every policy that allows, denies or leaves out each route, on every path of bounded length. */
function isExpressible(table: readonly Route[], method: string, scopes: readonly string[]): boolean {
  const possible = possibleRoutes(table.filter((route) => route.method === method));
  const guarded = table.filter((route) => route.method === method && route.access !== 'public');
  const patterns = guarded.map(({ path }) => path.replace(/\{.*?\}/g, '*'));
  const cases = new Set<string>();
  for (const path of PATHS) {
    const hits = patterns.map((pattern) => matches(pattern, path));
    for (const { access } of possible(path)) {
      if (access !== 'public') cases.add(JSON.stringify({ hits, expected: mayCall(access, scopes) }));
    }
  }
  const decides = (effects: readonly string[]) =>
    [...cases].every((each) => {
      const { hits, expected } = JSON.parse(each) as { hits: boolean[]; expected: boolean };
      const hit = effects.filter((_, index) => hits[index]);
      return (hit.includes('allow') && !hit.includes('deny')) === expected;
    });
  return policiesOver(guarded.length).some(decides);
}

const policiesOver = (count: number): string[][] =>
  count === 0
    ? [[]]
    : policiesOver(count - 1).flatMap((rest) => ['allow', 'deny', ''].map((effect) => [...rest, effect]));

/** For a path: the routes that match it and are not behind a narrower one that matches it too. */
function possibleRoutes(routes: readonly Route[]): (path: string) => Route[] {
  const matched = routes.map((route) => new Set(PATHS.filter((path) => routeMatches(route.path, path))));
  const narrower = matched.map((own) =>
    matched.filter((other) => other.size < own.size && [...other].every((path) => own.has(path))),
  );
  return (path) =>
    routes.filter((_, index) => matched[index]?.has(path) && !narrower[index]?.some((other) => other.has(path)));
}
