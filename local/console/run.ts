import { readFileSync } from 'node:fs';
import { connectionProblem } from '../../client/connection-problems';
import { tokenRequest } from '../../client/credentials';
import { httpRequest } from '../../client/http-request';
import { openApiDocument } from '../../client/openapi';
import { requestToken, TokenRequestError } from '../../client/request-token';
import { httpsKeySet } from '../../lambdas/authorizer/keys/fetch';
import { requiredScopes } from '../../lambdas/shared/route-table';
import type { LocalStack } from '../local-stack';
import type { ConsoleRun } from './console';
import { collectTraces } from './traces';
import type { ActionAnswer, CallAnswer, ConsoleAction, KeyView, RunView, TokenKind, Trace } from './view';

/** A `RunView` after these may be another one. */
const CHANGES = ['issuer-keys', 'issuer-state', 'deployed'];

/** Time for the tenant's keys, in milliseconds. */
const KEYS_TIMEOUT_MS = 5_000;

/**
 * The local stack as the console shows and steers it.
 *
 * @param env where a tenant's client id and secret are, for tokens of the real issuer.
 */
export function consoleRun(stack: LocalStack, env: Readonly<Record<string, string | undefined>>): ConsoleRun {
  const { issuer, tenant } = stack;
  const listeners = new Set<(trace?: Trace) => void>();
  const tell = (trace?: Trace): void => {
    for (const listener of listeners) listener(trace);
  };
  let tenantKeys: readonly KeyView[] = [];

  /** The tenant's keys are not ours to know: asked for at the start, and whenever the authorizer has asked. */
  async function readTenantKeys(): Promise<void> {
    const keys = await httpsKeySet(`https://${tenant.domain}/.well-known/jwks.json`)(KEYS_TIMEOUT_MS).catch(
      () => undefined, // the authorizer's log says why
    );
    if (keys === undefined) return;
    tenantKeys = [...keys.keys()].map((kid) => ({ kid, signs: false }));
    tell();
  }
  if (!issuer) void readTenantKeys();

  const collect = collectTraces(tell);
  stack.subscribe((event) => {
    if ('requestId' in event) collect(event);
    else if (CHANGES.includes(event.type)) tell();
    else if (event.type === 'log' && !issuer && isKeyFetch(event.record.message)) void readTenantKeys();
  });

  async function token(kind: TokenKind): Promise<string> {
    const scopes = stack.routes().flatMap(({ access }) => requiredScopes(access));
    const scope = kind === 'scoped' ? [...new Set(scopes)].join(' ') : undefined;
    if (!issuer) return requestToken(tokenRequest({ env }, undefined, scope));
    const now = Math.floor(Date.now() / 1000);
    switch (kind) {
      case 'plain':
      case 'scoped': {
        const { url, clientId, clientSecret, audience, certificateFile } = issuer;
        const ca = readFileSync(certificateFile, 'utf8');
        return requestToken({ endpoint: `${url}/oauth2/m2m/token`, clientId, clientSecret, audience, scope, ca });
      }
      case 'expired':
        return issuer.mint({ claims: { iat: now - 3660, exp: now - 60 } });
      case 'wrong_audience':
        return issuer.mint({ claims: { aud: 'https://another-api.example.com' } });
      case 'forged':
        return issuer.mint({ key: 'foreign' });
    }
  }

  async function call(method: string, path: string, bearer: string | undefined): Promise<CallAnswer> {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const answer = await httpRequest({ url: `${stack.url}${path}`, method, headers });
    const shown = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    const id = answer.headers['x-amzn-requestid'];
    return {
      ...(typeof id === 'string' ? { id } : {}),
      status: answer.status,
      headers: Object.fromEntries(shown),
      body: answer.body,
    };
  }

  async function perform(action: ConsoleAction): Promise<ActionAnswer> {
    switch (action.action) {
      case 'token':
        return { ok: true, token: await token(action.kind) };
      case 'call':
        return { ok: true, call: await call(action.method, action.path, action.token) };
      case 'rotate-key':
        await issuer?.rotate('overlap');
        break;
      case 'stop-issuer':
        await issuer?.stop();
        break;
      case 'start-issuer':
        await issuer?.start();
        break;
      case 'clear-cache':
        stack.clearAuthorizerCache();
        break;
      case 'restart-lambdas':
        stack.recycle();
        break;
    }
    tell();
    return { ok: true };
  }

  return {
    view: (): RunView => ({
      apiUrl: stack.url,
      routes: stack.routes().map(({ method, path, access }) => ({
        method,
        path,
        access: typeof access === 'object' ? access.scopes : access,
      })),
      issuer: issuer
        ? {
            url: issuer.url,
            kind: 'embedded',
            running: issuer.isRunning(),
            keys: issuer.kids().map((kid, index) => ({ kid, signs: index === 0 })),
          }
        : { url: `https://${tenant.domain}`, kind: 'tenant', running: true, keys: tenantKeys },
      cache: { ttlSeconds: stack.authorizerTtlSeconds(), entries: stack.authorizerCacheSize() },
      tokens: issuer ? 'any' : env.AUTHACTION_CLIENT_ID && env.AUTHACTION_CLIENT_SECRET ? 'good' : 'none',
    }),
    describe: () => openApiDocument(stack.routes(), stack.url),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async perform(action) {
      try {
        return await perform(action);
      } catch (error) {
        const isExplained = error instanceof TokenRequestError;
        return { ok: false, error: isExplained ? error.message : connectionProblem(error) };
      }
    },
  };
}

const isKeyFetch = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'event' in message && message.event === 'keys_fetched';
