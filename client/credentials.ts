import { readFileSync } from 'node:fs';
import { parseAuthorizerSettings } from '../infra/authorizer-settings';
import { ProblemsError } from '../infra/problems';
import type { Config } from '../lambdas/authorizer/config';
import { commandLine } from '../terminal/command-line';
import { type TokenRequest, TokenRequestError } from './request-token';

/** A tenant's settings, or the local issuer's client. */
export interface TokenClient {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly localIssuer?:
    | { readonly clientId: string; readonly clientSecret: string; readonly caFile: string }
    | undefined;
}

/**
 * Whom to ask for a token, and as whom: the configured tenant, or the running local issuer.
 *
 * @param audience the API to ask for; the first one of the settings by default.
 * @throws TokenRequestError that lists everything missing.
 */
export function tokenRequest({ env, localIssuer }: TokenClient, audience?: string, scope?: string): TokenRequest {
  const config = configFrom(env, audience);
  const asked = { endpoint: `${config.issuers[0]}/oauth2/m2m/token`, audience: audience ?? config.audiences[0], scope };
  if (localIssuer) {
    const { clientId, clientSecret, caFile } = localIssuer;
    return { ...asked, clientId, clientSecret, ca: readFileSync(caFile, 'utf8') };
  }
  const { AUTHACTION_CLIENT_ID: clientId, AUTHACTION_CLIENT_SECRET: clientSecret } = env;
  if (clientId && clientSecret) return { ...asked, clientId, clientSecret };
  const missing = [
    ...(clientId ? [] : ['AUTHACTION_CLIENT_ID']),
    ...(clientSecret ? [] : ['AUTHACTION_CLIENT_SECRET']),
  ];
  throw new TokenRequestError(
    `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.\nSet them in .env: AuthAction shows them with your machine-to-machine application. Or run "${commandLine('start')}": while no AUTHACTION_DOMAIN is set, its own issuer gives tokens.`,
  );
}

/** The same reading of domain and audience as the authorizer's; what else is wrong there is the doctor's to say. */
function configFrom(env: TokenClient['env'], audience: string | undefined): Config {
  const { AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE } = env;
  try {
    return parseAuthorizerSettings({ AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE: AUTHACTION_AUDIENCE || audience });
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new TokenRequestError(
      `${error.message}\nSet them in .env, or run "${commandLine('start')}" for a local issuer that needs none.`,
    );
  }
}
