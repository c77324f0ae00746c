/**
 * Whether a wildcard pattern of a policy matches some path of a route.
 *
 * @param pattern `*` is any text, also empty and with `/`; `?` is one character; {@link NO_SLASH} is one other than `/`.
 * @param path a path of the route table; or of a policy, whose `*` then only a `*` of the pattern matches.
 * @param isEncoded whether fixed characters of the path may be percent-encoded (`/%6Frders`). AWS does not document how
 *   these are written into the ARN that it compares with a policy. Errs on the side of `true`.
 */
export function wildcardMatches(pattern: string, path: string, isEncoded = false): boolean {
  const route = path.replace(/\{[^{}]*\+\}/g, GREEDY).replace(/\{[^{}]*\}/g, VARIABLE);
  /** Positions in the route, times three; the rest is how much of a percent-encoded character is left. */
  let states = new Set([0]);
  for (const symbol of pattern) {
    const isWildcard = symbol === '*' || symbol === '?' || symbol === NO_SLASH;
    const next = symbol === '*' ? states : new Set<number>();
    // A set also visits what is added on the way: `*` reads on from wherever it has come.
    for (const state of states) {
      const expected = route[Math.floor(state / 3)];
      const left = state % 3;
      const isVariable = expected === VARIABLE || expected === GREEDY;
      if (expected === undefined || (expected === '/' && symbol === NO_SLASH)) continue;
      const isRead = isVariable
        ? symbol !== '/' || expected === GREEDY
        : left > 0
          ? /[\dA-Fa-f]/.test(symbol)
          : symbol === expected;
      if (isWildcard || isRead) {
        if (isVariable) next.add(state);
        next.add(left > 1 ? state - 1 : state - left + 3);
      }
      if (isEncoded && isWildcard && left === 0 && !isVariable && expected !== '/') next.add(state + 2);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(route.length * 3);
}

/** In a pattern to compare with: any character but a slash. No fixed segment contains it, nor the two below. */
export const NO_SLASH = '^';
const VARIABLE = '$';
const GREEDY = '+';
