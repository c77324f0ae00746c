/**
 * Whether a wildcard pattern of a policy matches some path of a route.
 *
 * @param pattern `*` is any text, also empty and with `/`; `?` is one character; {@link NO_SLASH} is one other than `/`.
 * @param path a path of the route table; or of a policy, whose `*` then only a `*` of the pattern matches.
 */
export function wildcardMatches(pattern: string, path: string): boolean {
  const route = path.replace(/\{[^{}]*\+\}/g, GREEDY).replace(/\{[^{}]*\}/g, VARIABLE);
  let positions = new Set([0]);
  for (const symbol of pattern) {
    const next = symbol === '*' ? positions : new Set<number>();
    // A set also visits what is added on the way: `*` reads on from each position it reaches.
    for (const position of positions) {
      const expected = route[position];
      const isVariable = expected === GREEDY || (expected === VARIABLE && symbol !== '/');
      const isWildcard = symbol === '*' || symbol === '?' || (symbol === NO_SLASH && expected !== '/');
      if (expected === undefined || !(isVariable || isWildcard || symbol === expected)) continue;
      if (isVariable) next.add(position);
      next.add(position + 1);
    }
    // Stryker disable next-line ConditionalExpression: what has failed ends at no position, this only saves time.
    if (next.size === 0) return false;
    positions = next;
  }
  return positions.has(route.length);
}

/** In a pattern to compare with: any character but a slash. No fixed segment contains it, nor the two below. */
export const NO_SLASH = '^';
const VARIABLE = '$';
const GREEDY = '+';
