import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Route } from '../lambdas/shared/route-table';
import type { FunctionModel } from './gateway/api-model';
import type { Deployment } from './gateway/gateway';
import { readTemplate } from './gateway/read-template';
import type { LocalFunction } from './lambda/start-function';
import { readRoutes } from './read-routes';
import { synthesize } from './synthesize';

/** What the gateway serves, with the route table that it was built from. */
export interface LocalDeployment extends Deployment {
  readonly routes: readonly Route[];
}

/** Turns the source, as it is now, into something the gateway can serve. */
export interface Deployments {
  /**
   * Synthesizes and starts the functions. Those of the deployment before that have not changed are taken over, warm.
   *
   * @throws SynthesisError, UnsupportedTemplateError
   */
  next(before?: Deployment): Promise<LocalDeployment>;
  /** Stops every function that still runs. */
  stop(): Promise<void>;
}

export interface DeploymentOptions {
  /** For the cloud assemblies; each is removed once its bundles are copied. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What must be there before a function starts. */
  readonly prepared: Promise<unknown>;
  readonly start: (model: FunctionModel) => LocalFunction;
}

export function createDeployments({ folder, environment, prepared, start }: DeploymentOptions): Deployments {
  const started = new Set<LocalFunction>();
  const identities = new WeakMap<LocalFunction, string>();
  let stopped = false;

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all([...started].map((lambda) => lambda.stop()));
  }

  return {
    async next(before) {
      const assembly = mkdtempSync(join(folder, 'cdk.out-'));
      try {
        const api = readTemplate(await synthesize(assembly, environment), assembly);
        const routes = readRoutes(api);
        await prepared;
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
        return { api, functions, routes };
      } finally {
        rmSync(assembly, { recursive: true, force: true });
      }
    },
    stop,
  };
}
