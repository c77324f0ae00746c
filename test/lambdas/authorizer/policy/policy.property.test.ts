import fc from 'fast-check';
import type { TableProblem } from '../../../../infra/route-table/problem';
import { routeTableProblems } from '../../../../infra/route-table/validate';
import { createCover } from '../../../../lambdas/authorizer/policy/cover';
import { createPolicies, policyDocument } from '../../../../lambdas/authorizer/policy/policy';
import { policyParts } from '../../../../lambdas/authorizer/policy/policy-parts';
import { protectedTable } from '../../../../lambdas/authorizer/policy/protected-table';
import { type Access, anyMethods, type Route } from '../../../../lambdas/shared/route-table';
import { STAGE_ARN } from '../../../../samples/events';
import { routeMatches, routers } from '../../../support/gateway-routing';
import { evaluator, expressionOf, type Policy } from '../../../support/iam';
import { methodsOf, pathsUpTo, requestPaths, routeTables, scopeSets, spellings } from '../../../support/route-tables';

/** The rule itself, as plainly as it can be said. */
const mayCall = (access: Access, scopes: readonly string[]) =>
  access === 'public' || access === 'token' || access.scopes.every((scope) => scopes.includes(scope));

const problemsOf = (table: readonly Route[]): readonly TableProblem[] =>
  routeTableProblems(table, { handlers: ['any'], stage: 'prod' });

/** Whether a policy allows a request. */
type Allows = (method: string, path: string) => boolean;

function allowedBy(policy: Policy): Allows {
  const verdict = evaluator(policy);
  return (method, path) => verdict(`${STAGE_ARN}${method}${path}`) === 'allow';
}

/** A request, and the routes that one gateway or another chooses for it; requests that reach no protected route are left out. */
interface Chosen {
  readonly method: string;
  readonly path: string;
  readonly accesses: readonly Access[];
}

function choose(table: readonly Route[], paths: readonly string[]): Chosen[] {
  const gateways = Object.values(routers).map((router) => router(table));
  return methodsOf(table).flatMap((method) =>
    paths.flatMap((path) => {
      const routes = new Set(gateways.map((gateway) => gateway(method, path)));
      const accesses = [...routes].flatMap((route) => (route && route.access !== 'public' ? [route.access] : []));
      return accesses.length > 0 ? [{ method, path, accesses }] : [];
    }),
  );
}

/** Fails when a policy decides a request other than the route that some gateway chooses does. */
function requireExact(chosen: readonly Chosen[], scopes: readonly string[], policy: Policy) {
  const allows = allowedBy(policy);
  for (const { method, path, accesses } of chosen) {
    const isAllowed = allows(method, path);
    if (accesses.some((access) => mayCall(access, scopes) !== isAllowed)) {
      throw new Error(`${method} ${path} is ${isAllowed ? 'open' : 'closed'} for [${scopes}]`);
    }
  }
}

/** The policy of a table in few resources, however short the enumeration is. */
function coverOf(table: readonly Route[], scopes: readonly string[]): Policy {
  const entries = protectedTable(table);
  const allowed = entries.select(({ route }) => mayCall(route.access, scopes));
  return policyDocument(policyParts(entries, allowed, createCover(entries)), STAGE_ARN);
}

/** Tables per property; PROPERTY_RUNS sets another number (`npm run test:properties`). */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 10);

const hasDotSegment = (path: string): boolean => /\/\.\.?(\/|$)/.test(path);

test('for every accepted table, any cached policy decides any path as a fresh decision would', () => {
  const paths = pathsUpTo(4);
  fc.assert(
    fc.property(routeTables(4), fc.array(requestPaths, { maxLength: 20 }), (table, sent) => {
      fc.pre(problemsOf(table).length === 0);
      const policies = createPolicies(table);
      const chosen = choose(table, [...paths, ...sent]);
      for (const scopes of scopeSets) requireExact(chosen, scopes, policies.policyFor(scopes, STAGE_ARN));
    }),
    { numRuns: RUNS },
  );
});

test('for every accepted table, a cover decides any path as a fresh decision would', () => {
  const paths = pathsUpTo(4);
  fc.assert(
    fc.property(routeTables(4), fc.array(requestPaths, { maxLength: 20 }), (table, sent) => {
      fc.pre(problemsOf(table).length === 0);
      const chosen = choose(table, [...paths, ...sent.filter((path) => !hasDotSegment(path))]);
      for (const scopes of scopeSets) requireExact(chosen, scopes, coverOf(table, scopes));
    }),
    { numRuns: RUNS },
  );
});

/** The same table with a row for each method that an `ANY` row stands for. */
const withoutAny = (table: readonly Route[]): Route[] =>
  table.flatMap((row) =>
    row.method === 'ANY'
      ? anyMethods
          .filter((method) => !table.some((other) => other.method === method && other.path === row.path))
          .map((method) => ({ ...row, method: method as Route['method'] }))
      : [row],
  );

test('no spelling of a path opens a route by wildcards that naming every method and path does not open', () => {
  const paths = pathsUpTo(3);
  fc.assert(
    fc.property(routeTables(3), fc.array(spellings, { minLength: 8, maxLength: 8 }), (table, writers) => {
      fc.pre(problemsOf(table).length === 0);
      const chosen = choose(table, paths);
      for (const scopes of scopeSets) {
        const [enumeration, baseline] = [table, withoutAny(table)].map((each) =>
          allowedBy(createPolicies(each).policyFor(scopes, STAGE_ARN)),
        ) as [Allows, Allows];
        const cover = allowedBy(coverOf(table, scopes));
        for (const { method, path, accesses } of chosen) {
          if (accesses.every((access) => mayCall(access, scopes))) continue;
          for (const write of writers) {
            const spelling = write(path);
            if ((cover(method, spelling) || enumeration(method, spelling)) && !baseline(method, spelling)) {
              throw new Error(`${method} ${spelling} is open for [${scopes}]`);
            }
          }
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test('a refused table cannot be expressed by any Allow and Deny of its routes', () => {
  fc.assert(
    fc.property(routeTables(3), (table) => {
      const problems = problemsOf(table);
      fc.pre(problems.length > 0);
      for (const problem of problems) {
        if (problem.kind !== 'overlap') throw new Error(`unexpected problem: ${problem.kind}`);
        const [closed, kept] = problem.routes.map((name) =>
          table.find(({ method, path }) => `${method} ${path}` === name),
        );
        const { scopes } = problem;
        expect(closed && kept && [mayCall(closed.access, scopes), mayCall(kept.access, scopes)]).toEqual([false, true]);
        const methods = methodsOf(table).filter(
          (method) => ![closed, kept].some((row) => row && row.method !== 'ANY' && row.method !== method),
        );
        // An ANY row gives way to a row that names the method: one of the methods they share is enough.
        expect(methods.some((method) => !isExpressible(rowsFor(table, method), scopes))).toBe(true);
      }
    }),
    { numRuns: RUNS },
  );
});

/** The rows that serve a method: for each path the one that names it, or else `ANY`. */
const rowsFor = (table: readonly Route[], method: string): Route[] =>
  table.filter(
    (row) =>
      row.method === method ||
      (row.method === 'ANY' && !table.some((other) => other.method === method && other.path === row.path)),
  );

/** Long enough for a route of three segments to meet itself behind the star of another one. */
const PATHS = pathsUpTo(6);

/** Tries every policy that allows, denies or leaves out each route, on every path of bounded length. */
function isExpressible(rows: readonly Route[], scopes: readonly string[]): boolean {
  const possible = possibleRoutes(rows);
  const guarded = rows.filter((route) => route.access !== 'public');
  const patterns = guarded.map(({ path }) => expressionOf(path.replace(/\{.*?\}/g, '*')));
  const cases = new Set<string>();
  for (const path of PATHS) {
    const hits = patterns.map((pattern) => pattern.test(path));
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
