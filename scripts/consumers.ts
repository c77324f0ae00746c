/**
 * Installs the package into fresh apps the way consumers do, synthesizes them, runs `npx authaction start` in them and calls
 * their routes: `npm run test:consumers`. Needs the npm registry for what else the apps install; the synths need no network.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleLambda, projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';
import { makeCdkInitApp } from './consumers/cdk-init';
import {
  checkStaged,
  NPM_OPTIONS,
  run,
  runInConsumer,
  runTypeScript,
  stagedAuthorizers,
  typeCheck,
  writeConsumer,
} from './consumers/consumer';
import { checkStart } from './consumers/start';
import { packPackage } from './package';

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};
const { devDependencies, peerDependencies } = manifest;
const PNPM = 'pnpm@10.24.0';
const YARN = 'yarn@1.22.22';

/** What the consumers install beside the package, in the versions that this repository has. */
const tools = ['tsx', 'typescript', '@types/node'].map((name) => [name, devDependencies[name]]);
const cdk = ['aws-cdk-lib', 'constructs'].map((name) => [name, devDependencies[name]]);
/** The lowest versions that the package accepts. */
const lowestCdk = Object.entries(peerDependencies).map(([name, range]) => [name, range.replace('^', '')]);

interface Consumer {
  readonly title: string;
  /** Makes the app in an empty folder, installs the tarball and synthesizes. @returns the app's folder. */
  readonly synthesize: (folder: string, tarball: string) => string;
  /** How many route tables it stages. */
  readonly tables: number;
  /** Name of the API to start; the app's only one without it. */
  readonly api?: string;
}

const consumers: readonly Consumer[] = [
  { title: 'cdk init app --language typescript, as it comes', synthesize: cdkInit, tables: 1 },
  { title: 'npm, CommonJS', synthesize: npm('commonjs', cdk), tables: 2, api: 'items' },
  { title: 'npm, "type": "module"', synthesize: npm('module', cdk), tables: 2, api: 'items' },
  {
    title: `npm, ${lowestCdk.map((peer) => peer.join(' ')).join(', ')}`,
    synthesize: npm('commonjs', lowestCdk),
    tables: 2,
    api: 'items',
  },
  { title: 'pnpm workspace with one lock file at the root', synthesize: pnpmWorkspace, tables: 2, api: 'items' },
  { title: 'yarn', synthesize: yarn, tables: 2, api: 'items' },
];

function cdkInit(folder: string, tarball: string): string {
  const app = makeCdkInitApp(folder, tarball, { domain: 'tenant.example.com', audience: ['https://api.example.com'] });
  run(app, 'npx', ['cdk', 'synth', '--quiet', '--output', 'cdk.out'], { CDK_OUTDIR: '', CDK_VALIDATION: '' });
  return app;
}

function npm(type: 'commonjs' | 'module', peers: readonly (readonly unknown[])[]) {
  return (app: string, tarball: string): string => {
    writeConsumer(app, type);
    run(app, 'npm', ['install', ...NPM_OPTIONS, ...specs(peers), ...specs(tools), tarball]);
    checkConsumer(app);
    return app;
  };
}

function pnpmWorkspace(root: string, tarball: string): string {
  writeFileSync(join(root, 'pnpm-workspace.yaml'), 'packages:\n  - apps/*\n');
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'root', private: true }));
  const app = join(root, 'apps', 'api');
  const dependencies = { ...Object.fromEntries([...cdk, ...tools]), 'authaction-aws': `file:${tarball}` };
  writeConsumer(app, 'commonjs', { dependencies });
  run(root, 'npx', ['--yes', PNPM, 'install', '--silent', '--ignore-scripts', '--store-dir', join(root, 'store')]);
  checkConsumer(app);
  return app;
}

function yarn(app: string, tarball: string): string {
  writeConsumer(app, 'commonjs');
  const registry = run(app, 'npm', ['config', 'get', 'registry']).trim(); // yarn has another default
  const options = ['--registry', registry, '--cache-folder', join(app, 'cache')];
  // Yarn also resolves the packages that aws-cdk-lib bundles, and not every registry has those of the latest version.
  const packages = [...specs(lowestCdk), ...specs(tools), `file:${tarball}`];
  run(app, 'npx', ['--yes', YARN, 'add', '--silent', '--non-interactive', ...options, ...packages]);
  checkConsumer(app);
  return app;
}

const specs = (packages: readonly (readonly unknown[])[]): string[] => packages.map((entry) => entry.join('@'));

/** Type-checks a consumer, calls its handler and synthesizes its stacks. */
function checkConsumer(app: string): void {
  typeCheck(app);
  const answers = runTypeScript(app, 'call.ts').trim();
  if (answers !== '200 403 403') throw new Error(`the handler answered ${answers}, not 200 403 403`);
  runTypeScript(app, 'app.ts');
}

/** A changed file of the installed authorizer must change the asset. */
function checkHash(app: string): void {
  const before = stagedAuthorizers(app).map(({ asset }) => asset);
  appendFileSync(join(app, 'node_modules', 'authaction-aws', 'lib', 'authorizer', 'index.js'), '\n');
  rmSync(join(app, 'cdk.out'), { recursive: true });
  runInConsumer(app, 'tsx/dist/cli.mjs', 'app.ts');
  const after = stagedAuthorizers(app).map(({ asset }) => asset);
  if (after.some((asset) => before.includes(asset))) throw new Error('a changed authorizer kept the hash of its asset');
}

async function main(): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'authaction-consumers-'));
  let failures = 0;
  try {
    const tarball = await packPackage(root);
    const [tested] = bundleLambda('authorizer');
    for (const [index, { title, synthesize, tables, api }] of consumers.entries()) {
      const folder = join(root, `consumer-${index}`);
      mkdirSync(folder);
      try {
        const app = synthesize(folder, tarball);
        checkStaged(stagedAuthorizers(app), tested?.contents ?? new Uint8Array(), tables);
        await checkStart(app, api === undefined ? [] : ['--api', api]);
        if (index === 1) checkHash(app);
        console.log(`passed  ${title}`);
      } catch (error) {
        failures++;
        console.log(`FAILED  ${title}\n${error instanceof Error ? error.message : String(error)}`);
      }
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return failures;
}

takesNoArguments(
  'npm run test:consumers: installs the package into fresh apps, synthesizes and starts them. Needs the npm registry.',
);
main().then(
  (failures) => {
    process.exitCode = failures === 0 ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
