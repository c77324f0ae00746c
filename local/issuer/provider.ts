import type { RequestListener } from 'node:http';
import type { SigningKey } from './signing-key';
import { audienceOf } from './token-request';

export const PATHS = {
  discovery: '/.well-known/openid-configuration',
  jwks: '/.well-known/jwks.json',
  token: '/oauth2/m2m/token',
} as const;

/** Lifetime of an access token, in seconds: AuthAction's. */
const TOKEN_LIFETIME_SECONDS = 86_400;

export interface ProviderOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  /** The first one signs; all are published. */
  readonly keys: readonly SigningKey[];
}

/**
 * The certified `oidc-provider`, set up as AuthAction's machine-to-machine issuer: client credentials only, JWT access
 * tokens (RS256) for one audience.
 */
export async function createProvider(options: ProviderOptions): Promise<RequestListener> {
  return quietly(async () => {
    const { Provider, errors } = await import('oidc-provider');
    const scope = options.scopes.join(' ');
    const provider = new Provider(options.issuer, {
      adapter: NothingStored,
      jwks: { keys: options.keys.map(({ privateJwk }) => privateJwk) },
      routes: { jwks: PATHS.jwks, token: PATHS.token },
      scopes: options.scopes,
      ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
      clientAuthMethods: ['client_secret_post'],
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
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo({ oidc }: RequestContext, resource: string) {
            const audience = audienceOf(resource);
            if (audience !== options.audience) throw new errors.InvalidTarget('the audience is not known here');
            const unknown = oidc.params.scope?.split(' ').find((token) => !options.scopes.includes(token));
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
    const handle = provider.callback();
    return (request, response) => void handle(request, response);
  });
}

/** What oidc-provider knows of the request. */
interface RequestContext {
  readonly oidc: { readonly params: { readonly scope?: string } };
}

/** JWT access tokens need no store, and nothing else is issued. */
class NothingStored {
  async find(): Promise<undefined> {}
  async upsert(): Promise<void> {}
  async destroy(): Promise<void> {}
  async consume(): Promise<void> {}
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
