import { anyMethods, type Route } from '../../shared/route-table';
import { findPath, isWithin, policyPath } from './path-pattern';
import { wildcardMatches } from './wildcard';

/** One method and path of a table. */
export interface TableEntry {
  /** The row of the table: it names the method, or is the `ANY` row of the path. */
  readonly route: Route;
  readonly method: string;
  /** The path as a policy writes it. */
  readonly path: string;
  /** One bit of its own: sets of entries are sums of them. */
  readonly bit: bigint;
}

/** The methods and paths of a table; an `ANY` row has one for each method that the table does not name for its path. */
export function tableEntries(routes: readonly Route[]): TableEntry[] {
  const named = new Set(routes.map(({ method, path }) => method + path));
  return routes
    .flatMap((route) =>
      (route.method === 'ANY' ? anyMethods : [route.method])
        .filter((method) => method === route.method || !named.has(method + route.path))
        .map((method) => ({ route, method, path: policyPath(route.path) })),
    )
    .map((entry, index) => ({ ...entry, bit: 1n << BigInt(index) }));
}

/**
 * A path that the entry may serve and that the resource of another one of the same method matches as well, if any.
 *
 * Which of several matching paths the gateway chooses is only taken for granted where one is narrower than the other
 * (`/items/new` before `/items/{id}` before `/{path+}`). Where neither is, such as `/{a}/x` and `/b/{c}` for `/b/x`,
 * the path counts for both, so that nothing here rests on an order that AWS does not document.
 *
 * @param entries all of the table: public ones too take paths away.
 */
export function findOpenPath(
  entries: readonly TableEntry[],
  opener: TableEntry,
  entry: TableEntry,
): string | undefined {
  const { path } = entry.route;
  if (opener.method !== entry.method || !wildcardMatches(opener.path, path)) return undefined;
  const narrower = entries
    .filter((other) => other.method === entry.method && wildcardMatches(entry.path, other.route.path))
    .map((other) => other.route.path)
    .filter((other) => isWithin(other, path) && !isWithin(path, other));
  return findPath([opener.path, path], narrower);
}
