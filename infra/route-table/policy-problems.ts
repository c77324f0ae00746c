import { compareRoutes, overlap, type TableEntry } from '../../lambdas/authorizer/policy/overlap';
import { policyPath } from '../../lambdas/authorizer/policy/path-pattern';
import {
  MAX_POLICY_LENGTH,
  MAX_RESOURCE_LENGTH,
  policyLength,
  resourceOf,
} from '../../lambdas/authorizer/policy/policy';
import type { Route } from '../../lambdas/shared/route-table';
import { mayCall, requiredScopes } from '../../lambdas/shared/route-table';

/**
 * Why the policies of a table would not do: routes that no policy can keep apart, and policies that are too long.
 * Expects a table whose entries are sound. Exact over all sets of scopes without going through them: three routes at a
 * time decide.
 */
export function expressionProblems(routes: readonly Route[], stage: string): string[] {
  return [...overlapProblems(routes), ...lengthProblems(routes, stage)];
}

/**
 * Some token may call `open` and `kept` but not `closed`; what opens `open` opens a path of `closed`, so `closed` has
 * to be denied; and what denies it denies a path of `kept`. Often `open` and `kept` are one route.
 */
function overlapProblems(routes: readonly Route[]): string[] {
  const guarded = compareRoutes(routes).filter(({ route }) => route.access !== 'public');
  const problems: string[] = [];
  for (const closed of guarded) {
    /** Whether a token with just the scopes of these routes may not call the closed one. */
    const isClosedTo = (...open: TableEntry[]) =>
      !mayCall(
        closed.route.access,
        open.flatMap(({ route }) => requiredScopes(route.access)),
      );
    const openers = guarded.flatMap((open) => {
      const path = isClosedTo(open) ? overlap(open, closed) : undefined;
      return path === undefined ? [] : [{ open, path }];
    });
    for (const kept of guarded) {
      const opener = openers.find(({ open }) => open === kept) ?? openers.find(({ open }) => isClosedTo(open, kept));
      const deniedPath = opener && overlap(closed, kept);
      if (opener && deniedPath) problems.push(describe(closed.route, kept.route, opener, deniedPath));
    }
  }
  return problems;
}

interface Opener {
  readonly open: TableEntry;
  /** A path of the closed route that this one's resource matches. */
  readonly path: string;
}

function describe(closed: Route, kept: Route, { open, path }: Opener, deniedPath: string): string {
  const openRoute = open.route;
  const [closedName, keptName] = [closed, kept].map(({ method, path: pattern }) => `${method} ${pattern}`);
  const scopes = [...new Set([openRoute, kept].flatMap(({ access }) => requiredScopes(access)))];
  const token = scopes.length > 0 ? `a token with ${scopes.join(' ')} only` : 'a token without scopes';
  const openedBy = openRoute === kept ? 'the second' : `${openRoute.method} ${openRoute.path}`;
  const reason =
    path === deniedPath
      ? `both match ${path}, and AWS does not document which of them serves it`
      : `allowing ${openedBy} (${policyPath(openRoute.path)}) opens ${path} of the first, and denying the first ` +
        `(${policyPath(closed.path)}) closes ${deniedPath} of the second`;
  return `${closedName} and ${keptName} cannot be kept apart for ${token}: ${reason}. Give both the same access, or change a fixed segment of one path.`;
}

/** The longest ARN in front of a resource, apart from the stage: longest partition and region, an API id of 10. */
const longestStageArn = (stage: string): string =>
  `arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:abcdefghij/${stage}/`;

/** Any set of scopes puts each protected route into the policy at most once, so all of them bound every policy. */
function lengthProblems(routes: readonly Route[], stage: string): string[] {
  const arn = longestStageArn(stage);
  const guarded = routes.filter(({ access }) => access !== 'public');
  const tooLong = guarded.filter((route) => arn.length + resourceOf(route).length > MAX_RESOURCE_LENGTH);
  const problems = tooLong.map(
    ({ method, path }) =>
      `${method} ${path}: its ARN would be longer than the ${MAX_RESOURCE_LENGTH} characters API Gateway takes in a policy: shorten the path.`,
  );
  const length = policyLength(guarded.map(resourceOf), arn);
  if (length > MAX_POLICY_LENGTH) {
    problems.push(
      `The policy of a token could be ${length} characters long, more than ${MAX_POLICY_LENGTH}: replace protected routes ` +
        `with the same access by one {path+} route, shorten paths, or split the API in two.`,
    );
  }
  return problems;
}
