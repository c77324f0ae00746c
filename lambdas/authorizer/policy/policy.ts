import { mayCall, type Route } from '../../shared/route-table';
import { createCover, type FindCover } from './cover';
import { type PolicyParts, policyParts } from './policy-parts';
import { protectedTable } from './protected-table';

/** One statement of the policy. */
export interface Statement {
  readonly Action: 'execute-api:Invoke';
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource: readonly string[];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Longest resource of an authorizer's policy, in characters ("Output from an API Gateway Lambda authorizer"). */
export const MAX_RESOURCE_LENGTH = 512;

/**
 * Longest policy we return, as JSON, in characters. AWS documents no length for an authorizer's policy; this is what it
 * documents for a REST API's resource policy ("Quotas for configuring and running a REST API").
 */
export const MAX_POLICY_LENGTH = 8192;

/** Different policies kept per container. A table rarely has more; past it, they are made again. */
const MAX_KEPT = 64;

/** `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/`: the only part of the request that enters an ARN. */
const STAGE_ARN = /^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[A-Za-z0-9]+\/[A-Za-z0-9_-]+\//;

/** The stage's ARN, or `undefined` when `methodArn` is not the ARN of a REST API's method. */
export function parseStageArn(methodArn: unknown): string | undefined {
  return typeof methodArn === 'string' ? STAGE_ARN.exec(methodArn)?.[0] : undefined;
}

/** The policies of one route table. `stage` is as {@link parseStageArn} returns it, with its trailing slash. */
export interface Policies {
  /**
   * The policy for a token: every protected route it may call, not only the one requested, since API Gateway re-uses
   * the answer for other routes. Public routes have no authorizer and need no statement.
   *
   * @throws PolicyTooLargeError when API Gateway might not take it.
   */
  policyFor(scopes: readonly string[], stage: string): PolicyDocument;
  /** The policy for a caller who may call nothing. */
  denyAll(stage: string): PolicyDocument;
}

/** A policy API Gateway might not take whole. Nothing is returned then: half a policy would open or close routes. */
export class PolicyTooLargeError extends Error {
  override readonly name = 'PolicyTooLargeError';

  constructor(readonly parts: PolicyParts) {
    super();
  }
}

/**
 * Prepares the policies of a table. What depends on the table alone is computed once, when a policy first needs it.
 *
 * Does not check that the table can be expressed as policies: `validateRoutes` does, at synth. For one that cannot, the
 * Deny statements still hold, so that a route may be closed to a token it is meant for, never open to one it is not.
 */
export function createPolicies(routes: readonly Route[]): Policies {
  const table = protectedTable(routes);
  let findCover: FindCover | undefined;
  const kept = new Map<string, PolicyParts>();

  /**
   * The policy that allows these entries and no other. A document of the caller's own each time: no caller can change what
   * another one gets.
   */
  function policyOf(allowed: bigint, stage: string): PolicyDocument {
    const key = `${stage} ${allowed}`;
    let parts = kept.get(key);
    // Stryker disable next-line ConditionalExpression: a policy that is made again is the same.
    if (!parts) {
      parts = policyParts(table, allowed);
      if (!isShort(parts, stage)) {
        findCover ??= createCover(table);
        parts = policyParts(table, allowed, findCover);
      }
      if (!isShort(parts, stage)) throw new PolicyTooLargeError(parts);
      // Stryker disable next-line all: it bounds memory.
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(key, parts);
    }
    return policyDocument(parts, stage);
  }

  return {
    policyFor(scopes, stage) {
      const allowed = table.select(({ route }) => mayCall(route.access, scopes));
      return policyOf(allowed, stage);
    },
    denyAll: (stage) => policyOf(0n, stage),
  };
}

/** The policy as API Gateway takes it. */
export function policyDocument({ allow, deny }: PolicyParts, stage: string): PolicyDocument {
  const statement = (Effect: Statement['Effect'], resources: readonly string[]): readonly Statement[] =>
    resources.length > 0
      ? [{ Action: 'execute-api:Invoke', Effect, Resource: resources.map((resource) => stage + resource) }]
      : [];
  return { Version: '2012-10-17', Statement: [...statement('Allow', allow), ...statement('Deny', deny)] };
}

function isShort(parts: PolicyParts, stage: string): boolean {
  return (
    [...parts.allow, ...parts.deny].every((resource) => stage.length + resource.length <= MAX_RESOURCE_LENGTH) &&
    JSON.stringify(policyDocument(parts, stage)).length <= MAX_POLICY_LENGTH
  );
}
