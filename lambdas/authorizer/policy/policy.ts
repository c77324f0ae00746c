import type { Route } from '../../shared/route-table';
import { mayCall, requiredScopes } from '../../shared/route-table';
import { compareRoutes, overlap, type TableEntry } from './overlap';
import { isWithin, policyPath } from './path-pattern';

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
   * The policy for a token: every protected route it may call, not only the one asked for, since API Gateway re-uses
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
}

/**
 * Prepares the policies of a table. What depends on the table alone is computed here, once.
 *
 * Does not check that the table can be expressed as policies: `validateRoutes` does, at synth. For one that cannot, the
 * Deny statements still hold, so that a route is closed to too many, never open to too many.
 */
export function createPolicies(routes: readonly Route[]): Policies {
  const guarded = compareRoutes(routes).filter(({ route }) => route.access !== 'public');
  /** Per route: the others whose `*` would open it to tokens that lack its scopes. */
  const openers = new Map(
    guarded.map((entry) => [
      entry,
      guarded.filter(
        (other) =>
          !mayCall(entry.route.access, requiredScopes(other.route.access)) && overlap(other, entry) !== undefined,
      ),
    ]),
  );
  const kept = new Map<string, Resources>();

  /** A document of the caller's own each time: no caller can change what another one gets. */
  function policyOf(isAllowed: readonly boolean[], stage: string): PolicyDocument {
    return policyDocument(resourcesOf(isAllowed, stage), stage);
  }

  function resourcesOf(isAllowed: readonly boolean[], stage: string): Resources {
    const key = `${stage} ${isAllowed.join()}`;
    const known = kept.get(key);
    if (known) return known;
    const allowed = guarded.filter((_, index) => isAllowed[index]);
    const denied = guarded.filter(
      (entry, index) => !isAllowed[index] && openers.get(entry)?.some((other) => allowed.includes(other)),
    );
    // A policy without a statement is none: who may call nothing is told so.
    const resources = { allow: compact(allowed), deny: compact(allowed.length > 0 ? denied : guarded) };
    requireShort(resources, stage);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, resources);
    return resources;
  }

  return {
    policyFor: (scopes, stage) =>
      policyOf(
        guarded.map(({ route }) => mayCall(route.access, scopes)),
        stage,
      ),
    denyAll: (stage) =>
      policyOf(
        guarded.map(() => false),
        stage,
      ),
  };
}

/** A route as a policy names it, behind the stage's ARN. */
export const resourceOf = ({ method, path }: Route): string => `${method}${policyPath(path)}`;

/** Leaves out every route whose resource another one's covers: `GET/items/*` says `GET/items/new` as well. */
function compact(entries: readonly TableEntry[]): string[] {
  const covers = (wide: TableEntry, narrow: TableEntry) =>
    wide.route.method === narrow.route.method && isWithin(narrow.named, wide.named);
  return entries
    .filter((entry, index) =>
      entries.every(
        (other, position) => position === index || !covers(other, entry) || (covers(entry, other) && index < position),
      ),
    )
    .map(({ route }) => resourceOf(route));
}

/** What a policy allows and denies, behind the stage's ARN. */
interface Resources {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

function policyDocument({ allow, deny }: Resources, stage: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      ...(allow.length > 0 ? [statement('Allow', allow, stage)] : []),
      ...(deny.length > 0 ? [statement('Deny', deny, stage)] : []),
    ],
  };
}

/** @throws PolicyTooLargeError */
function requireShort(resources: Resources, stage: string): void {
  const { allow, deny } = resources;
  const isTooLong = [...allow, ...deny].some((resource) => stage.length + resource.length > MAX_RESOURCE_LENGTH);
  if (isTooLong || JSON.stringify(policyDocument(resources, stage)).length > MAX_POLICY_LENGTH) {
    throw new PolicyTooLargeError();
  }
}

/** Length of the longest policy that names each of these resources once, in one of two statements. */
export function policyLength(resources: readonly string[], stage: string): number {
  const statements = [statement('Allow', resources, stage), statement('Deny', [], stage)];
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }).length;
}

function statement(effect: Statement['Effect'], resources: readonly string[], stage: string): Statement {
  return { Action: 'execute-api:Invoke', Effect: effect, Resource: resources.map((resource) => stage + resource) };
}
