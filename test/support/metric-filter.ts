/**
 * Evaluates a CloudWatch Logs filter pattern for JSON, as far as this project's filters go: `{ $.a.b = "text" && … }`
 * or the same with `||`, where `"*"` stands for any value, `>=` for numbers, and `NOT EXISTS`. Anything else is an error
 * rather than a guess.
 */
export function matchesFilter(pattern: string, event: unknown): boolean {
  const inner = /^\{ (.*) \}$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`Not a JSON filter pattern: ${pattern}`);
  const either = inner.split(' || ');
  if (either.length > 1) return either.some((condition) => matchesFilter(`{ ${condition} }`, event));
  return inner.split(' && ').every((condition) => {
    const absent = /^(\S+) NOT EXISTS$/.exec(condition)?.[1];
    if (absent !== undefined) return select(absent, event) === undefined;
    const [, selector = '', operator, text, number] = /^(\S+) (=|>=) (?:"([^"]*)"|(\d+))$/.exec(condition) ?? [];
    const value = select(selector, event);
    if (operator === '=' && text !== undefined) return text === '*' ? value !== undefined : value === text;
    if (operator === '>=' && number !== undefined) return typeof value === 'number' && value >= Number(number);
    throw new Error(`Not understood: ${condition}`);
  });
}

/** The value a selector such as `$.message.reason` names. */
export function select(selector: string, event: unknown): unknown {
  const names = selector.split('.');
  if (names.shift() !== '$') throw new Error(`Not a selector: ${selector}`);
  return names.reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
}
