import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../infra/bundling';
import type { Route } from '../lambdas/routes';

/**
 * Reads the route table from its source as it is now; an import gives the one that this process was started with.
 *
 * @param folder for the built table; one that no table was read from before.
 * @throws esbuild's BuildFailure
 */
export async function readRoutes(folder: string): Promise<readonly Route[]> {
  const outfile = join(folder, 'routes.cjs');
  const entryPoints = [join(projectRoot, 'lambdas', 'routes.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' });
  return (require(outfile) as { routes: readonly Route[] }).routes;
}
