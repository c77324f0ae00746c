import { type Access, httpMethods, type Route, requiredScopes } from '../../lambdas/shared/route-table';

/** Who may make a request: what the route that serves it requires, or `none` where no route serves it. */
export type Callers = Access | 'none';

/** Requests that one table answers to other callers than another table does. */
export interface AccessChange {
  readonly method: string;
  /** The route's path where one table has it, else a path that shows the change. */
  readonly path: string;
  readonly before: Callers;
  readonly after: Callers;
  /** Some caller may make the request now that could not before. */
  readonly isWidened: boolean;
  /** Some caller could make the request before and may not any more. */
  readonly isNarrowed: boolean;
}

/**
 * Compares who may call what under two route tables: every request that any caller could make, by the route that API
 * Gateway chooses for it (a literal segment before `{name}` before `{name+}`, per method). The tables' text does not matter:
 * the result is empty exactly when both decide every request alike.
 *
 * @example
 * compareAccess(
 *   [{ method: 'GET', path: '/orders', handler: 'orders', access: { scopes: ['read:orders'] } }],
 *   [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }],
 * );
 * // [{ method: 'GET', path: '/orders', before: { scopes: ['read:orders'] }, after: 'token', isWidened: true, isNarrowed: false }]
 */
export function compareAccess(before: readonly Route[], after: readonly Route[]): AccessChange[] {
  const tables = [treeOf(before), treeOf(after)] as const;
  const changes = new Map<string, AccessChange>();
  for (const path of representativePaths([...before, ...after])) {
    for (const method of httpMethods) {
      const [old, now] = tables.map((tree) => servingRoute(tree, method, path));
      const change = { before: callersOf(old), after: callersOf(now) };
      const isWidened = !mayReplace(change.before, change.after);
      const isNarrowed = !mayReplace(change.after, change.before);
      if (!isWidened && !isNarrowed) continue;
      const shown = now?.path ?? old?.path ?? path;
      const key = JSON.stringify([method, shown, change]);
      if (!changes.has(key)) changes.set(key, { method, path: shown, ...change, isWidened, isNarrowed });
    }
  }
  return [...changes.values()];
}

const callersOf = (route: Route | undefined): Callers => route?.access ?? 'none';

/** Whether every caller that `narrow` admits is admitted by `wide`, too. */
function mayReplace(wide: Callers, narrow: Callers): boolean {
  if (narrow === 'none' || wide === 'public') return true;
  if (wide === 'none' || narrow === 'public') return false;
  const given: readonly string[] = requiredScopes(narrow);
  return requiredScopes(wide).every((scope) => given.includes(scope));
}

/** A resource of API Gateway: its children by path part, and its routes. */
interface Node {
  readonly children: Map<string, Node>;
  readonly routes: Route[];
}

const newNode = (): Node => ({ children: new Map(), routes: [] });
const partsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'));
const isVariable = (part: string): boolean => part.startsWith('{');
const isGreedy = (part: string): boolean => part.endsWith('+}');

function treeOf(routes: readonly Route[]): Node {
  const root = newNode();
  for (const route of routes) {
    let node = root;
    for (const part of partsOf(route.path)) {
      const child = node.children.get(part) ?? newNode();
      node.children.set(part, child);
      node = child;
    }
    node.routes.push(route);
  }
  return root;
}

/** The route that serves a request: of the resources that match its path, the first that has the method or `ANY`. */
function servingRoute(node: Node, method: string, path: string): Route | undefined {
  return search(node, partsOf(path));

  function search({ children, routes }: Node, [part, ...rest]: readonly string[]): Route | undefined {
    if (part === undefined) return routeOf(routes);
    const literal = children.get(part);
    const found = literal && search(literal, rest);
    if (found) return found;
    for (const [name, child] of children) {
      const route = isVariable(name) && !isGreedy(name) ? search(child, rest) : undefined;
      if (route) return route;
    }
    const greedy = [...children].find(([name]) => isGreedy(name))?.[1];
    return greedy && routeOf(greedy.routes);
  }

  function routeOf(routes: readonly Route[]): Route | undefined {
    const methodOf = (route: Route): string => route.method;
    return routes.find((route) => methodOf(route) === method) ?? routes.find((route) => methodOf(route) === 'ANY');
  }
}

/**
 * Paths of which one stands for each kind of request that the tables can tell apart: every combination of the literals that
 * could follow, and one part that no table names. One part more than the deepest route shows what a greedy variable takes.
 */
function representativePaths(routes: readonly Route[]): string[] {
  const root = treeOf(routes);
  const names = new Set(routes.flatMap(({ path }) => partsOf(path)));
  let other = 'x';
  while (names.has(other)) other += 'x';

  const paths = new Set<string>(['/']);
  const ids = new Map<Node, number>();
  const key = (nodes: readonly Node[]): string =>
    nodes
      .map((node) => {
        const id = ids.get(node) ?? ids.size;
        ids.set(node, id);
        return id;
      })
      .sort((one, another) => one - another)
      .join();

  // Two paths that lead to the same resources, and past the same greedy variables, are served alike from there on.
  const seen = new Set<string>();
  let frontier = [{ path: '', nodes: [root] as readonly Node[], greedy: [] as readonly Node[] }];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { path, nodes, greedy } of frontier) {
      const children = nodes.flatMap((node) => [...node.children]);
      const passed = [...greedy, ...children.filter(([name]) => isGreedy(name)).map(([, child]) => child)];
      const literals = children.map(([name]) => name).filter((name) => !isVariable(name));
      for (const part of new Set([...literals, other])) {
        const reached = children
          .filter(([name]) => name === part || (isVariable(name) && !isGreedy(name)))
          .map(([, child]) => child);
        const state = `${key(reached)} ${key(passed)}`;
        if (seen.has(state)) continue;
        seen.add(state);
        paths.add(`${path}/${part}`);
        if (reached.length > 0) next.push({ path: `${path}/${part}`, nodes: reached, greedy: passed });
      }
    }
    frontier = next;
  }
  return [...paths];
}
