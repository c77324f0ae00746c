import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { projectRoot } from '../infra/bundling';
import { pageSource } from '../local/console/page-source';
import { runtimeSource } from '../local/lambda/runtime-source';

/** Packages that `start` alone needs, four fifths of the code: files of their own, which no other command has to read. */
const OF_START = ['oidc-provider', 'selfsigned', 'chokidar'];

/**
 * Builds the commands, `cli.js`, with all that they need: packages, the console's page and the Lambda runtime are in it, or
 * in files `cli-….js` beside it.
 *
 * @param lib folder of the package's files.
 * @param notices renders the licenses of what a bundle contains.
 * @throws Error when the file would need the bundler at run time.
 */
export async function buildCli(lib: string, notices: (metafile: Metafile) => string): Promise<void> {
  const ofStart = OF_START.map((name) => [`cli-${name}`, name] as const);
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: { cli: join('cli', 'main.ts'), ...Object.fromEntries(ofStart) },
    outdir: lib,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minify: true,
    keepNames: true, // oidc-provider finds its classes by their names
    supported: { 'dynamic-import': false }, // of the files beside it, import() would read every word to find their exports
    metafile: true,
    logLevel: 'error',
    plugins: [besideCli, await prebuiltSources()],
  });
  const bundler = Object.keys(metafile.inputs).find((file) => /node_modules\/esbuild\//.test(file));
  if (bundler !== undefined) throw new Error(`The commands would contain the bundler: ${bundler}`);
  chmodSync(join(lib, 'cli.js'), 0o755);
  writeFileSync(join(lib, 'cli-LICENSES.txt'), notices(metafile));
}

/** The packages of {@link OF_START} are loaded from their files. */
const besideCli: Plugin = {
  name: 'beside-cli',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^(${OF_START.join('|')})$`) }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./cli-${path}.js`, external: true },
    );
  },
};

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
