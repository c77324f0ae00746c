/** The caller, as the verified token describes them. */
export interface Principal {
  /** `sub` claim (RFC 7519 4.1.2): a user, or the client itself for client credentials. */
  readonly sub: string;
  /** Scope tokens (RFC 6749 3.3) of the configured scope claim, without duplicates. */
  readonly scopes: readonly string[];
  /** `exp` claim (RFC 7519 4.1.4), seconds since the epoch. */
  readonly expiresAtSeconds: number;
  /** `client_id` (RFC 9068 2.2) or `azp` claim, where the token carries one. */
  readonly clientId?: string;
}

/** A principal with the claims that the settings name. */
export interface VerifiedPrincipal extends Principal {
  /** As `encodeClaims` wrote them; missing where the settings name none. */
  readonly claims?: string | undefined;
}

/** What API Gateway hands from the authorizer to a handler: flat, and every value arrives as a string. */
export type AuthorizerContext = Readonly<Record<string, string | number>>;

/** Writes a principal as authorizer context. Keys are letters and `_`, values strings and numbers (API Gateway's rule). */
export function encodeContext(principal: VerifiedPrincipal): AuthorizerContext {
  return {
    sub: principal.sub,
    scope: principal.scopes.join(' '),
    exp: principal.expiresAtSeconds,
    ...(principal.clientId === undefined ? {} : { client_id: principal.clientId }),
    ...(principal.claims && { token_claims: principal.claims }),
  };
}

/**
 * Reads back what {@link encodeContext} wrote, after API Gateway turned each value into a string.
 *
 * @param context `event.requestContext.authorizer`, whatever it is.
 * @returns `undefined` when no authorizer of ours wrote it. Does not check that the token is still valid.
 */
export function decodeContext(context: unknown): VerifiedPrincipal | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const { sub, scope, exp, client_id: clientId, token_claims: claims } = context as Record<string, unknown>;
  const expiresAtSeconds = typeof exp === 'string' && exp !== '' ? Number(exp) : exp;
  if (typeof sub !== 'string' || sub === '') return undefined;
  if (typeof scope !== 'string') return undefined;
  // Stryker disable next-line ConditionalExpression: isFinite refuses every other type; the compiler asks for the first half.
  if (typeof expiresAtSeconds !== 'number' || !Number.isFinite(expiresAtSeconds)) return undefined;
  return {
    sub,
    scopes: scope === '' ? [] : scope.split(' '),
    expiresAtSeconds,
    ...(typeof clientId === 'string' ? { clientId } : {}),
    ...(typeof claims === 'string' ? { claims } : {}),
  };
}
