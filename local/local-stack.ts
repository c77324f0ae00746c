import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { type Environment, readStageEnvironment } from '../infra/environment';
import { parseConfig } from '../lambdas/authorizer/config';
import { type Access, type Route, requiredScopes } from '../lambdas/shared/route-table';
import { createDeployments, type LocalDeployment } from './deployments';
import { type Gateway, type GatewayEvent, startGateway } from './gateway/gateway';
import { type Issuer, type IssuerEvent, openIssuer } from './issuer/issuer';
import type { LogRecord } from './lambda/messages';
import { startFunction } from './lambda/start-function';

/** Audience of the embedded issuer's tokens. */
const AUDIENCE = 'https://api.example.com';

/** Everything that happens in a local run. No token, no secret and no claim is in it, unless a Lambda logs one. */
export type LocalEvent =
  | GatewayEvent
  | IssuerEvent
  | { readonly type: 'log'; readonly functionId: string; readonly record: LogRecord }
  /** Names of the functions whose code or configuration changed. */
  | { readonly type: 'deployed'; readonly changed: readonly string[]; readonly milliseconds: number }
  | { readonly type: 'deploy-failed'; readonly message: string };

export interface LocalStackOptions {
  /** Port of the API; 0: any free one. */
  readonly port: number;
  /** Port of the embedded issuer; 0: any free one. */
  readonly issuerPort: number;
  /** Settings. @default the environment, completed by `.env.<stage>` and `.env` */
  readonly environment?: Environment;
  readonly onEvent?: (event: LocalEvent) => void;
}

export interface LocalRoute {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

/** A running API with all its parts, and what may be done to them. */
export interface LocalStack {
  /** `http://127.0.0.1:{port}` */
  readonly url: string;
  routes(): readonly LocalRoute[];
  /** The embedded issuer; absent when a tenant is configured. */
  readonly issuer: Issuer | undefined;
  /** Domain and first audience that the authorizer accepts, as it reads them: no scheme, no slash. */
  readonly tenant: { readonly domain: string; readonly audience: string };
  /** Calls back with every event from now on. @returns a function that ends it. */
  subscribe(listener: (event: LocalEvent) => void): () => void;
  clearAuthorizerCache(): void;
  authorizerCacheSize(): number;
  /** Seconds that the authorizer's results are kept. */
  authorizerTtlSeconds(): number;
  /** Lets every Lambda meet a cold start at its next event. */
  recycle(): void;
  /**
   * Synthesizes anew and swaps what has changed, without dropping a request. When that fails, everything goes on as it
   * was, and the failure is an event.
   */
  redeploy(): Promise<void>;
  /** Ends every process and removes every file of the run. */
  stop(): Promise<void>;
}

/**
 * Starts the whole API on this machine: issuer (unless a tenant is configured), Lambdas, gateway.
 *
 * @throws SynthesisError, UnsupportedTemplateError, PortError; nothing is left behind then.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const listeners = new Set<(event: LocalEvent) => void>(options.onEvent ? [options.onEvent] : []);
  const emit = (event: LocalEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const environment = options.environment ?? readStageEnvironment(projectRoot).env;
  const isTenant = Boolean(environment.AUTHACTION_DOMAIN || environment.AUTHACTION_AUDIENCE);
  const folder = mkdtempSync(join(tmpdir(), 'authaction-local-'));
  const cleanUp: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  };

  try {
    const address = isTenant ? undefined : await openIssuer(options.issuerPort);
    if (address) cleanUp.push(() => address.close());
    let issuer: Issuer | undefined;
    const issuing = address?.issue({ audience: AUDIENCE, scopes: [], folder, onEvent: emit }).then((ready) => {
      issuer = ready;
      cleanUp.push(() => ready.stop());
    });
    const deployments = createDeployments({
      folder,
      environment: {
        LAMBDA_SOURCE_MAPS: 'true',
        ...environment,
        ...(address ? { AUTHACTION_DOMAIN: address.domain, AUTHACTION_AUDIENCE: AUDIENCE } : {}),
      },
      prepared: Promise.resolve(issuing),
      start: (model) =>
        startFunction({
          ...model,
          ...(issuer ? { extraEnvironment: { NODE_EXTRA_CA_CERTS: issuer.certificateFile } } : {}),
          onLog: (record) => emit({ type: 'log', functionId: model.id, record }),
        }),
    });
    cleanUp.push(() => deployments.stop());

    // Keys and bundles are made at the same time; when one fails, the other must have ended before all is cleaned up.
    const [issued, deployed] = await Promise.allSettled([issuing, deployments.next()]);
    if (issued.status === 'rejected') throw issued.reason;
    if (deployed.status === 'rejected') throw deployed.reason;
    let current = deployed.value;
    await issuer?.allowScopes(scopesOf(current.routes));
    const gateway: Gateway = await startGateway(options.port, current, emit);
    cleanUp.push(() => gateway.close());
    const { notChecked } = current.api;
    if (notChecked.length > 0) {
      const message = `Not checked here, as AWS does: ${notChecked.join(', ')}`;
      const record = { timestamp: new Date().toISOString(), level: 'WARN', message } as const;
      emit({ type: 'log', functionId: 'Gateway', record });
    }
    await Promise.all([...current.functions.values()].map(({ initialized }) => initialized));

    return {
      url: gateway.url,
      routes: () => routesOf(current),
      issuer,
      tenant: issuer ? { domain: issuer.domain, audience: issuer.audience } : tenantOf(environment),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      clearAuthorizerCache: () => gateway.clearAuthorizerCache(),
      authorizerCacheSize: () => gateway.authorizerCacheSize(),
      authorizerTtlSeconds: () =>
        Math.max(0, ...current.api.methods.map(({ authorizer }) => authorizer?.ttlSeconds ?? 0)),
      recycle() {
        for (const lambda of current.functions.values()) lambda.recycle();
      },
      async redeploy() {
        const startedAt = performance.now();
        try {
          const before = current;
          current = await deployments.next(before);
          gateway.deploy(current);
          await issuer?.allowScopes(scopesOf(current.routes));
          const changed = [...current.functions].filter(([id, lambda]) => before.functions.get(id) !== lambda);
          for (const [id, lambda] of before.functions) {
            if (current.functions.get(id) !== lambda) void lambda.retire();
          }
          await Promise.all(changed.map(([, { initialized }]) => initialized));
          emit({ type: 'deployed', changed: changed.map(([id]) => id), milliseconds: performance.now() - startedAt });
        } catch (error) {
          emit({ type: 'deploy-failed', message: error instanceof Error ? error.message : String(error) });
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function tenantOf({ AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE }: Environment): LocalStack['tenant'] {
  const { issuers, audiences } = parseConfig({ AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE });
  return { domain: new URL(issuers[0]).host, audience: audiences[0] };
}

const scopesOf = (table: readonly Route[]): readonly string[] => [
  ...new Set(table.flatMap(({ access }) => requiredScopes(access))),
];

/** What the API serves, preflights left out; the access is the route table's. */
function routesOf({ api, routes }: LocalDeployment): readonly LocalRoute[] {
  return api.methods
    .filter(({ integration }) => integration.type !== 'MOCK')
    .map(({ httpMethod: method, path, authorizer }) => {
      const route = routes.find((candidate) => candidate.method === method && candidate.path === path);
      return { method, path, access: route?.access ?? (authorizer ? 'token' : 'public') };
    });
}
