/**
 * Builds what the npm package ships, in `lib/`: `npm run package`. `npm pack` and `npm publish` run it first.
 *
 * The authorizer is prebuilt: the bytes that the tests ran. The constructs are one file that stages it; the commands are
 * another, with the packages of `start` beside it. Nothing in `lib/` needs another package but `aws-cdk-lib` and
 * `constructs`, and only the constructs need those.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import * as constructs from '../infra';
import { entryOf, esbuildOptions, projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';
import { buildCli } from './package-cli';

/** Entry points of the package, and the source of each. */
export const entries = {
  index: join('infra', 'index.ts'),
  handler: join('lambdas', 'shared', 'index.ts'),
  routes: join('lambdas', 'shared', 'routes-entry.ts'),
} as const;

const common = { bundle: true, platform: 'node', target: 'node20', metafile: true } as const satisfies BuildOptions;

/**
 * Builds `lib/` anew.
 *
 * @returns the SHA-256 of the authorizer's code, for the release notes.
 * @throws Error when a build fails; esbuild or tsc has said why.
 */
export async function buildPackage(lib = join(projectRoot, 'lib')): Promise<{ readonly authorizerSha256: string }> {
  rmSync(lib, { recursive: true, force: true });
  mkdirSync(join(lib, 'authorizer'), { recursive: true });
  await Promise.all([
    buildAuthorizer(lib),
    buildConstructs(lib),
    buildModule(lib, 'handler'),
    buildModule(lib, 'routes'),
    buildCli(lib, notices),
  ]);
  emitTypes(lib);
  const code = readFileSync(join(lib, 'authorizer', 'index.js'));
  const authorizerSha256 = createHash('sha256').update(code).digest('hex');
  writeFileSync(join(lib, 'authorizer', 'index.js.sha256'), `${authorizerSha256}  index.js\n`);
  return { authorizerSha256 };
}

/**
 * Makes the tarball that `npm publish` would upload, without touching this folder's own `lib/`.
 *
 * @param folder where to make it; must exist.
 * @returns the tarball's path.
 */
export async function packPackage(folder: string): Promise<string> {
  const source = join(folder, 'source');
  mkdirSync(source);
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    copyFileSync(join(projectRoot, file), join(source, file));
  }
  await buildPackage(join(source, 'lib'));
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: source, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  return join(folder, stdout.trim());
}

async function buildAuthorizer(lib: string): Promise<void> {
  const outfile = join(lib, 'authorizer', 'index.js');
  const { metafile } = await build({
    ...esbuildOptions,
    absWorkingDir: projectRoot,
    entryPoints: [entryOf('authorizer')],
    outfile,
    metafile: true,
  });
  writeFileSync(join(lib, 'authorizer', 'LICENSES.txt'), notices(metafile));
}

/** CommonJS, since the CDK is; the ES module hands on the same classes, so that a program has each of them once. */
async function buildConstructs(lib: string): Promise<void> {
  await build({
    ...common,
    entryPoints: [join(projectRoot, entries.index)],
    outfile: join(lib, 'index.js'),
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs'],
    plugins: [prebuiltAuthorizer],
  });
  const names = Object.keys(constructs).sort();
  writeFileSync(join(lib, 'index.mjs'), `import lib from './index.js';\nexport const { ${names.join(', ')} } = lib;\n`);
}

/** The constructs read the prebuilt file where this repository bundles its sources. */
const prebuiltAuthorizer: Plugin = {
  name: 'prebuilt-authorizer',
  setup({ onResolve }) {
    onResolve({ filter: /\/authorizer-bundle$/ }, () => ({
      path: join(projectRoot, 'infra', 'prebuilt-authorizer.ts'),
    }));
  },
};

async function buildModule(lib: string, name: 'handler' | 'routes'): Promise<void> {
  const entryPoints = [join(projectRoot, entries[name])];
  await build({ ...common, entryPoints, outfile: join(lib, `${name}.js`), format: 'cjs' });
  await build({ ...common, entryPoints, outfile: join(lib, `${name}.mjs`), format: 'esm' });
}

/** Declarations for CommonJS (`.d.ts`) and for ES modules (`.d.mts`), of the sources' own paths below `types/`. */
export function emitTypes(lib: string): void {
  const config = join(lib, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(projectRoot, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: projectRoot,
        outDir: 'types',
        typeRoots: [join(projectRoot, 'node_modules', '@types')], // lib/ may be anywhere
      },
      include: [],
      files: Object.values(entries).map((file) => join(projectRoot, file)),
    }),
  );
  const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '--singleThreaded', '-p', config], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('tsc could not write the declarations');
  rmSync(config);
  writeEntryTypes(lib);
}

function writeEntryTypes(lib: string): void {
  for (const [name, source] of Object.entries(entries)) {
    const from = `./types/${source.replaceAll('\\', '/').replace(/\.ts$/, '')}`;
    writeFileSync(join(lib, `${name}.d.ts`), `export * from '${from}';\n`);
    writeFileSync(join(lib, `${name}.d.mts`), `export * from './${name}.js';\n`);
  }
}

/** Name, version, license and its text for every package that a bundle contains. */
export function notices({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap(
    (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const root = join(projectRoot, folder);
      const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const file = readdirSync(root).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
      const text = file && existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').trim() : '';
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

if (require.main === module) {
  takesNoArguments('npm run package: builds what the npm package ships, in lib/');
  buildPackage().then(
    ({ authorizerSha256 }) => console.log(`lib/ built; authorizer SHA-256 ${authorizerSha256}`),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
