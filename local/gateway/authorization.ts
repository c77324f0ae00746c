import { type DecisionLine, readDecisionLine } from '../../lambdas/authorizer/decision';
import { isJsonObject } from '../../lambdas/shared/json';
import type { Invocation } from '../lambda/start-function';
import type { AuthorizerModel, IdentitySource } from './api-model';
import { authorizerEvent, methodArn, type RoutedRequest, requestContext } from './events';
import { evaluatePolicy, type PolicyResult, type PolicyStatement, parsePolicy } from './policy-evaluator';
import { headerValues } from './request';

/** What an authorizer's answer means for its caller, kept as long as the result cache allows. */
interface Grant {
  readonly principalId: string;
  readonly statements: readonly PolicyStatement[];
  /** Every value a string, as handlers get them. */
  readonly context: Readonly<Record<string, string>>;
  /** The authorizer's own log line. */
  readonly decision: DecisionLine | undefined;
}

export type Authorization =
  | { readonly outcome: 'allowed'; readonly authorizer: Readonly<Record<string, string | number>> }
  | { readonly outcome: 'denied'; readonly result: PolicyResult; readonly context: Grant['context'] }
  /** No identity source, or the authorizer threw `Unauthorized`. */
  | { readonly outcome: 'unauthorized' }
  /** It threw something else, or took too long. */
  | { readonly outcome: 'failed' }
  /** Its answer is malformed; the problem names no value of it. */
  | { readonly outcome: 'misconfigured'; readonly problem: string };

/** How it came about, for the log and the console. */
export interface AuthorizerRun {
  /** `skipped`: no identity source. */
  readonly source: 'called' | 'cached' | 'skipped';
  readonly invocation?: Invocation;
  /** Of this call, or of the one whose answer was cached. */
  readonly decision?: DecisionLine;
  readonly result?: PolicyResult;
}

export interface AuthorizerCache {
  get(key: string): Grant | undefined;
  set(key: string, grant: Grant, ttlSeconds: number): void;
  clear(): void;
  /** Number of results that are kept. */
  size(): number;
}

/** API Gateway's result cache: by identity source, until the TTL is over. Errors are not kept. */
export function createAuthorizerCache(clockMs: () => number = Date.now): AuthorizerCache {
  const grants = new Map<string, { grant: Grant; untilMs: number }>();
  return {
    get(key) {
      const entry = grants.get(key);
      if (!entry || entry.untilMs > clockMs()) return entry?.grant;
      grants.delete(key);
      return undefined;
    },
    set(key, grant, ttlSeconds) {
      grants.set(key, { grant, untilMs: clockMs() + ttlSeconds * 1000 });
    },
    clear: () => grants.clear(),
    size: () => [...grants.values()].filter(({ untilMs }) => untilMs > clockMs()).length,
  };
}

/** Asks the authorizer, or its cached answer, whether a request may pass. */
export async function authorize(
  model: AuthorizerModel,
  routed: RoutedRequest,
  cache: AuthorizerCache,
  invoke: (event: unknown) => Promise<Invocation>,
): Promise<{ authorization: Authorization; run: AuthorizerRun }> {
  const identity = identityOf(model, routed);
  // Without caching, the authorizer itself decides what a missing identity source means.
  if (model.ttlSeconds > 0 && !identity)
    return { authorization: { outcome: 'unauthorized' }, run: { source: 'skipped' } };

  const key = JSON.stringify([model.id, identity]);
  let grant = cache.get(key);
  let run: AuthorizerRun = { source: 'cached', ...(grant?.decision ? { decision: grant.decision } : {}) };
  if (!grant) {
    const invocation = await invoke(authorizerEvent(routed));
    const decision = decisionIn(invocation);
    run = { source: 'called', invocation, ...(decision ? { decision } : {}) };
    if (!invocation.ok) {
      const isRefusal = invocation.error.errorMessage === 'Unauthorized';
      return { authorization: { outcome: isRefusal ? 'unauthorized' : 'failed' }, run };
    }
    const answer = parseAnswer(invocation.result);
    if (typeof answer === 'string') return { authorization: { outcome: 'misconfigured', problem: answer }, run };
    grant = { ...answer, decision };
    cache.set(key, grant, model.ttlSeconds);
  }

  const result = evaluatePolicy(grant.statements, methodArn(routed));
  run = { ...run, result };
  if (result !== 'allow') return { authorization: { outcome: 'denied', result, context: grant.context }, run };
  const integrationLatency = Math.round(run.invocation?.milliseconds ?? 0);
  const authorizer = { ...grant.context, principalId: grant.principalId, integrationLatency };
  return { authorization: { outcome: 'allowed', authorizer }, run };
}

/** The values of all identity sources; `undefined` when one is missing or empty. A repeated header counts with all values. */
function identityOf(model: AuthorizerModel, routed: RoutedRequest): readonly string[] | undefined {
  const values = model.identitySources.map((source) => identityValues(source, routed).join(','));
  return values.every((value) => value.trim() !== '') ? values : undefined;
}

function identityValues({ place, name }: IdentitySource, routed: RoutedRequest): readonly string[] {
  const { api, request } = routed;
  switch (place) {
    case 'header':
      return headerValues(request, name);
    case 'querystring':
      return request.query.get(name) ?? [];
    case 'stageVariables':
      return [api.stageVariables[name] ?? ''];
    case 'context': {
      let value: unknown = requestContext(routed, undefined);
      for (const key of name.split('.')) value = isJsonObject(value) ? value[key] : undefined;
      return [typeof value === 'string' || typeof value === 'number' ? String(value) : ''];
    }
  }
}

/**
 * An authorizer's answer as API Gateway takes it: a principal, a policy, and a flat context of primitives.
 *
 * @returns what is wrong with it, when it is malformed.
 */
function parseAnswer(answer: unknown): Omit<Grant, 'decision'> | string {
  if (!isJsonObject(answer)) return 'the answer is not an object';
  const { principalId, policyDocument } = answer;
  const context = answer.context ?? {};
  if (typeof principalId !== 'string' || principalId === '') return 'principalId is missing or not a string';
  const statements = parsePolicy(policyDocument);
  if (!statements) return 'policyDocument is missing or not a policy';
  if (!isJsonObject(context)) return 'context is not an object';
  const values = Object.entries(context);
  const nested = values.find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value));
  if (nested) return `context: ${JSON.stringify(nested[0])} is not a string, number or boolean`;
  return { principalId, statements, context: Object.fromEntries(values.map(([name, value]) => [name, String(value)])) };
}

function decisionIn({ logs }: Invocation): DecisionLine | undefined {
  return logs.map(({ message }) => readDecisionLine(message)).find((line) => line !== undefined);
}
