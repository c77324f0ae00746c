import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { routes } from '../infra/app-routes';
import { entryOf, esbuildOptions, lambdaFolders, projectRoot } from '../infra/bundling';
import { ROUTES_FILE } from '../lambdas/authorizer/deployed-routes';
import { takesNoArguments } from '../terminal/usage';

/**
 * Bundles every Lambda to `<outDir>/<folder>/index.js`, byte for byte what the stack deploys, and writes the route table beside the authorizer.
 *
 * @returns size of each bundle in bytes, by folder.
 */
export async function buildLambdas(outDir: string): Promise<Record<string, number>> {
  const sizes = await Promise.all(
    lambdaFolders().map(async (folder) => {
      const outfile = join(outDir, folder, 'index.js');
      await build({ ...esbuildOptions, entryPoints: [entryOf(folder)], outfile });
      return [folder, (await stat(outfile)).size] as const;
    }),
  );
  await writeFile(join(outDir, 'authorizer', ROUTES_FILE), JSON.stringify(routes));
  return Object.fromEntries(sizes);
}

if (require.main === module) {
  takesNoArguments('npm run build: bundles every Lambda to dist/, byte for byte what gets deployed');
  buildLambdas(join(projectRoot, 'dist')).then(
    (sizes) => {
      for (const [folder, bytes] of Object.entries(sizes))
        console.log(`dist/${folder}/index.js  ${(bytes / 1000).toFixed(1)} kB`);
    },
    () => {
      process.exitCode = 1; // esbuild has said what is wrong
    },
  );
}
