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

export const evaluate = (policy: Policy, resource: string): Verdict => evaluator(policy)(resource);

/** The same evaluation, for many resources of one policy. */
export function evaluator(policy: Policy): (resource: string) => Verdict {
  const expressions = (effect: string) =>
    policy.Statement.filter(
      (statement) => statement.Effect === effect && expressionOf(statement.Action).test('execute-api:Invoke'),
    ).flatMap((statement) => statement.Resource.map(expressionOf));
  const [deny, allow] = [expressions('Deny'), expressions('Allow')];
  return (resource) => {
    if (deny.some((expression) => expression.test(resource))) return 'explicit deny';
    return allow.some((expression) => expression.test(resource)) ? 'allow' : 'implicit deny';
  };
}

/** The texts that a pattern matches. */
export function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[^A-Za-z0-9*?]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
