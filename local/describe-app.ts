import { rmSync } from 'node:fs';
import type { Environment } from '../infra/environment';
import type { Route } from '../lambdas/shared/route-table';
import type { CdkApp } from './app';
import type { JsonObject } from './gateway/intrinsics';
import { withPlaceholders } from './issuer-settings';
import { readMetadataPaths } from './read-metadata-paths';
import { readRoutes } from './read-routes';
import { makeRunFolder } from './run-folder';
import { readServedApi } from './served-api';
import { synthesize } from './synthesize';

/** What an app says about its protected API. */
export interface AppDescription {
  readonly routes: readonly Route[];
  /** Environment of the authorizer, as far as it is known before a deployment. */
  readonly authorizer: Readonly<Record<string, string>>;
  /** Paths of its metadata (RFC 9728). */
  readonly metadataPaths: readonly string[];
}

/**
 * Synthesizes an app and reads the route table and the authorizer's settings from its assembly.
 *
 * @param env settings; where they name no tenant, placeholders do.
 * @param api logical id or name of the API. @default the first that has an authorizer of this project
 * @throws AppError
 */
export async function describeApp(app: CdkApp, env: Environment, api?: string): Promise<AppDescription> {
  const folder = makeRunFolder();
  try {
    const assembly = await synthesize(app, folder, withPlaceholders(env));
    const served = readServedApi(assembly, folder, api);
    const { Environment } = served.template.Resources[served.authorizers[0] ?? '']?.Properties ?? {};
    const { Variables = {} } = (Environment ?? {}) as { readonly Variables?: JsonObject };
    return {
      routes: readRoutes(served),
      metadataPaths: readMetadataPaths(served),
      authorizer: Object.fromEntries(
        Object.entries(Variables).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
