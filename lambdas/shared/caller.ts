import { challenge, forbidden, forbiddenChallenge, unauthorized } from './answers';
import { type ClaimKinds, type ClaimValues, claimReader } from './claim-kinds';
import { allowOrigin } from './cors';
import { json } from './http';
import { decodeContext, type Principal } from './principal';
import type { ProxyEvent, ProxyResult } from './proxy-event';
import { findRoute, mayCall, type Route, requiredScopes } from './route-table';

/** The caller, with the claims that the handler declares. */
export interface Caller<K extends ClaimKinds = Record<never, never>> extends Principal {
  readonly claims: ClaimValues<K>;
}

/** What a protected handler does once the caller is known. */
export type CallerHandler<K extends ClaimKinds = Record<never, never>> = (
  caller: Caller<K>,
  event: ProxyEvent,
) => ProxyResult | Promise<ProxyResult>;

/**
 * Wraps a protected handler: it gets a typed caller and never sees the raw authorizer context.
 *
 * Answers 401 by itself when the authorizer is not attached to the route, and when the token has expired since the
 * decision: API Gateway may re-use a cached Allow, which must not outlive the token (RFC 7519 4.1.4).
 *
 * Answers 403 with the scopes that are needed when the route API Gateway chose is not one the caller's scopes allow. The
 * policy says the same for every path in its plain spelling. AWS does not document how it writes others (`/items/%6Eew`,
 * `/items//new`) into the ARN it compares with the policy, so they are decided here, by the route itself.
 *
 * Where several origins may call, an answer of `json` gets the caller's own.
 *
 * @param routes the table the API was deployed with.
 * @example
 * import { routes } from './routes';
 * export const handler = withCaller(routes, ({ sub }) => json(200, { sub }));
 */
export function withCaller(
  routes: readonly Route[],
  handle: CallerHandler,
): (event: ProxyEvent) => Promise<ProxyResult>;
/**
 * Wraps a protected handler that reads claims of the verified token: those whose names the authorizer was deployed with
 * (`contextClaims`).
 *
 * Answers 403, too, when the token lacks a claim that the handler declares, or has it in another kind. With `?` at the end
 * of its kind a claim may be absent. The log then has a line with the event `claims_refused` and the names of these claims.
 *
 * @param options `claims`: the kind of each claim that the handler reads.
 * @throws Error for a kind that does not exist, and for options without `claims`.
 * @example
 * const claims = { org_id: 'string', roles: 'string[]?' } as const;
 * export const handler = withCaller(
 *   routes,
 *   ({ claims: { org_id, roles = [] } }) => json(200, { org_id, roles }),
 *   { claims },
 * );
 */
export function withCaller<K extends ClaimKinds>(
  routes: readonly Route[],
  handle: CallerHandler<K>,
  options: { readonly claims: K },
): (event: ProxyEvent) => Promise<ProxyResult>;
export function withCaller<K extends ClaimKinds>(
  routes: readonly Route[],
  handle: CallerHandler<K>,
  options?: { readonly claims: K },
): (event: ProxyEvent) => Promise<ProxyResult> {
  if (options !== undefined && !options.claims) throw new Error('withCaller takes the claims as { claims: { … } }.');
  const readClaims = claimReader(options?.claims ?? ({} as K));
  const answer = async (event: ProxyEvent): Promise<ProxyResult> => {
    const caller = decodeContext(event.requestContext?.authorizer);
    if (caller === undefined) return json(401, unauthorized, { 'WWW-Authenticate': challenge.unauthorized });
    if (caller.expiresAtSeconds * 1000 <= Date.now()) {
      return json(401, unauthorized, { 'WWW-Authenticate': challenge.invalidToken });
    }
    const route = findRoute(routes, event.httpMethod, event.resource);
    if (!route || !mayCall(route.access, caller.scopes)) {
      const scopes = route ? requiredScopes(route.access) : [];
      return json(403, forbidden, { 'WWW-Authenticate': forbiddenChallenge(scopes) });
    }
    const { claims: encoded, ...principal } = caller;
    const { values: claims, wrong } = readClaims(encoded);
    if (wrong.length > 0) {
      console.warn({ event: 'claims_refused', claims: wrong.join(' ') }); // names, which the handler declares: no value
      return json(403, forbidden, { 'WWW-Authenticate': challenge.forbidden });
    }
    return handle({ ...principal, claims }, event);
  };
  return async (event) => allowOrigin(event, await answer(event));
}
