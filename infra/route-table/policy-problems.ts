import {
  createPolicies,
  MAX_POLICY_LENGTH,
  MAX_RESOURCE_LENGTH,
  PolicyTooLargeError,
  policyDocument,
} from '../../lambdas/authorizer/policy/policy';
import { findOpenPath, type TableEntry, tableEntries } from '../../lambdas/authorizer/policy/table-entries';
import type { Route } from '../../lambdas/shared/route-table';
import { mayCall, requiredScopes } from '../../lambdas/shared/route-table';
import { nameOf, type TableProblem } from './problem';

/**
 * Why the policies of a table would not do: routes that no policy can keep apart, and policies that are too long.
 * Expects a table whose rows are sound. The first is exact over all sets of scopes without going through them: three
 * routes at a time decide.
 */
export function expressionProblems(routes: readonly Route[], stage: string): TableProblem[] {
  const overlaps = overlapProblems(routes);
  const tooLong = resourceLengthProblems(routes, stage);
  const problems = [...overlaps, ...tooLong];
  return problems.length > 0 ? problems : policyLengthProblems(routes, stage);
}

/**
 * Some token may call `open` and `kept` but not `closed`; what opens `open` opens a path of `closed`, so `closed` has
 * to be denied; and what denies it denies a path of `kept`. Often `open` and `kept` are one route.
 */
function overlapProblems(routes: readonly Route[]): TableProblem[] {
  const entries = tableEntries(routes);
  const guarded = entries.filter(({ route }) => route.access !== 'public');
  const problems = new Map<string, TableProblem>();
  for (const closed of guarded) {
    /** Whether a token with just the scopes of these routes may not call the closed one. */
    const isClosedTo = (...open: TableEntry[]) => !mayCall(closed.route.access, scopesOf(open));
    const openers = guarded.flatMap((open) => {
      const path = isClosedTo(open) ? findOpenPath(entries, open, closed) : undefined;
      return path === undefined ? [] : [{ open, path }];
    });
    if (openers.length === 0) continue;
    for (const kept of guarded) {
      const opener = openers.find(({ open }) => open === kept) ?? openers.find(({ open }) => isClosedTo(open, kept));
      const deniedPath = opener && findOpenPath(entries, closed, kept);
      if (!opener || deniedPath === undefined) continue;
      const names = [closed, kept].map(({ route }) => nameOf(route));
      // An ANY row meets another one in each method: once is enough.
      if (problems.has(names.join())) continue;
      problems.set(names.join(), {
        kind: 'overlap',
        routes: names,
        scopes: scopesOf([opener.open, kept]),
        opener: opener.open.route,
        path: opener.path,
        deniedPath,
        resources: [opener.open.path, closed.path],
      });
    }
  }
  return [...problems.values()];
}

const scopesOf = (entries: readonly TableEntry[]): string[] => [
  ...new Set(entries.flatMap(({ route }) => requiredScopes(route.access))),
];

/** The longest ARN in front of a resource, apart from the stage: longest partition and region, an API id of 10. */
const longestStageArn = (stage: string): string =>
  `arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:abcdefghij/${stage}/`;

function resourceLengthProblems(routes: readonly Route[], stage: string): TableProblem[] {
  const start = longestStageArn(stage).length;
  const isTooLong = ({ method, path }: TableEntry) => start + method.length + path.length > MAX_RESOURCE_LENGTH;
  const tooLong = tableEntries(routes).filter((entry) => entry.route.access !== 'public' && isTooLong(entry));
  const names = new Set(tooLong.map(({ route }) => nameOf(route)));
  return [...names].map((name) => ({ kind: 'resource-length', routes: [name] }));
}

/** Sets of scopes that are tried: all of them for ten scopes or fewer, a fixed sample for more. */
const MAX_SCOPE_SETS = 1024;

/** The first set of scopes, if any, whose policy is too long. */
function policyLengthProblems(routes: readonly Route[], stage: string): TableProblem[] {
  const arn = longestStageArn(stage);
  const entries = tableEntries(routes).filter(({ route }) => route.access !== 'public');
  // A policy names each of them once at most, in one of two statements.
  const bound = entries.reduce((sum, { method, path }) => sum + arn.length + method.length + path.length + 3, 200);
  if (bound <= MAX_POLICY_LENGTH) return [];
  const policies = createPolicies(routes);
  for (const scopes of scopeSets(scopesOf(entries))) {
    try {
      policies.policyFor(scopes, arn);
    } catch (error) {
      if (!(error instanceof PolicyTooLargeError)) throw error;
      const resources = [...error.parts.allow, ...error.parts.deny];
      const { length } = JSON.stringify(policyDocument(error.parts, arn));
      const named = entries.filter(({ method, path }) => resources.includes(method + path));
      const names = [...new Set(named.map(({ route }) => nameOf(route)))];
      return [{ kind: 'policy-length', routes: names, scopes, length, resources: resources.length }];
    }
  }
  return [];
}

/** All sets of these scopes, or {@link MAX_SCOPE_SETS} of them, spread over all sizes. */
function* scopeSets(scopes: readonly string[]): Generator<string[]> {
  const isComplete = 2 ** scopes.length <= MAX_SCOPE_SETS;
  /** A linear congruential generator: the same sample every time. */
  let state = 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  for (let index = 0; index < (isComplete ? 2 ** scopes.length : MAX_SCOPE_SETS); index += 1) {
    const share = (index + 0.5) / MAX_SCOPE_SETS;
    yield scopes.filter((_, bit) => (isComplete ? (index >> bit) % 2 === 1 : random() < share));
  }
}
