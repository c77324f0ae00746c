import type { Principal } from '../shared/principal';
import { mayCall, type Route } from '../shared/route-table';
import type { Config } from './config';
import type { Decision, RefuseReason } from './decision';
import { type KeyStore, KeysUnavailableError } from './keys/store';
import { bearerToken, type HeaderFields } from './token/bearer';
import { checkClaims, readPrincipal } from './token/claims';
import { parseJwt } from './token/form';
import { checkHeader } from './token/header';
import { isRevoked } from './token/revoked';
import type { Verify } from './token/signature';

/** A request as the decision needs it, whatever kind of API it came through. */
export interface AuthorizationRequest extends HeaderFields {
  /** The caller's network address, which pays for fetches of keys that do not exist. Empty when it is unknown. */
  readonly sourceIp: string;
  /** The route that was asked for, where the table lists it. It decides between `allow` and `forbid`, never on the policy. */
  readonly route: Route | undefined;
}

export interface DecisionParts {
  readonly config: Config;
  readonly keyStore: KeyStore;
  readonly verify: Verify;
  readonly nowSeconds: () => number;
}

/**
 * Decides on one request. Cheap checks come first, no key is looked up for a token that can never be accepted, and no
 * claim is trusted before the signature is verified.
 *
 * Never rejects: what cannot be decided is the outcome `fail`.
 */
export async function decide(parts: DecisionParts, request: AuthorizationRequest): Promise<Decision> {
  try {
    return await decideOnToken(parts, request);
  } catch (error) {
    if (error instanceof KeysUnavailableError) return { outcome: 'fail', reason: 'keys_unavailable' };
    return { outcome: 'fail', reason: 'internal_error', error };
  }
}

async function decideOnToken(parts: DecisionParts, request: AuthorizationRequest): Promise<Decision> {
  const { config, keyStore, verify, nowSeconds } = parts;

  const token = bearerToken(request);
  if (!token.ok) return refuseToken(token.reason);
  const jwt = parseJwt(token.value);
  if (!jwt.ok) return refuseToken(jwt.reason);
  const { unverifiedHeader, unverifiedClaims } = jwt.value;
  const header = checkHeader(unverifiedHeader, config.tokenTypes);
  if (!header.ok) return refuseToken(header.reason);
  const kid = header.value;
  const claims = checkClaims(unverifiedClaims, config, nowSeconds());
  if (!claims.ok) return refuseToken(claims.reason, kid);

  const { keys, areNew } = await keyStore.find(kid, request.sourceIp);
  let reason = verify(token.value, keys);
  if (reason === 'bad_signature' && !areNew) {
    const newerKeys = await keyStore.findNewer(kid, keys, request.sourceIp);
    if (newerKeys !== keys) reason = verify(token.value, newerKeys);
  }
  if (reason !== undefined) return refuseToken(reason, kid);
  // Fetching the keys may have taken seconds.
  if (claims.value.exp <= nowSeconds()) return refuseToken('expired', kid);

  const verifiedClaims = unverifiedClaims;
  const principal = readPrincipal(verifiedClaims, claims.value, config.scopeClaim);
  const { sub, clientId: client } = principal;
  const { jti, iat } = verifiedClaims;
  if (isRevoked(config.revoked, { sub, client, kid, jti, iat })) return refuseToken('revoked', kid);
  const decided = { principal, kid };
  if (!isAllowedClient(principal, config.allowedClients)) {
    return { outcome: 'forbid', reason: 'client_not_allowed', ...decided };
  }
  if (request.route && !mayCall(request.route.access, principal.scopes)) {
    return { outcome: 'forbid', reason: 'insufficient_scope', ...decided };
  }
  return { outcome: 'allow', ...decided };
}

const refuseToken = (reason: RefuseReason, kid?: string): Decision => ({ outcome: 'refuse', reason, kid });

/** Listed by subject, or by client where the token has one. Without a list, every client is allowed. */
function isAllowedClient({ sub, clientId }: Principal, allowed: ReadonlySet<unknown> | undefined): boolean {
  return !allowed || allowed.has(sub) || allowed.has(clientId);
}
