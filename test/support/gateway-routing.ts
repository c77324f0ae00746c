import type { Route } from '../../lambdas/shared/route-table';

/**
 * Models of how API Gateway might choose a route, written apart from the product. AWS documents a tree of resources, one
 * variable child at most, and that a fixed segment goes before a variable; it does not document whether the gateway
 * goes back to try the variable when a fixed segment leads nowhere, nor whether the method matters for that. So there is
 * a model for each, and the policy has to be right under all of them.
 */
export type Router = (table: readonly Route[]) => (method: string, path: string) => Route | undefined;

interface Node {
  readonly children: Map<string, Node>;
  readonly routes: Route[];
}

function treeOf(table: readonly Route[]): Node {
  const root: Node = { children: new Map(), routes: [] };
  for (const route of table) {
    let node = root;
    for (const part of partsOf(route.path)) {
      let child = node.children.get(part);
      if (!child) {
        child = { children: new Map(), routes: [] };
        node.children.set(part, child);
      }
      node = child;
    }
    node.routes.push(route);
  }
  return root;
}

const partsOf = (path: string): string[] => (path === '/' ? [] : path.split('/').slice(1));

/** Leaves of the tree that a path reaches, best first. */
function* leaves(node: Node, parts: readonly string[]): Generator<Node> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    if (node.routes.length > 0) yield node;
    return;
  }
  const fixed = node.children.get(part);
  if (fixed) yield* leaves(fixed, rest);
  for (const [name, child] of node.children) {
    if (name.startsWith('{') && !name.endsWith('+}')) yield* leaves(child, rest);
  }
  for (const [name, child] of node.children) if (name.endsWith('+}')) yield child;
}

/** The row of a resource that serves a method: its own, or else `ANY`. */
const rowFor = (rows: readonly Route[], method: string): Route | undefined =>
  rows.find((row) => row.method === method) ?? rows.find((row) => row.method === 'ANY');

/** Keeps searching until it finds a resource with the method. */
const searching: Router = (table) => {
  const tree = treeOf(table);
  return (method, path) => {
    for (const node of leaves(tree, partsOf(path))) {
      const route = rowFor(node.routes, method);
      if (route) return route;
    }
    return undefined;
  };
};

/** Settles on the first resource, whether or not it has the method. */
const settling: Router = (table) => {
  const tree = treeOf(table);
  return (method, path) => {
    const [first] = leaves(tree, partsOf(path));
    return first && rowFor(first.routes, method);
  };
};

/** Takes the best child at each step and never goes back. */
const greedy: Router = (table) => {
  const tree = treeOf(table);
  return (method, path) => {
    let node: Node | undefined = tree;
    for (const part of partsOf(path)) {
      const names: string[] = [...node.children.keys()];
      const name = names.find((own) => own === part) ?? names.find((own) => own.startsWith('{'));
      node = name === undefined ? undefined : node.children.get(name);
      if (!node) return undefined;
      if (name?.endsWith('+}')) break;
    }
    return rowFor(node.routes, method);
  };
};

/** Knows no tree: of all routes that match, the one with most fixed segments, then the longer, then the last written. */
const counting: Router = (table) => (method, path) => {
  const score = (route: Route) => {
    const parts = partsOf(route.path);
    const fixed = parts.filter((part) => !part.startsWith('{')).length;
    return (
      fixed * 10_000 + parts.length * 100 + (route.path.endsWith('+}') ? 0 : 10) + (route.method === 'ANY' ? 0 : 1)
    );
  };
  const matching = table.filter(
    (route) => (route.method === method || route.method === 'ANY') && routeMatches(route.path, path),
  );
  return matching.reduce<Route | undefined>(
    (best, route) => (best && score(best) > score(route) ? best : route),
    undefined,
  );
};

export const routers: Readonly<Record<string, Router>> = { searching, settling, greedy, counting };

/** Whether a route's own pattern matches a path, whatever else is in the table. */
export function routeMatches(pattern: string, path: string): boolean {
  const [own, given] = [partsOf(pattern), partsOf(path)];
  const isGreedy = pattern.endsWith('+}');
  if (isGreedy ? given.length < own.length : given.length !== own.length) return false;
  return own.every((part, index) => part.startsWith('{') || part === given[index]);
}
