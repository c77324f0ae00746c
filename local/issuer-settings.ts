import type { Environment } from '../infra/environment';
import { settings } from '../lambdas/authorizer/config';

/** What an app that reads its tenant from the environment is synthesized with when there is none. */
const PLACEHOLDERS = { AUTHACTION_DOMAIN: 'localhost', AUTHACTION_AUDIENCE: 'https://api.example.com' } as const;

/** Whether the tenant's tokens are taken, and not those of an embedded issuer. @param issuer what was asked for. */
export const takesTenant = (issuer: 'embedded' | 'tenant' | undefined, env: Environment): boolean =>
  issuer ? issuer === 'tenant' : Boolean(env.AUTHACTION_DOMAIN);

/** Settings without a tenant: each of the authorizer's settings counts as not given, the others stay. */
export const withoutTenant = (env: Environment): Environment => ({
  ...env,
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, ''])),
});

/** The settings for a synthesis that no tenant is needed for: placeholders stand where there is none. */
export const withPlaceholders = (env: Environment): Environment => ({
  ...env,
  AUTHACTION_DOMAIN: env.AUTHACTION_DOMAIN || PLACEHOLDERS.AUTHACTION_DOMAIN,
  AUTHACTION_AUDIENCE: env.AUTHACTION_AUDIENCE || PLACEHOLDERS.AUTHACTION_AUDIENCE,
  // The spelling of a tenant that is not there.
  ...(env.AUTHACTION_DOMAIN ? {} : { RESOURCE_METADATA_ISSUER: '' }),
});

/** Whether an authorizer's environment is that of {@link withPlaceholders}: its app has no tenant of its own. */
export const isPlaceholder = ({ AUTHACTION_DOMAIN }: Environment): boolean =>
  AUTHACTION_DOMAIN === PLACEHOLDERS.AUTHACTION_DOMAIN;

/** An authorizer's environment with the embedded issuer in the tenant's place. Audiences and all else stay. */
export const withIssuer = (
  env: Readonly<Record<string, string>>,
  domain: string,
): Readonly<Record<string, string>> => ({
  ...env,
  AUTHACTION_DOMAIN: domain,
  AUTHACTION_JWKS: '',
});
