import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { projectRoot } from '../infra/bundling';
import { pageSource } from '../local/console/page-source';
import { runtimeSource } from '../local/lambda/runtime-source';

/**
 * Builds the commands as one file that needs nothing beside it: packages, the console's page and the Lambda runtime are in
 * it.
 *
 * @param lib folder of the package's files.
 * @param notices renders the licenses of what a bundle contains.
 * @throws Error when the file would need the bundler at run time.
 */
export async function buildCli(lib: string, notices: (metafile: Metafile) => string): Promise<void> {
  const outfile = join(lib, 'cli.js');
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [join('cli', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minify: true,
    keepNames: true, // oidc-provider finds its classes by their names
    metafile: true,
    logLevel: 'error',
    plugins: [await prebuiltSources()],
  });
  const bundler = Object.keys(metafile.inputs).find((file) => /node_modules\/esbuild\//.test(file));
  if (bundler !== undefined) throw new Error(`lib/cli.js would contain the bundler: ${bundler}`);
  chmodSync(outfile, 0o755);
  writeFileSync(join(lib, 'cli-LICENSES.txt'), notices(metafile));
}

/** What is built from sources in this repository, as strings. */
async function prebuiltSources(): Promise<Plugin> {
  const modules: Readonly<Record<string, string>> = {
    'page-source': `export const pageSource = async () => (${JSON.stringify(await pageSource())});`,
    'runtime-source': `export const runtimeSource = () => ${JSON.stringify(runtimeSource())};`,
  };
  return {
    name: 'prebuilt-sources',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/(page-source|runtime-source)$/ }, ({ path }) => ({
        path: path.replace(/^.*\//, ''),
        namespace: 'prebuilt',
      }));
      onLoad({ filter: /.*/, namespace: 'prebuilt' }, ({ path }) => ({ contents: modules[path] ?? '' }));
    },
  };
}
