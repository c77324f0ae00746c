import type { Access, Route } from '../routes';

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

/** `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/`: the only part of the request that enters an ARN. */
const STAGE_ARN = /^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[A-Za-z0-9]+\/[A-Za-z0-9_-]+\//;

/** The stage's ARN, or `undefined` when `methodArn` is none of API Gateway's. */
export function stageArn(methodArn: unknown): string | undefined {
  return typeof methodArn === 'string' ? STAGE_ARN.exec(methodArn)?.[0] : undefined;
}

/** Whether a token with these scopes may call a route. */
export function mayCall(access: Access, scopes: readonly string[]): boolean {
  return typeof access === 'string' || access.scopes.every((scope) => scopes.includes(scope));
}

/**
 * The policy for a token: every protected route it may call, not only the one asked for, since API Gateway re-uses the
 * answer for other routes. Public routes have no authorizer and need no statement.
 *
 * @param stage as {@link stageArn} returns it, with its trailing slash.
 */
export function policyFor(routes: readonly Route[], scopes: readonly string[], stage: string): PolicyDocument {
  const guarded = routes.filter(({ access }) => access !== 'public');
  const allowed = guarded.filter(({ access }) => mayCall(access, scopes));
  return allowed.length > 0 ? policy('Allow', allowed, stage) : policy('Deny', guarded, stage);
}

/** The policy for a caller who may call nothing. */
export function denyAll(routes: readonly Route[], stage: string): PolicyDocument {
  return policy('Deny', routes, stage);
}

function policy(effect: Statement['Effect'], routes: readonly Route[], stage: string): PolicyDocument {
  const resources = routes.map(({ method, path }) => `${stage}${method}${path.replace(/\{[^}]*\}/g, '*')}`);
  return {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resources }],
  };
}
