import type { RequestListener } from 'node:http';
import type { RequestContext } from 'oidc-provider';
import type { Store } from './memory-store';
import { isLocalUrl, isResourceOf, resourceOf } from './resource';
import { grantRequest, joinSession, SESSION_LIFETIME_SECONDS, silentPrompts, startSession } from './sign-in';
import type { SigningKey } from './signing-key';

/** AuthAction's paths. */
export const PATHS = {
  jwks: '/.well-known/jwks.json',
  /** Client credentials in AuthAction's own form; {@link PATHS.token} takes them in that of RFC 6749. */
  machineToken: '/oauth2/m2m/token',
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  registration: '/oauth2/register',
} as const;

/** The claims that the provider writes into every access token, whatever {@link ProviderOptions.claims} has. */
export const ISSUERS_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'scope', 'client_id'] as const;

/** Lifetime of an access token, in seconds: AuthAction's. */
const TOKEN_LIFETIME_SECONDS = 86_400;

/** Lifetime of an authorization code, in seconds (RFC 6749 4.1.2: at most ten minutes). */
const CODE_LIFETIME_SECONDS = 60;

/** Scopes of OpenID Connect, which clients ask for beside those of the API. */
const OPENID_SCOPES = ['openid', 'offline_access', 'profile', 'email'];

export interface ProviderOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claims of access tokens besides those that every token has, which they do not replace. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The first one signs; all are published. */
  readonly keys: readonly SigningKey[];
  readonly store: Store;
}

/**
 * The certified `oidc-provider`, set up like an AuthAction tenant: JWT access tokens (RS256) for one audience, by client
 * credentials, or by an authorization code with PKCE for clients that register themselves (RFC 7591).
 *
 * It signs a user in without a page and checks no consent: for one machine and one session only.
 */
export async function createProvider(options: ProviderOptions): Promise<RequestListener> {
  return quietly(async () => {
    const { Provider, errors, interactionPolicy } = await import('oidc-provider');
    const scope = options.scopes.join(' ');
    const provider = new Provider(options.issuer, {
      adapter: options.store,
      jwks: { keys: options.keys.map(({ privateJwk }) => privateJwk) },
      routes: {
        jwks: PATHS.jwks,
        token: PATHS.token,
        authorization: PATHS.authorization,
        registration: PATHS.registration,
      },
      scopes: [...OPENID_SCOPES, ...options.scopes],
      responseTypes: ['code'],
      ttl: {
        AccessToken: TOKEN_LIFETIME_SECONDS,
        AuthorizationCode: CODE_LIFETIME_SECONDS,
        ClientCredentials: TOKEN_LIFETIME_SECONDS,
        Grant: SESSION_LIFETIME_SECONDS,
        IdToken: TOKEN_LIFETIME_SECONDS,
        RefreshToken: SESSION_LIFETIME_SECONDS,
        Session: SESSION_LIFETIME_SECONDS,
      },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
      clients: [
        {
          client_id: options.clientId,
          client_secret: options.clientSecret,
          token_endpoint_auth_method: 'client_secret_post',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          ...(scope === '' ? {} : { scope }), // the provider refuses an empty one
        },
      ],
      clientBasedCORS: (_context: RequestContext, origin: string) => isLocalUrl(origin),
      extraTokenClaims: () => options.claims,
      extraParams: ['audience'], // AuthAction's name for the resource
      findAccount: (_context: RequestContext, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
      loadExistingGrant: (context: RequestContext) => grantRequest(context, errors.AccessDenied),
      interactions: { policy: silentPrompts(interactionPolicy) },
      renderError(context: { type: string; body: string }, { error, error_description = '' }: Record<string, string>) {
        context.type = 'text';
        context.body = `${error}: ${error_description}`;
      },
      expiresWithSession: () => false,
      issueRefreshToken: (_context: RequestContext, client: { grantTypeAllowed(grantType: string): boolean }) =>
        client.grantTypeAllowed('refresh_token'),
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        registration: { enabled: true, issueRegistrationAccessToken: false },
        rpInitiatedLogout: { enabled: false },
        userinfo: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource({ oidc }: RequestContext) {
            if (!oidc.params.audience) throw new errors.InvalidTarget('the request names no resource and no audience');
            return resourceOf(oidc.params.audience);
          },
          getResourceServerInfo({ oidc }: RequestContext, resource: string) {
            const { audience } = options;
            if (!isResourceOf(audience, resource)) throw new errors.InvalidTarget('the audience is not known here');
            const known = [...options.scopes, ...OPENID_SCOPES];
            const unknown = oidc.params.scope?.split(' ').find((token) => !known.includes(token));
            if (unknown !== undefined) throw new errors.InvalidScope('the client may not have this scope', unknown);
            return {
              scope,
              audience,
              accessTokenFormat: 'jwt',
              accessTokenTTL: TOKEN_LIFETIME_SECONDS,
              jwt: { sign: { alg: 'RS256' } },
            };
          },
        },
      },
    });
    provider.on('server_error', (_context, error) => console.error(`The issuer failed: ${error.message}`));
    await startSession(provider);
    const handle = provider.callback();
    return (request, response) => {
      if (request.url?.split('?')[0] === PATHS.authorization) joinSession(provider, request);
      void handle(request, response);
    };
  });
}

/** oidc-provider prints advice for production while it is set up; this issuer is for one machine and one session. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  const unlessAdvice =
    (print: typeof info) =>
    (...args: unknown[]) =>
      /oidc-provider (NOTICE|WARNING)/.test(String(args[0])) ? undefined : print(...args);
  console.info = unlessAdvice(info);
  console.warn = unlessAdvice(warn);
  try {
    return await work();
  } finally {
    console.info = info;
    console.warn = warn;
  }
}
