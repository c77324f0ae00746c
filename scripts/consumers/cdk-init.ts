import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from '../../infra/bundling';
import { NPM_OPTIONS, run } from './consumer';

/** Props of the app's `ProtectedApi` beside its routes and handlers. */
export interface CdkInitProps {
  readonly domain: string;
  readonly audience: readonly string[];
  readonly monitoring?: 'none';
}

/**
 * Makes the app that `cdk init` writes, installs the tarball and adds the lines that adopt.md asks for.
 *
 * @param folder where to make it; must exist.
 * @returns the app's folder.
 */
export function makeCdkInitApp(folder: string, tarball: string, props: CdkInitProps): string {
  const app = join(folder, 'my-app');
  mkdirSync(app);
  const cli = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  run(app, process.execPath, [cli, 'init', 'app', '--language', 'typescript', '--generate-only']);
  protect(join(app, 'lib', 'my-app-stack.ts'), props);
  copyFileSync(join(__dirname, 'apps', 'routes.ts'), join(app, 'lib', 'routes.ts'));
  run(app, 'npm', ['install', ...NPM_OPTIONS]);
  run(app, 'npm', ['install', ...NPM_OPTIONS, tarball]);
  bundleFunctions(app);
  return app;
}

/** Writes what a team types into its stack. */
function protect(file: string, props: CdkInitProps): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.unshift(
    "import { ProtectedApi } from 'authaction-aws';",
    "import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';",
    "import { items as routes } from './routes';",
  );
  lines.splice(
    lines.findIndex((line) => line.includes('// The code that defines')),
    1,
    "const shared = { runtime: Runtime.NODEJS_24_X, code: Code.fromAsset('dist') };",
    "const items = new Function(this, 'Items', { ...shared, handler: 'index.items' });",
    "const news = new Function(this, 'News', { ...shared, handler: 'index.news' });",
    `const settings = ${JSON.stringify(props)} as const;`,
    "const contextClaims = ['iss', 'jti', 'iat'];",
    "new ProtectedApi(this, 'ProtectedApi', { ...settings, contextClaims, routes, handlers: { items, news } });",
  );
  writeFileSync(file, lines.join('\n'));
}

/** Bundling its functions is a consumer's own affair: here esbuild does it. */
function bundleFunctions(app: string): void {
  const source = join(app, 'functions', 'index.js');
  mkdirSync(join(app, 'functions'));
  copyFileSync(join(__dirname, 'functions.js'), source);
  const outfile = join(app, 'dist', 'index.js');
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
}
