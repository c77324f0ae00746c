/**
 * An evaluator of IAM policies, written from AWS's rules and from nothing else: it shares no code with the product or
 * the local gateway, so that it can contradict them.
 *
 * An explicit Deny wins; then an Allow; otherwise the answer is an implicit deny. In a resource, `*` stands for any
 * run of characters, also an empty one, and `?` for one character; both cross `/`. Case matters.
 */
export interface Policy {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string;
    readonly Resource: readonly string[];
  }[];
}

export type Verdict = 'allow' | 'explicit deny' | 'implicit deny';

export function evaluate(policy: Policy, resource: string): Verdict {
  const effects = policy.Statement.filter(
    (statement) =>
      matches(statement.Action, 'execute-api:Invoke') &&
      statement.Resource.some((pattern) => matches(pattern, resource)),
  ).map((statement) => statement.Effect);
  if (effects.includes('Deny')) return 'explicit deny';
  return effects.includes('Allow') ? 'allow' : 'implicit deny';
}

/** Column by column over the pattern: `open[i]` says whether the pattern so far can match the first i characters. */
export function matches(pattern: string, text: string): boolean {
  let open: boolean[] = Array.from({ length: text.length + 1 }, (_, index) => index === 0);
  for (const symbol of pattern) {
    const next: boolean[] = [];
    for (let index = 0; index <= text.length; index += 1) {
      if (symbol === '*') next.push(open[index] === true || next[index - 1] === true);
      else next.push(index > 0 && open[index - 1] === true && (symbol === '?' || symbol === text[index - 1]));
    }
    open = next;
  }
  return open[text.length] === true;
}

/** The same evaluation for many resources of one policy, by regular expressions. */
export function evaluator(policy: Policy): (resource: string) => Verdict {
  const expressions = (effect: string) =>
    policy.Statement.filter((statement) => statement.Effect === effect)
      .flatMap((statement) => statement.Resource)
      .map((pattern) => {
        const source = pattern
          .replace(/[^A-Za-z0-9*?]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        return new RegExp(`^${source}$`, 's');
      });
  const [deny, allow] = [expressions('Deny'), expressions('Allow')];
  return (resource) => {
    if (deny.some((expression) => expression.test(resource))) return 'explicit deny';
    return allow.some((expression) => expression.test(resource)) ? 'allow' : 'implicit deny';
  };
}
