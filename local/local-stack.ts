import { rmSync } from 'node:fs';
import { connectionProblem } from '../client/connection-problems';
import { parseAuthorizerSettings } from '../infra/authorizer-settings';
import { type Environment, readStageEnvironment } from '../infra/environment';
import type { Config } from '../lambdas/authorizer/config';
import { httpsKeySet, type KeyFetchError } from '../lambdas/authorizer/keys/fetch';
import { type Access, type Route, requiredScopes } from '../lambdas/shared/route-table';
import { type CdkApp, findApp } from './app';
import { createDeployments, type LocalDeployment, type ReadApi } from './deployments';
import type { ApiModel, FunctionModel } from './gateway/api-model';
import { type Gateway, type GatewayEvent, startGateway } from './gateway/gateway';
import { withAuthorizationServer } from './gateway/published-addresses';
import { type Issuer, type IssuerEvent, openIssuer } from './issuer/issuer';
import { takesTenant, withIssuer, withPlaceholders } from './issuer-settings';
import type { LogRecord } from './lambda/messages';
import { startFunction } from './lambda/start-function';
import { readMetadataPaths } from './read-metadata-paths';
import { makeRunFolder } from './run-folder';
import type { ServedApi } from './served-api';

/** Everything that happens in a local run. No token, no secret and no claim is in it, unless a Lambda logs one or a query holds one. */
export type LocalEvent =
  | GatewayEvent
  | IssuerEvent
  | { readonly type: 'log'; readonly functionId: string; readonly record: LogRecord }
  | {
      readonly type: 'deployed';
      /** Names of the functions whose code or configuration changed. */
      readonly changed: readonly string[];
      /** The routes served from now on. */
      readonly routes: readonly LocalRoute[];
      /** What the app warns of at synth. */
      readonly warnings: readonly string[];
      readonly milliseconds: number;
    }
  | { readonly type: 'deploy-failed'; readonly message: string };

export interface LocalStackOptions {
  /** @default the app of the current folder */
  readonly app?: CdkApp;
  /** Logical id or name of the API to serve. @default the first that has an authorizer of this project */
  readonly api?: string | undefined;
  /** Port of the API; 0: any free one. */
  readonly port: number;
  /** Port of the embedded issuer; 0: any free one. */
  readonly issuerPort: number;
  /**
   * Whose tokens are taken.
   * @default 'tenant' when the settings have AUTHACTION_DOMAIN, else 'embedded'
   */
  readonly issuer?: 'embedded' | 'tenant' | undefined;
  /** Further claims of the embedded issuer's tokens. @default none */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** Settings. @default the environment, completed by `.env.<stage>` and `.env` of the project */
  readonly environment?: Environment;
  /** Gives up while the stack is starting. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: LocalEvent) => void;
}

export interface LocalRoute {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

/** A tenant, or the embedded issuer in its place. */
export interface Tenant {
  /** Host without scheme, as the authorizer reads it. */
  readonly domain: string;
  /** The first one, where there are several. */
  readonly audience: string;
  /** Why its keys could not be fetched at the start, for people. */
  readonly problem?: string;
}

/** A running API with all its parts, and what may be done to them. */
export interface LocalStack {
  /** `http://127.0.0.1:{port}` */
  readonly url: string;
  routes(): readonly LocalRoute[];
  /** The embedded issuer; absent when a tenant is configured. */
  readonly issuer: Issuer | undefined;
  /** What the authorizer accepts. */
  readonly tenant: Tenant;
  /** The API that is served: its name, those that could be served instead, and what differs from AWS. */
  readonly served: Omit<ServedApi, 'template'>;
  /** The route table. */
  table(): readonly Route[];
  /** Paths of the API's metadata (RFC 9728). */
  metadataPaths(): readonly string[];
  /** Environment of the authorizer. */
  readonly authorizer: Readonly<Record<string, string>>;
  /** Calls back with every event from now on. @returns a function that ends it. */
  subscribe(listener: (event: LocalEvent) => void): () => void;
  clearAuthorizerCache(): void;
  authorizerCacheSize(): number;
  /** Seconds that the authorizer's results are kept. */
  authorizerTtlSeconds(): number;
  /** Lets every Lambda meet a cold start at its next event. */
  recycle(): void;
  /**
   * Gives the authorizer another list of revoked tokens in place of that of its settings, and forgets cached decisions.
   *
   * @param list as in AUTHACTION_REVOKED.
   * @returns whether the authorizer has it; when not, an event says why.
   */
  revoke(list: string): Promise<boolean>;
  /**
   * Synthesizes anew and swaps what has changed, without dropping a request. When that fails, everything goes on as it
   * was, and the failure is an event.
   */
  redeploy(): Promise<void>;
  /** Ends every process and removes every file of the run. */
  stop(): Promise<void>;
}

/** Time for a tenant's keys at the start, in milliseconds. */
const TENANT_TIMEOUT_MS = 3_000;

/**
 * Starts the whole API on this machine: issuer (unless a tenant is configured), Lambdas, gateway.
 *
 * @throws AppError, UnsupportedTemplateError, ProblemsError, PortError; nothing is left behind then.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { app = findApp(process.cwd()) } = options;
  const listeners = new Set<(event: LocalEvent) => void>(options.onEvent ? [options.onEvent] : []);
  const emit = (event: LocalEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const environment = options.environment ?? readStageEnvironment(app.root).env;
  const isTenant = takesTenant(options.issuer, environment);
  const folder = makeRunFolder();
  const cleanUp: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  };

  try {
    const address = isTenant ? undefined : await openIssuer(options.issuerPort);
    if (address) cleanUp.push(() => address.close());
    let issuer: Issuer | undefined;
    const { claims = {} } = options;
    const issuing = address?.issue({ audience: '', scopes: [], claims, folder, onEvent: emit }).then((ready) => {
      issuer = ready;
      cleanUp.push(() => ready.stop());
    });

    let revoked: string | undefined;
    function useRevoked({ api, served }: Pick<ReadApi, 'api' | 'served'>): ApiModel {
      const AUTHACTION_REVOKED = revoked;
      if (AUTHACTION_REVOKED === undefined) return api;
      const own = authorizersOf({ api, served }).map(
        (model) => [model.id, { ...model, environment: { ...model.environment, AUTHACTION_REVOKED } }] as const,
      );
      return { ...api, functions: new Map([...api.functions, ...own]) };
    }

    /** Puts the issuer into the tenant's place, and lets it issue what the authorizer accepts. */
    async function useIssuer({ api, served, routes }: ReadApi): Promise<ApiModel> {
      await issuing;
      if (!issuer) return api;
      const { domain } = issuer;
      const authorizers = authorizersOf({ api, served });
      const own = authorizers.map(
        (model) => [model.id, { ...model, environment: withIssuer(model.environment, domain) }] as const,
      );
      const { audiences, allowedClients } = configOf(own.map(([, model]) => model));
      const [clientId] = allowedClients ?? [];
      await issuer.issueFor({ audience: audiences[0], scopes: scopesOf(routes), clientId });
      return withAuthorizationServer(issuer.url, { ...api, functions: new Map([...api.functions, ...own]) });
    }
    const deployments = createDeployments({
      app,
      api: options.api,
      folder,
      signal: options.signal,
      environment: { LAMBDA_SOURCE_MAPS: 'true', ...(isTenant ? environment : withPlaceholders(environment)) },
      prepare: async (read) => useRevoked({ ...read, api: await useIssuer(read) }),
      start: (model) =>
        startFunction({
          ...model,
          sourceRoot: app.root,
          extraEnvironment: {
            ...awsAccess(environment),
            ...(issuer ? { NODE_EXTRA_CA_CERTS: issuer.certificateFile } : {}),
          },
          onLog: (record) => emit({ type: 'log', functionId: model.id, record }),
        }),
    });
    cleanUp.push(() => deployments.stop());

    // Keys and bundles are made at the same time; when one fails, the other must have ended before all is cleaned up.
    const [issued, deployed] = await Promise.allSettled([issuing, deployments.next()]);
    if (issued.status === 'rejected') throw issued.reason;
    if (deployed.status === 'rejected') throw deployed.reason;
    let current = deployed.value;
    const gateway: Gateway = await startGateway(options.port, current, emit);
    cleanUp.push(() => gateway.close());
    const { notChecked } = current.api;
    if (notChecked.length > 0) {
      const message = `Not checked here, unlike on AWS: ${notChecked.join(', ')}`;
      const record = { timestamp: new Date().toISOString(), level: 'WARN', message } as const;
      emit({ type: 'log', functionId: 'Gateway', record });
    }
    const config = configOf(authorizersOf(current));
    const [problem] = await Promise.all([
      isTenant && !config.seed ? problemOf(config) : undefined,
      ...[...current.functions.values()].map(({ initialized }) => initialized),
    ]);

    async function redeploy(): Promise<void> {
      const startedAt = performance.now();
      try {
        const before = current;
        current = await deployments.next(before);
        gateway.deploy(current);
        const changed = [...current.functions].filter(([id, lambda]) => before.functions.get(id) !== lambda);
        for (const [id, lambda] of before.functions) {
          if (current.functions.get(id) !== lambda) void lambda.retire();
        }
        await Promise.all(changed.map(([, { initialized }]) => initialized));
        emit({
          type: 'deployed',
          changed: changed.map(([id]) => id),
          routes: routesOf(current),
          warnings: current.served.warnings,
          milliseconds: performance.now() - startedAt,
        });
      } catch (error) {
        emit({ type: 'deploy-failed', message: error instanceof Error ? error.message : String(error) });
      }
    }
    let deploying: Promise<void> = Promise.resolve();
    /** One after the other: each replaces what the one before has deployed. */
    const redeployInTurn = (): Promise<void> => {
      deploying = deploying.then(redeploy);
      return deploying;
    };

    return {
      url: gateway.url,
      routes: () => routesOf(current),
      table: () => current.routes,
      metadataPaths: () => readMetadataPaths(current.served),
      issuer,
      tenant: {
        domain: config.issuers[0].replace('https://', ''),
        audience: config.audiences[0],
        ...(problem === undefined ? {} : { problem }),
      },
      get served() {
        const { template: _template, ...served } = current.served;
        return served;
      },
      get authorizer() {
        return authorizersOf(current)[0]?.environment ?? {};
      },
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
      async revoke(list) {
        revoked = list;
        await redeployInTurn();
        gateway.clearAuthorizerCache();
        return authorizersOf(current).every(({ environment }) => environment.AUTHACTION_REVOKED === list);
      },
      redeploy: redeployInTurn,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The functions of the API's authorizers of this project. */
const authorizersOf = ({ api, served }: Pick<ReadApi, 'api' | 'served'>): readonly FunctionModel[] =>
  served.authorizers.flatMap((id) => api.functions.get(id) ?? []);

/** The settings of the first authorizer. @throws ProblemsError */
const configOf = ([authorizer]: readonly Pick<FunctionModel, 'environment'>[]): Config =>
  parseAuthorizerSettings(authorizer?.environment ?? {});

/** Why a tenant's keys are unavailable, or `undefined` when they can be fetched. */
async function problemOf({ jwksUri }: Config): Promise<string | undefined> {
  try {
    await httpsKeySet(jwksUri)(TENANT_TIMEOUT_MS);
    return undefined;
  } catch (error) {
    const { code, message } = error as KeyFetchError;
    return code === undefined ? message : connectionProblem(error);
  }
}

/** What code needs to call AWS, or a local stand-in for it, where the user has it in the environment. */
const awsAccess = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value && /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ENDPOINT_URL\w*)$/.test(name)
        ? [[name, value]]
        : [],
    ),
  );

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
