import { isJsonObject } from '../../lambdas/shared/json';

/** One statement of an IAM policy, parsed. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly action: Matcher;
  readonly resource: Matcher;
  /** Conditions are not imitated: see {@link evaluatePolicy}. */
  readonly hasCondition: boolean;
}

type Matcher = (value: string) => boolean;

export type PolicyResult = 'allow' | 'explicit-deny' | 'implicit-deny';

/**
 * Parses a policy document.
 *
 * @returns `undefined` when IAM would not take it.
 */
export function parsePolicy(document: unknown): readonly PolicyStatement[] | undefined {
  if (!isJsonObject(document)) return undefined;
  const { Version, Statement } = document;
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') return undefined;
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).map(parseStatement);
  return statements.every((statement) => statement !== undefined) ? statements : undefined;
}

function parseStatement(statement: unknown): PolicyStatement | undefined {
  if (!isJsonObject(statement)) return undefined;
  const { Effect, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') return undefined;
  // Action names are compared without regard to case, ARNs with it.
  const action = parseMatcher(statement.Action, statement.NotAction, 'i');
  const resource = parseMatcher(statement.Resource, statement.NotResource, '');
  if (!action || !resource) return undefined;
  return { effect: Effect, action, resource, hasCondition: Condition !== undefined };
}

/** Longest resource of a policy that API Gateway takes from an authorizer, in characters. */
const MAX_PATTERN_LENGTH = 512;

/** Exactly one of the two must be there: a pattern or a list of patterns. */
function parseMatcher(positive: unknown, negative: unknown, flags: '' | 'i'): Matcher | undefined {
  if ((positive === undefined) === (negative === undefined)) return undefined;
  const value = positive ?? negative;
  const patterns = Array.isArray(value) ? (value as unknown[]) : [value];
  if (patterns.length === 0 || !patterns.every((pattern) => typeof pattern === 'string')) return undefined;
  if (patterns.some((pattern) => pattern.length > MAX_PATTERN_LENGTH)) return undefined;
  const tests = patterns.map((pattern) => toRegExp(pattern, flags));
  return (text) => tests.some((test) => test.test(text)) === (positive !== undefined);
}

/** IAM's wildcards: `*` for any text, `?` for any one character; both cross `/` and `:`. */
function toRegExp(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, `s${flags}`);
}

/**
 * Evaluates a policy for one call of the API: a matching Deny wins over any Allow, and without an Allow the answer is no.
 *
 * Conditions are not evaluated, on the safe side: an Allow that has some does not allow, a Deny that has some denies.
 */
export function evaluatePolicy(statements: readonly PolicyStatement[], methodArn: string): PolicyResult {
  const matching = statements.filter(({ action, resource }) => action('execute-api:Invoke') && resource(methodArn));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  return matching.some(({ effect, hasCondition }) => effect === 'Allow' && !hasCondition) ? 'allow' : 'implicit-deny';
}
