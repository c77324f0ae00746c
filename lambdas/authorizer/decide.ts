import type { Principal } from '../shared/principal';
import type { Config } from './config';
import type { VerificationKey } from './keys/key-set';
import type { KeyStore } from './keys/store';
import type { UnauthorizedReason } from './reasons';
import { bearerToken, type HeaderFields } from './token/bearer';
import { checkClaims, isPrintable } from './token/claims';
import { type JsonObject, own, parseJwt } from './token/form';
import { checkHeader } from './token/header';
import { scopesOf } from './token/scopes';
import type { Verify } from './token/signature';
import type { TokenMemo } from './token-memo';

/** What the authorizer knows of a request before it decides. */
export interface AuthorizationRequest extends HeaderFields {
  /** The caller's network address, as API Gateway saw it. */
  readonly address: string;
}

/** `kid` is the token's own word, kept for the log where it helps to tell keys apart. */
export type Decision =
  | { readonly outcome: 'verified'; readonly principal: Principal; readonly kid: string }
  | { readonly outcome: 'refused'; readonly reason: UnauthorizedReason; readonly kid?: string };

export interface DecisionParts {
  readonly config: Config;
  readonly keyStore: KeyStore;
  readonly verify: Verify;
  /** Where accepted tokens are remembered, if they are. */
  readonly memo?: TokenMemo;
  /** Seconds since the epoch. */
  readonly wallClock: () => number;
}

/**
 * Decides whether a request carries a good access token. Cheap checks first, no key look-up for a token that can never
 * pass, and nothing of the token is believed before its signature holds.
 *
 * @throws KeysUnavailableError when it cannot be known.
 */
export async function decide(parts: DecisionParts, request: AuthorizationRequest): Promise<Decision> {
  const { config, keyStore, verify, memo, wallClock } = parts;

  const token = bearerToken(request);
  if (!token.ok) return refuse(token.reason);

  let keys: readonly VerificationKey[] | undefined;
  const known = memo?.get(token.value);
  if (known && known.principal.expiresAt > wallClock()) {
    // Asked on every call: it is in these calls that the store refreshes its keys, so a withdrawn key dies in time.
    keys = await keyStore.find(known.kid, request.address);
    if (keys.includes(known.key) && known.principal.expiresAt > wallClock()) {
      return { outcome: 'verified', principal: known.principal, kid: known.kid };
    }
  }

  const jwt = parseJwt(token.value);
  if (!jwt.ok) return refuse(jwt.reason);
  const { unverifiedHeader, unverifiedClaims } = jwt.value;
  const kid = checkHeader(unverifiedHeader, config.tokenTypes);
  if (!kid.ok) return refuse(kid.reason);
  const claims = checkClaims(unverifiedClaims, config, wallClock());
  if (!claims.ok) return refuse(claims.reason, kid.value);

  keys ??= await keyStore.find(kid.value, request.address);
  let reason: UnauthorizedReason | undefined = 'unknown_key';
  let signer: VerificationKey | undefined;
  for (const key of keys) {
    signer = key;
    reason = verify(token.value, key);
    if (reason !== 'bad_signature') break;
  }
  // Asking for keys may have taken seconds.
  if (reason === undefined && claims.value.exp <= wallClock()) reason = 'expired';
  if (reason !== undefined) return refuse(reason, kid.value);

  const verifiedClaims = unverifiedClaims;
  const clientId = clientIdOf(verifiedClaims);
  const principal: Principal = {
    sub: claims.value.sub,
    scopes: scopesOf(verifiedClaims, config.scopeClaim),
    expiresAt: claims.value.exp,
    ...(clientId === undefined ? {} : { clientId }),
  };
  if (signer) memo?.set(token.value, { principal, kid: kid.value, key: signer });
  return { outcome: 'verified', principal, kid: kid.value };
}

function refuse(reason: UnauthorizedReason, kid?: string): Decision {
  return { outcome: 'refused', reason, ...(kid === undefined ? {} : { kid }) };
}

/** The client a token was issued to: `client_id` (RFC 9068 2.2), or OpenID Connect's `azp`. */
function clientIdOf(claims: JsonObject): string | undefined {
  const clientId = own(claims, Object.hasOwn(claims, 'client_id') ? 'client_id' : 'azp');
  return isPrintable(clientId) ? clientId : undefined;
}
