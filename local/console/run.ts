import { readFileSync } from 'node:fs';
import { connectionProblem } from '../../client/connection-problems';
import { tokenRequest } from '../../client/credentials';
import { openApiDocument } from '../../client/openapi';
import { requestToken, TokenRequestError } from '../../client/request-token';
import { httpsKeySet } from '../../lambdas/authorizer/keys/fetch';
import { requiredScopes } from '../../lambdas/shared/route-table';
import { commandLine } from '../../terminal/command-line';
import type { LocalStack } from '../local-stack';
import type { ConsoleRun } from './console';
import { collectTraces } from './traces';
import type { ActionAnswer, Call, ConsoleAction, IssuerView, RunView, TokenKind, Trace } from './view';

/** Events after which the {@link RunView} may have changed. */
const CHANGES = ['issuer-keys', 'issuer-state', 'deployed'];

/** Time for the tenant's keys, in milliseconds. */
const KEYS_TIMEOUT_MS = 5_000;

/** Time for a call, in milliseconds: more than API Gateway gives a handler. */
const CALL_TIMEOUT_MS = 35_000;

/**
 * The local stack as the console shows and controls it.
 *
 * @param env where a tenant's client id and secret are, for tokens of the real issuer.
 */
export function consoleRun(stack: LocalStack, env: Readonly<Record<string, string | undefined>>): ConsoleRun {
  const { issuer, tenant } = stack;
  const listeners = new Set<(trace?: Trace) => void>();
  const notify = (trace?: Trace): void => {
    for (const listener of listeners) listener(trace);
  };
  let tenantView: IssuerView = { url: `https://${tenant.domain}`, kind: 'tenant', state: 'running', keys: [] };

  /** The tenant's keys are read at the start, and again whenever the authorizer has fetched them or failed to. */
  async function readTenantKeys(): Promise<void> {
    const { problem: _before, ...view } = tenantView;
    try {
      const keys = await httpsKeySet(`${view.url}/.well-known/jwks.json`)(KEYS_TIMEOUT_MS);
      tenantView = { ...view, state: 'running', keys: [...keys.keys()].map((kid) => ({ kid, signs: false })) };
    } catch (error) {
      tenantView = { ...view, state: 'unreachable', problem: connectionProblem(error) };
    }
    notify();
  }
  if (!issuer) void readTenantKeys();

  const collect = collectTraces(notify);
  stack.subscribe((event) => {
    if ('requestId' in event) collect(event);
    else if (CHANGES.includes(event.type)) notify();
    else if (event.type === 'log' && !issuer && isKeyFetch(event.record.message)) void readTenantKeys();
  });

  async function getToken(kind: TokenKind): Promise<string> {
    const scopes = stack.routes().flatMap(({ access }) => requiredScopes(access));
    const scope = kind === 'scoped' ? [...new Set(scopes)].join(' ') : undefined;
    if (!issuer) return requestToken(tokenRequest({ env }, undefined, scope));
    const nowSeconds = Math.floor(Date.now() / 1000);
    switch (kind) {
      case 'plain':
      case 'scoped': {
        const { url, clientId, clientSecret, audience, certificateFile } = issuer;
        const ca = readFileSync(certificateFile, 'utf8');
        return requestToken({ endpoint: `${url}/oauth2/m2m/token`, clientId, clientSecret, audience, scope, ca });
      }
      case 'expired':
        return issuer.mint({ claims: { iat: nowSeconds - 3660, exp: nowSeconds - 60 } });
      case 'wrong_audience':
        return issuer.mint({ claims: { aud: 'https://another-api.example.com' } });
      case 'forged':
        return issuer.mint({ key: 'foreign' });
    }
  }

  /** Sends a request; its answer is part of the trace, as that of every other client. */
  async function send({ method, path, token, body, contentType }: Call): Promise<void> {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    await response.arrayBuffer();
  }

  async function perform(action: ConsoleAction): Promise<ActionAnswer> {
    switch (action.action) {
      case 'token':
        return { ok: true, token: await getToken(action.kind) };
      case 'call':
        await send(action.call);
        return { ok: true };
      case 'revoke': {
        if (action.list !== undefined && !(await stack.revoke(action.list))) {
          return { ok: false, error: `The app cannot be built: the output of ${commandLine('start')} says why` };
        }
        notify();
        return { ok: true, revoked: stack.authorizer.AUTHACTION_REVOKED ?? '' };
      }
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
    notify();
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
            state: issuer.isRunning() ? 'running' : 'stopped',
            keys: issuer.kids().map((kid, index) => ({ kid, signs: index === 0 })),
          }
        : tenantView,
      cache: { ttlSeconds: stack.authorizerTtlSeconds(), entries: stack.authorizerCacheSize() },
      revoked: stack.authorizer.AUTHACTION_REVOKED ?? '',
      tokens: issuer ? 'any' : env.AUTHACTION_CLIENT_ID && env.AUTHACTION_CLIENT_SECRET ? 'valid' : 'none',
    }),
    describe: () => openApiDocument(stack.routes(), { serverUrl: stack.url, metadataPaths: stack.metadataPaths() }),
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
  typeof message === 'object' &&
  message !== null &&
  'event' in message &&
  (message.event === 'keys_fetched' || message.event === 'keys_fetch_failed');
