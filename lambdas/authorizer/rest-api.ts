import { membersOf } from '../shared/json';
import { type AuthorizerContext, encodeContext } from '../shared/principal';
import { findRoute, type Route } from '../shared/route-table';
import { type AuthorizationRequest, type DecisionParts, decide } from './decide';
import { type Decision, decisionLine, type RequestIds } from './decision';
import { describeEvent, foreignKind } from './event-kind';
import type { Log } from './log';
import { createPolicies, type PolicyDocument, parseStageArn } from './policy/policy';

/** What API Gateway gets back: who the caller is, what they may call, and the context for the handlers. */
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

/** Answers one event of a REST API, or throws; see {@link restApiAuthorizer}. */
export type RestApiAuthorizer = (event: unknown) => Promise<AuthorizerAnswer>;

/**
 * The adapter for API Gateway REST APIs: turns a REQUEST authorizer event into a request, and the decision into API
 * Gateway's answer. An error with exactly the message `Unauthorized` is 401, a policy that does not allow the route is
 * 403, and any other error is 500, which the gateway response turns into 503. A failure never returns a Deny: API Gateway
 * would cache it.
 *
 * An adapter for another type of API stands beside this file and calls {@link decide} with the same request.
 */
export function restApiAuthorizer(parts: AuthorizerParts): RestApiAuthorizer {
  const { config, routes, log, random } = parts;
  const policies = createPolicies(routes);

  return async (event) => {
    const { stage, request, ids } = readEvent(event, routes);
    let decision: Decision = { outcome: 'fail', reason: 'unsupported_event' };
    let answer: AuthorizerAnswer | undefined;
    if (stage !== undefined) {
      decision = await decide(parts, request);
      try {
        answer = answerTo(decision, stage);
      } catch (error) {
        decision = { outcome: 'fail', reason: 'internal_error', error };
      }
    }
    // How many decisions the line stands for, where only a share of the Allow lines is written.
    const weight = decision.outcome === 'allow' && config.allowLogRate < 1 ? 1 / config.allowLogRate : undefined;
    if (weight === undefined || random() * weight < 1) {
      const received = stage === undefined ? describeEvent(event) : {};
      log(decision.outcome === 'fail' ? 'error' : 'info', { ...decisionLine(decision, ids), ...received, weight });
    }
    if (answer) return answer;
    throw decision.outcome === 'refuse' ? UNAUTHORIZED : UNDECIDED;
  };

  /** API Gateway re-uses the answer for other routes, so the route asked for has no part in it. */
  function answerTo(decision: Decision, stage: string): AuthorizerAnswer | undefined {
    if (!('principal' in decision)) return undefined;
    const { principal } = decision;
    const mayCallNothing = decision.reason === 'client_not_allowed';
    const policyDocument = mayCallNothing ? policies.denyAll(stage) : policies.policyFor(principal.scopes, stage);
    return { principalId: principal.sub, policyDocument, context: encodeContext(principal) };
  }
}

interface ReadEvent {
  /** Missing when the event is not a REST API's. */
  readonly stage: string | undefined;
  readonly request: AuthorizationRequest;
  readonly ids: RequestIds;
}

/** Every part of the event may be missing or of another type. */
function readEvent(event: unknown, routes: readonly Route[]): ReadEvent {
  const { methodArn, httpMethod, resource, headers, multiValueHeaders, requestContext } = membersOf(event);
  const { requestId, extendedRequestId, identity } = membersOf(requestContext);
  const { sourceIp } = membersOf(identity);
  return {
    stage: foreignKind(event) === undefined ? parseStageArn(methodArn) : undefined,
    request: {
      headers,
      multiValueHeaders,
      sourceIp: typeof sourceIp === 'string' ? sourceIp : '',
      route: findRoute(routes, httpMethod, resource),
    },
    ids: { requestId, extendedRequestId },
  };
}

/** API Gateway's contract for 401. One object for all refusals: nothing in it distinguishes them. */
const UNAUTHORIZED = errorWithoutFrames('Unauthorized');
const UNDECIDED = errorWithoutFrames('The token cannot be checked');

/** The Lambda runtime logs a thrown error with its stack; the decision line has said everything already. */
function errorWithoutFrames(message: string): Error {
  return Object.assign(new Error(message), { stack: `Error: ${message}` });
}
