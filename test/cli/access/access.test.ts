import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../infra/bundling';
import type { Route } from '../../../lambdas/shared/route-table';
import { bareEnvironment, runTool, TSX } from '../../support/run-tool';

const narrow: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: { scopes: ['read'] } }];
const wide: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];

/** An app whose route table is in a file of its own. */
const source = `
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ProtectedApi } from ${JSON.stringify(join(projectRoot, 'infra', 'constructs', 'protected-api'))};
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

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'access-')));
  write('app.ts', source);
  write('cdk.json', { app: [process.execPath, ...TSX, 'app.ts'].map((part) => `"${part}"`).join(' ') });
  write('routes.json', narrow);
  execFileSync('ln', ['-s', join(projectRoot, 'node_modules'), join(root, 'node_modules')]);
  write('.gitignore', 'node_modules\ncdk.out\n');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'base');
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => write('routes.json', narrow));

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
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining('| some may now |') });
  const failed = await access('--base', 'HEAD', '--fail-on-widened', '--json');
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({ routes: wide, changes: [{ isWidened: true, isNarrowed: false }] });
  expect(git('worktree', 'list').toString().trim().split('\n')).toHaveLength(1);
}, 180_000);

test('compares with a cloud assembly: narrowed access does not fail', async () => {
  write('routes.json', wide);
  const synthesized = spawnSync(process.execPath, [...TSX, 'app.ts'], {
    cwd: root,
    env: {
      ...bareEnvironment(),
      CDK_OUTDIR: join(root, 'cdk.out'),
      CDK_CONTEXT_JSON: '{"aws:cdk:enable-asset-metadata":true}',
      CDK_VALIDATION: 'false',
    },
  });
  expect(synthesized.status).toBe(0);
  write('routes.json', narrow);
  const { code, stdout } = await access('--base', 'cdk.out', '--fail-on-widened');
  expect(code).toBe(0);
  expect(stdout).toContain('| some no longer may |');
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
