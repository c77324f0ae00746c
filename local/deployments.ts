import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Route } from '../lambdas/shared/route-table';
import type { CdkApp } from './app';
import type { ApiModel, FunctionModel } from './gateway/api-model';
import type { Deployment } from './gateway/gateway';
import { readTemplate } from './gateway/read-template';
import type { LocalFunction } from './lambda/start-function';
import { readRoutes } from './read-routes';
import { readServedApi, type ServedApi } from './served-api';
import { synthesize } from './synthesize';

/** An API as it was synthesized, with the route table that it was built from. */
export interface ReadApi {
  readonly api: ApiModel;
  readonly routes: readonly Route[];
  readonly served: ServedApi;
}

/** What the gateway serves. */
export interface LocalDeployment extends Deployment, ReadApi {}

/** Turns the source, as it is now, into something the gateway can serve. */
export interface Deployments {
  /**
   * Synthesizes and starts the functions. Those of the deployment before that have not changed are taken over, warm.
   *
   * @throws AppError, UnsupportedTemplateError
   */
  next(before?: Deployment): Promise<LocalDeployment>;
  /** Stops every function that still runs. */
  stop(): Promise<void>;
}

export interface DeploymentOptions {
  readonly app: CdkApp;
  /** Logical id or name of the API. @default the first that has an authorizer of this project */
  readonly api?: string | undefined;
  /** For the cloud assemblies; each is removed once its bundles are copied. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends a synthesis under way. */
  readonly signal?: AbortSignal | undefined;
  /** Called before any function starts; may give functions other settings. */
  readonly prepare: (read: ReadApi) => Promise<ApiModel>;
  readonly start: (model: FunctionModel) => LocalFunction;
}

export function createDeployments(options: DeploymentOptions): Deployments {
  const { app, folder, environment, signal, prepare, start } = options;
  const started = new Set<LocalFunction>();
  const identities = new WeakMap<LocalFunction, string>();
  let stopped = false;

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all([...started].map((lambda) => lambda.stop()));
  }

  return {
    async next(before) {
      const scratch = mkdtempSync(join(folder, 'cdk.out-'));
      try {
        const assembly = await synthesize(app, scratch, environment, signal);
        const served = readServedApi(assembly, scratch, options.api);
        const read = readTemplate(served.template, assembly);
        const routes = readRoutes(served);
        const api = await prepare({ api: read, routes, served });
        if (stopped) throw new Error('The run has been stopped');
        const functions = new Map<string, LocalFunction>();
        for (const [id, model] of api.functions) {
          // The name of an asset is a hash of its content.
          const identity = JSON.stringify({ ...model, assetPath: basename(model.assetPath) });
          const running = before?.functions.get(id);
          const lambda = running && identities.get(running) === identity ? running : start(model);
          identities.set(lambda, identity);
          started.add(lambda);
          functions.set(id, lambda);
        }
        return { api, functions, routes, served };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
    stop,
  };
}
