import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Route } from '../../../lambdas/shared/route-table';
import { installPackage } from '../../package/built-package';
import { bareEnvironment, runTool } from '../../support/run-tool';

const narrow: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: { scopes: ['read'] } }];
const wide: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];

/** An app whose route table is in a file of its own. */
const source = `
const { readFileSync } = require('node:fs');
const { App, Stack } = require('aws-cdk-lib');
const { Code, Function: Lambda, Runtime } = require('aws-cdk-lib/aws-lambda');
const { ProtectedApi } = require('authaction-aws');
const app = new App();
const stack = new Stack(app, 'Orders');
const orders = new Lambda(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = async () => ({})'),
});
new ProtectedApi(stack, 'Api', {
  routes: JSON.parse(readFileSync('routes.json', 'utf8')), handlers: { orders },
  domain: 'tenant.example.com', audience: ['https://api.example.com'],
});
app.synth();
`;

let root: string;
const write = (name: string, content: unknown) =>
  writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: root });

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'access-')));
  await installPackage(root, ['aws-cdk-lib', 'constructs']);
  write('app.js', source);
  write('cdk.json', { app: 'app.js' });
  write('routes.json', narrow);
  write('.gitignore', 'node_modules\nwide.out\n');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'base');
  write('routes.json', wide);
  synthesize('wide.out');
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => write('routes.json', narrow));

/** Synthesizes the app as `cdk synth` does. */
function synthesize(folder: string): void {
  const CDK_CONTEXT_JSON = '{"aws:cdk:enable-asset-metadata":true}';
  const env = { ...bareEnvironment(), CDK_OUTDIR: join(root, folder), CDK_CONTEXT_JSON, CDK_VALIDATION: 'false' };
  execFileSync(process.execPath, ['app.js'], { cwd: root, env });
}

/** Runs the command in the app's folder. */
const access = (...args: string[]) => runTool('access', args, {}, '', root);

test('prints the table of the app', async () => {
  expect(await access()).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      '| route       | token | read |',
      '| ----------- | ----- | ---- |',
      '| GET /orders | x     | x    |',
      '',
    ].join('\n'),
  });
}, 180_000);

test('compares with a commit, and fails on widened access only when asked to', async () => {
  write('routes.json', wide);
  const printed = await access('--base', 'HEAD');
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining('| some can now |') });
  const failed = await access('--app', 'wide.out', '--base', 'HEAD', '--fail-on-widened', '--json');
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({ routes: wide, changes: [{ isWidened: true, isNarrowed: false }] });
  expect(git('worktree', 'list').toString().trim().split('\n')).toHaveLength(1);
}, 180_000);

test('compares with a cloud assembly: narrowed access does not fail', async () => {
  const { code, stdout } = await access('--base', 'wide.out', '--fail-on-widened');
  expect(code).toBe(0);
  expect(stdout).toContain('| some no longer can |');
}, 180_000);

test('says of a base that is neither', async () => {
  const { code, stderr } = await access('--base', '--output=x');
  expect(code).toBe(2);
  expect(stderr).toContain('--base');
  expect(await access('--base', 'no-such-branch')).toMatchObject({
    code: 1,
    stderr: `no-such-branch is neither the folder of a cloud assembly nor a commit of ${root}.\n`,
  });
}, 180_000);

test('--fail-on-widened needs a base', async () => {
  expect(await access('--fail-on-widened')).toMatchObject({ code: 2, stdout: '' });
}, 60_000);
