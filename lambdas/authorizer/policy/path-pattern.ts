/**
 * One segment of a pattern: a text, or any one segment, or any one segment and more.
 * The last is what `{name+}` is to the gateway, and what `*` is to a policy: it crosses `/` (and matches an empty text).
 */
type Segment = { readonly text: string } | 'one' | 'many';

/** A path pattern, segment by segment. `/` is the one empty segment. */
export type PathPattern = readonly Segment[];

/** What the gateway matches for a route: `{name}` is one segment, `{name+}` one or more. */
export function routePattern(path: string): PathPattern {
  return path
    .slice(1)
    .split('/')
    .map((text) => (/^\{.*\+\}$/.test(text) ? 'many' : /^\{.*\}$/.test(text) ? 'one' : { text }));
}

/** What a policy matches for the same route, where each variable is written `*`. */
export function policyPattern(path: string): PathPattern {
  return routePattern(path).map((segment) => (segment === 'one' ? 'many' : segment));
}

/** The path as it is written into a policy: `/items/{id}` → `/items/*`. */
export const policyPath = (path: string): string => path.replace(/\{[^{}]*\}/g, '*');

/**
 * A shortest path that every pattern of `inside` matches and none of `outside`, or `undefined` when there is none.
 *
 * Exact, not a sample: each pattern is a small automaton that reads a path segment by segment, and the search visits
 * every state all of them can be in together. Two texts that no pattern names cannot be told apart by any of them, so
 * that one made-up segment stands for all others.
 */
export function findPath(inside: readonly PathPattern[], outside: readonly PathPattern[] = []): string | undefined {
  const patterns = [...inside, ...outside];
  const alphabet = texts(patterns);
  const seen = new Set<string>();
  let frontier = [{ path: '', positions: patterns.map(() => [0]) }];
  while (frontier.length > 0) {
    const reached: typeof frontier = [];
    for (const { path, positions } of frontier) {
      for (const text of alphabet) {
        const next = positions.map((from, index) => advance(patterns[index] ?? [], from, text));
        if (next.slice(0, inside.length).some((alive) => alive.length === 0)) continue;
        const key = JSON.stringify(next);
        if (seen.has(key)) continue;
        seen.add(key);
        const isMatch = next.map((at, index) => at.includes(patterns[index]?.length ?? 0));
        const longer = `${path}/${text}`;
        if (isMatch.every((matches, index) => matches === index < inside.length)) return longer;
        reached.push({ path: longer, positions: next });
      }
    }
    frontier = reached;
  }
  return undefined;
}

/**
 * Whether two patterns differ in a fixed segment, so that no path matches both. Most pairs of a table do, and this is
 * seen at a glance; `false` means nothing.
 */
export function areApart(one: PathPattern, other: PathPattern): boolean {
  for (const [index, segment] of one.entries()) {
    const opposite = other[index];
    if (segment === 'many' || opposite === 'many') return false;
    if (typeof segment === 'object' && typeof opposite === 'object' && segment.text !== opposite.text) return true;
  }
  return false;
}

/** Whether every path that `narrow` matches is matched by `wide` too. */
export function isWithin(narrow: PathPattern, wide: PathPattern): boolean {
  return !areApart(narrow, wide) && findPath([narrow], [wide]) === undefined;
}

/**
 * The positions in a pattern after one more segment, ascending; several, since `many` may stay or go on; none when it
 * failed.
 */
function advance(pattern: PathPattern, positions: readonly number[], text: string): number[] {
  const next = new Set<number>();
  for (const position of positions) {
    const segment = pattern[position];
    if (segment === undefined || (typeof segment === 'object' && segment.text !== text)) continue;
    if (segment === 'many') next.add(position);
    next.add(position + 1);
  }
  return [...next];
}

/** Every text the patterns name, behind one that none of them does. */
function texts(patterns: readonly PathPattern[]): string[] {
  const named = new Set<string>();
  for (const segment of patterns.flat()) if (typeof segment === 'object') named.add(segment.text);
  let other = 'x';
  while (named.has(other)) other += 'x';
  return [other, ...named];
}
