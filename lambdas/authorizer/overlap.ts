import type { Route } from '../routes';
import { findPath, isWithin, type PathPattern, policyPattern, routePattern } from './path-pattern';

/**
 * A path of the route `served` that the policy resource of the route `named` matches as well, or `undefined`.
 * Both are positions in the table.
 */
export type Overlap = (named: number, served: number) => string | undefined;

/**
 * Compares the routes of a table by what the gateway and a policy make of them.
 *
 * Which of several matching routes the gateway chooses is only taken for granted where one is narrower than the other
 * (`/items/new` before `/items/{id}` before `/{proxy+}`). Where neither is, such as `/{a}/x` and `/b/{c}` for `/b/x`,
 * the path counts for both, so that nothing here rests on an order that AWS does not document.
 */
export function overlapOf(routes: readonly Route[]): Overlap {
  const served = routes.map(({ path }) => routePattern(path));
  const named = routes.map(({ path }) => policyPattern(path));
  const narrower = new Map<number, PathPattern[]>();

  /** Patterns of the routes, public ones too, that take paths away from this one. */
  function narrowerThan(index: number): PathPattern[] {
    const known = narrower.get(index);
    if (known) return known;
    const own = at(served, index);
    const isNarrower = (other: PathPattern) => isWithin(other, own) && !isWithin(own, other);
    const found = served.filter(
      (other, position) => at(routes, position).method === at(routes, index).method && isNarrower(other),
    );
    narrower.set(index, found);
    return found;
  }

  return (one, other) => {
    if (at(routes, one).method !== at(routes, other).method) return undefined;
    return findPath([at(named, one), at(served, other)], narrowerThan(other));
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no route at ${index}`);
  return item;
}
