import type { Route } from '../../shared/route-table';
import { areApart, findPath, isWithin, type PathPattern, policyPattern, routePattern } from './path-pattern';

/** A route of a table, with what the gateway and a policy make of its path. */
export interface TableEntry {
  readonly route: Route;
  /** What the gateway matches. */
  readonly served: PathPattern;
  /** What the route's resource in a policy matches. */
  readonly named: PathPattern;
  /** Routes of the table, public ones too, that take paths away from this one. */
  readonly narrower: readonly PathPattern[];
}

/**
 * Compares the routes of a table with each other.
 *
 * Which of several matching routes the gateway chooses is only taken for granted where one is narrower than the other
 * (`/items/new` before `/items/{id}` before `/{path+}`). Where neither is, such as `/{a}/x` and `/b/{c}` for `/b/x`,
 * the path counts for both, so that nothing here rests on an order that AWS does not document.
 */
export function compareRoutes(routes: readonly Route[]): TableEntry[] {
  const patterns = routes.map((route) => ({
    route,
    served: routePattern(route.path),
    named: policyPattern(route.path),
  }));
  return patterns.map((own) => ({
    ...own,
    narrower: patterns
      .filter((other) => other.route.method === own.route.method)
      .map(({ served }) => served)
      .filter((other) => isWithin(other, own.served) && !isWithin(own.served, other)),
  }));
}

/** A path that may be served by one route and that the policy resource of another matches as well; often none. */
export function overlap(named: TableEntry, served: TableEntry): string | undefined {
  if (named.route.method !== served.route.method || areApart(named.named, served.served)) return undefined;
  return findPath([named.named, served.served], served.narrower);
}
