/** The path as a policy writes it: `/items/{id}` → `/items/*`. */
export const policyPath = (path: string): string => path.replace(/\{[^{}]*\}/g, '*');

/** Whether every path that `narrow` matches is matched by `wide` too; see {@link findPath}. */
export const isWithin = (narrow: string, wide: string): boolean => findPath([narrow], [wide]) === undefined;

/**
 * A shortest path that every pattern of `inside` matches and none of `outside`, or `undefined` when there is none.
 *
 * A pattern is a route's path, where `{name}` is one segment and `{name+}` one or more, or a policy's, where `*` is one
 * or more. Exact, not a sample: each pattern is a small automaton that reads a path segment by segment, and the search
 * visits every state that all of them can be in together. Two texts that no pattern names are the same to all of them,
 * so one made-up segment stands for every other text.
 */
export function findPath(inside: readonly string[], outside: readonly string[]): string | undefined {
  const patterns = [...inside, ...outside].map((pattern) => pattern.slice(1).split('/'));
  const texts = new Set(patterns.flat()); // a variable's own spelling is harmless: other variables match it, too
  let other = 'x';
  while (texts.has(other)) other += 'x';
  const seen = new Set<string>();
  // Per pattern, the bits of the positions it can be at.
  const states = [{ path: '', positions: patterns.map(() => 1n) }];
  for (const state of states) {
    for (const text of [other, ...texts]) {
      const path = `${state.path}/${text}`;
      const positions = patterns.map((pattern, index) => advance(pattern, state.positions[index] ?? 0n, text));
      const key = positions.join();
      // Stryker disable next-line MethodExpression,ArrowFunction: a pattern that failed matches nothing more, this only saves time.
      if (seen.has(key) || inside.some((_, index) => !positions[index])) continue;
      seen.add(key);
      const isFound = patterns.every(({ length }, index) => {
        const isMatch = (positions[index] ?? 0n) >> BigInt(length) === 1n;
        return isMatch === index < inside.length;
      });
      if (isFound) return path;
      states.push({ path, positions });
    }
  }
  return undefined;
}

/** The positions in a pattern after one more segment: several, since a variable may repeat; none when it failed. */
const advance = (pattern: readonly string[], positions: bigint, text: string): bigint =>
  pattern.reduce((next, segment, index) => {
    const bit = 1n << BigInt(index);
    if (!(positions & bit)) return next;
    if (!VARIABLE.test(segment)) return segment === text ? next | (bit << 1n) : next;
    return next | (bit << 1n) | (REPEATS.test(segment) ? bit : 0n);
  }, 0n);

/** A whole segment in braces; or `*`, as a policy writes it. */
const VARIABLE = /^(\*|\{.*\})$/;

/** A variable that stands for several segments. */
const REPEATS = /[*+]/;
