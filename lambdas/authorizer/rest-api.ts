import type { Route } from '../routes';
import { mayCall, routeOf } from '../shared/access';
import { type AuthorizerContext, encodeContext, type Principal } from '../shared/principal';
import { type DecisionParts, decide } from './decide';
import { KeysUnavailableError } from './keys/store';
import type { Log } from './log';
import { createPolicies, type PolicyDocument, stageArn } from './policy/policy';
import type { ForbiddenReason } from './reasons';

/** The parts of API Gateway's REQUEST event that matter here; every one may be missing or odd. */
export interface RequestEvent {
  readonly methodArn?: unknown;
  readonly resource?: unknown;
  readonly httpMethod?: unknown;
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly requestContext?: {
    readonly requestId?: unknown;
    readonly extendedRequestId?: unknown;
    readonly identity?: { readonly sourceIp?: unknown } | null;
  } | null;
}

/** What API Gateway gets back: who it is, what they may call, and the context for the handlers. */
export interface AuthorizerAnswer {
  readonly principalId: string;
  readonly policyDocument: PolicyDocument;
  readonly context: AuthorizerContext;
}

export interface AuthorizerParts extends DecisionParts {
  readonly routes: readonly Route[];
  readonly log: Log;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * The authorizer: event → decision → policy. The only place that knows how API Gateway tells 401, 403 and 503 apart: an
 * error with exactly the message `Unauthorized` is 401, a policy that does not allow the route is 403, and any other
 * error is 500, which the gateway response turns into 503. A Deny is never returned for a fault of ours: it would be
 * cached.
 */
export function createAuthorizer(parts: AuthorizerParts) {
  const { config, routes, log, random } = parts;
  const policies = createPolicies(routes);

  return async (event: RequestEvent | null | undefined): Promise<AuthorizerAnswer> => {
    const { requestContext, headers, multiValueHeaders, methodArn, httpMethod, resource } = event ?? {};
    const { requestId, extendedRequestId, identity } = requestContext ?? {};
    const ids = { requestId: printable(requestId), extendedRequestId: printable(extendedRequestId) };
    const sourceIp = identity?.sourceIp;
    const address = typeof sourceIp === 'string' ? sourceIp : '';

    try {
      const decision = await decide(parts, { headers, multiValueHeaders, address });
      if (decision.outcome === 'refused') {
        log('info', { decision: 'refuse', reason: decision.reason, kid: printable(decision.kid), ...ids });
        throw UNAUTHORIZED;
      }

      const { principal } = decision;
      const kid = printable(decision.kid);
      const stage = stageArn(methodArn);
      if (stage === undefined) throw new Error('methodArn is not the ARN of an API Gateway method');
      const reason = forbidden(principal, httpMethod, resource);
      if (reason) log('info', { decision: 'forbid', reason, kid, ...ids });
      else if (random() < config.allowLogRate) log('info', { decision: 'allow', kid, ...ids });
      return {
        principalId: principal.sub,
        policyDocument:
          reason === 'client_not_allowed' ? policies.denyAll(stage) : policies.policyFor(principal.scopes, stage),
        context: encodeContext(principal),
      };
    } catch (error) {
      if (error === UNAUTHORIZED) throw error;
      if (error instanceof KeysUnavailableError) {
        log('error', { decision: 'fail', reason: 'keys_unavailable', ...ids });
        throw new Error('Keys unavailable');
      }
      log('error', { decision: 'fail', reason: 'internal_error', ...frames(error), ...ids });
      throw new Error('Internal error');
    }
  };

  /** Why the route asked for is not in this caller's policy. For the log only: the answer must not depend on it. */
  function forbidden(principal: Principal, httpMethod: unknown, resource: unknown): ForbiddenReason | undefined {
    if (!isAllowedClient(principal)) return 'client_not_allowed';
    const route = routeOf(routes, httpMethod, resource);
    return route && !mayCall(route.access, principal.scopes) ? 'insufficient_scope' : undefined;
  }

  /** Listed by subject or by client; everybody is where there is no list. */
  function isAllowedClient({ sub, clientId }: Principal): boolean {
    const { allowedClients } = config;
    return !allowedClients || allowedClients.has(sub) || (clientId !== undefined && allowedClients.has(clientId));
  }
}

/** The message is API Gateway's contract for 401. One object for all of them: nothing in it tells refusals apart. */
const UNAUTHORIZED = new Error('Unauthorized');

/** A text as far as it may be logged: a key id is the caller's own until a signature holds, and a request id may be. */
function printable(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^[\x21-\x7E]{1,64}$/.test(value) ? value : '(unprintable)';
}

/** Where an unexpected error came from. Its message stays out: a library may quote the token in it. */
function frames(error: unknown): { error: string; at: string } {
  if (!(error instanceof Error)) return { error: typeof error, at: '' };
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: at.slice(0, 5).join(' ').replace(/\s+/g, ' ').trim() };
}
