import { projectRoot } from '../../infra/bundling';
import { type Environment, readStageEnvironment } from '../../infra/environment';
import type { MintOptions } from '../../local/issuer/issuer';
import { type LocalEvent, type LocalStack, startLocalStack } from '../../local/local-stack';
import { httpsJson } from '../local/issuer/https-json';

/** What only a run of our own allows: to change the issuer and to look behind the API. */
export interface Control {
  /** Signs a token with the issuer's key, with claims and header of choice. */
  mint(options?: MintOptions): Promise<string>;
  /** Number of times the authorizer has been called so far. */
  authorizerCalls(): number;
  readonly stack: LocalStack;
  readonly issuer: NonNullable<LocalStack['issuer']>;
}

/** The API under test. */
export interface Target {
  readonly url: string;
  /** Asks the issuer for a good token, the way a client does. */
  token(scope?: string): Promise<string>;
  readonly control: Control | undefined;
  stop(): Promise<void>;
}

/** Whether the API under test is a run of our own; else `API_URL` says where it is. */
export const isLocal = !process.env.API_URL;

/**
 * The API at `API_URL`, with tokens of the tenant (`AUTHACTION_DOMAIN`, `AUTHACTION_AUDIENCE`, `AUTHACTION_CLIENT_ID`,
 * `AUTHACTION_CLIENT_SECRET`; `TOKEN_URL` for an issuer elsewhere); without `API_URL`, a local run.
 */
export async function openTarget(env: Environment = deployedSettings()): Promise<Target> {
  return env.API_URL ? deployedTarget(env.API_URL, env) : localTarget();
}

/** What says where a deployed API is and who its tenant is: the environment and `.env`, which no other suite reads. */
const deployedSettings = (): Environment =>
  isLocal ? process.env : readStageEnvironment(projectRoot, undefined, { ...process.env, ENV_FILES: '' }).env;

async function localTarget(): Promise<Target> {
  let authorizerCalls = 0;
  const stack = await startLocalStack({
    port: 0,
    issuerPort: 0,
    // Whatever a developer's .env holds, the suite runs on these.
    environment: { STAGE: 'dev', AUTHORIZER_CACHE_TTL_SECONDS: '300', CORS_ALLOW_ORIGIN: '*', AUTHACTION_JWKS: '' },
    onEvent: (event: LocalEvent) => {
      if (event.type === 'authorizer' && event.source === 'called') authorizerCalls += 1;
    },
  });
  const { issuer } = stack;
  if (!issuer) throw new Error('The local run has no issuer of its own');
  return {
    url: stack.url,
    async token(scope) {
      const { body } = await httpsJson(`${issuer.url}/oauth2/m2m/token`, issuer.certificateFile, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: tokenRequest(issuer.clientId, issuer.clientSecret, issuer.audience, scope),
      });
      return accessTokenIn(body);
    },
    control: { mint: issuer.mint, authorizerCalls: () => authorizerCalls, stack, issuer },
    stop: () => stack.stop(),
  };
}

function deployedTarget(url: string, env: Environment): Target {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is needed to get a token for the API at API_URL`);
    return value;
  };
  const domain = (): string => need('AUTHACTION_DOMAIN').replace(/^https:\/\/|\/+$/gi, '');
  const audience = (): string => need('AUTHACTION_AUDIENCE').split(',')[0]?.trim() ?? '';
  const tokenUrl = env.TOKEN_URL || `https://${domain()}/oauth2/m2m/token`;
  return {
    url: url.replace(/\/+$/, ''),
    async token(scope) {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: tokenRequest(need('AUTHACTION_CLIENT_ID'), need('AUTHACTION_CLIENT_SECRET'), audience(), scope),
      });
      return accessTokenIn(await response.json());
    },
    control: undefined,
    stop: async () => undefined,
  };
}

function tokenRequest(clientId: string, clientSecret: string, audience: string, scope: string | undefined): string {
  return JSON.stringify({
    client_id: clientId,
    client_secret: clientSecret,
    audience,
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  });
}

function accessTokenIn(body: unknown): string {
  const { access_token: token, error } = body as { access_token?: unknown; error?: unknown };
  if (typeof token !== 'string') throw new Error(`The issuer gave no token: ${String(error)}`);
  return token;
}
