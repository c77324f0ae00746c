import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleLambda } from '../../infra/bundling';
import {
  checkStaged,
  type ModuleKind,
  runTypeScript,
  stagedAuthorizers,
  writeConsumer,
} from '../../scripts/consumers/consumer';
import { builtConsumers, runCompiled, typeErrors } from './built-consumers';
import { builtTarball } from './built-package';
import { installPackage } from './install';

const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
let tarball: string;
let folder: string;
let commonJs: string;
let esModule: string;
const installed = (app: string, ...path: string[]): string => join(app, 'node_modules', 'authaction-aws', ...path);

beforeAll(async () => {
  tarball = await builtTarball();
  folder = await builtConsumers();
  commonJs = join(folder, 'commonjs');
  esModule = join(folder, 'module');
  runCompiled(folder, 'commonjs', 'app.js');
}, 60_000);
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test('the tarball has at most 150 kB without the commands, and no dependencies but peers', () => {
  const lib = installed(commonJs, 'lib');
  const commands = readdirSync(lib).filter((name) => /^cli\b.*\.js$/.test(name));
  const ofCommands = commands.map((name) => gzipSync(readFileSync(join(lib, name))).length);
  expect(readFileSync(tarball).length - ofCommands.reduce((sum, bytes) => sum + bytes)).toBeLessThan(150_000);
  const manifest = JSON.parse(readFileSync(installed(commonJs, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  expect(Object.keys(manifest.peerDependencies).sort()).toEqual(['aws-cdk-lib', 'constructs']);
});

test('ships the license of everything that the authorizer bundles', () => {
  const notices = readFileSync(installed(commonJs, 'lib', 'authorizer', 'LICENSES.txt'), 'utf8');
  expect(notices).toMatch(/^aws-jwt-verify \d+\.\d+\.\d+ \(Apache-2\.0\)\n\n\s*Apache License/);
});

test('stages the authorizer that the tests ran, once for each table, without a bundler', () => {
  const [tested] = bundleLambda('authorizer');
  const staged = stagedAuthorizers(commonJs);
  expect(() => checkStaged(staged, tested?.contents ?? new Uint8Array(), 2)).not.toThrow();
  expect(staged[0]?.code.equals(readFileSync(installed(commonJs, 'lib', 'authorizer', 'index.js')))).toBe(true);
  expect(staged.map(({ routes }) => (routes as { path: string }[])[0]?.path).sort()).toEqual([
    '/items/{id}',
    '/orders',
  ]);
});

test('another authorizer under the same table is another asset', () => {
  appendFileSync(installed(esModule, 'lib', 'authorizer', 'index.js'), '\n');
  runCompiled(folder, 'module', 'app.js');
  const known = stagedAuthorizers(commonJs).map(({ asset }) => asset);
  const changed = stagedAuthorizers(esModule).map(({ asset }) => asset);
  expect(changed).toHaveLength(2);
  for (const asset of changed) expect(known).not.toContain(asset);
});

test.each<ModuleKind>(['commonjs', 'module'])(
  'its declarations suit a NodeNext consumer of type %s without @types/aws-lambda',
  (type) => {
    expect(typeErrors(folder, type)).toEqual([]);
  },
);

test.each<ModuleKind>(['commonjs', 'module'])('withCaller checks scopes and claims in a handler of type %s', (type) => {
  expect(runCompiled(folder, type, 'call.js')).toBe('200 403 403\n');
});

test('synthesizes in a pnpm workspace, whose lock file and packages are at its root', () => {
  const app = join(workspace, 'apps', 'items');
  const store = join(workspace, 'node_modules', '.pnpm', 'authaction-aws@0.0.0');
  writeConsumer(app, 'commonjs');
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) writeFileSync(join(workspace, name), '');
  installPackage(store, tarball);
  mkdirSync(join(app, 'node_modules'));
  for (const name of ['authaction-aws', 'aws-cdk-lib', 'constructs', 'tsx']) {
    symlinkSync(join(store, 'node_modules', name), join(app, 'node_modules', name));
  }
  runTypeScript(app, 'app.ts');
  expect(stagedAuthorizers(app)).toHaveLength(2);
});
