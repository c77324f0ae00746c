import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, type ToolRun } from '../../support/run-tool';
import { sampleApp } from '../../support/sample-app';
import { type Run, run } from '../start/run';

let root: string;
let started: Run;
let remove: () => void;
let url: string;
beforeAll(async () => {
  ({ root, remove } = await sampleApp());
  started = await run(['--port', '0', '--issuer-port', '0', '--console-port', '0'], { root });
  const output = await started.until('Ctrl-C ends.');
  url = /API ready at (\S+)/.exec(output)?.[1] ?? '';
}, 120_000);
afterAll(() => {
  started?.remove();
  remove();
});

const tool = (name: string, ...args: readonly string[]): Promise<ToolRun> => runTool(name, args, {}, '', root);

/** What a command prints that succeeds. */
async function outputOf(name: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tool(name, ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function tokenFile(): Promise<string> {
  const file = join(root, 'revoked-token');
  writeFileSync(file, await outputOf('token'));
  return file;
}

test('a subject is refused by the running start, cached decision or not, until that is undone', async () => {
  const authorization = `Bearer ${(await outputOf('token')).trim()}`;
  const status = async () => (await fetch(`${url}/protected`, { headers: { authorization } })).status;
  expect(await status()).toBe(200);

  expect(await outputOf('revoke', '--sub', 'local-client')).toBe('The local run: 0 entries\n  + sub:local-client\n');
  expect(await status()).toBe(401);
  expect(started.output()).toContain('revoked');
  expect(await outputOf('revoke', '--list')).toBe('The local run: 1 entry\n  sub:local-client\n');
  expect((await runTool('doctor', ['--token', '-'], {}, authorization, root)).stdout).toContain('revoked');

  await outputOf('revoke', '--sub', 'local-client', '--undo');
  expect(await status()).toBe(200);
}, 180_000);

test('waits until a call with the token is refused, and says how long that took', async () => {
  const file = await tokenFile();
  const revoke = () => outputOf('revoke', '--sub', 'local-client', '--token', file);
  expect(await revoke()).toMatch(
    / {2}\+ sub:local-client\nCalling http:\S+\/protected with the token until it is refused\.\nRefused after [\d.]+ s\.\n$/,
  );
  expect(await revoke()).toContain('/protected refuses the token already: there is nothing to wait for.\n');
  await outputOf('revoke', '--sub', 'local-client', '--undo');
}, 180_000);

test('changes nothing when the address to call needs no token', async () => {
  const withToken = ['--token', await tokenFile(), '--url', `${url}/public`];
  expect(await tool('revoke', '--sub', 'local-client', ...withToken)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('/public needs no token: without one it answers 200. Nothing was changed.'),
  });
  expect(await outputOf('revoke', '--list')).toBe('The local run: 0 entries\n');
}, 180_000);

test('says that none runs', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'nothing-runs-'));
  try {
    expect(await runTool('revoke', ['--list'], {}, '', elsewhere)).toMatchObject({
      code: 1,
      stderr: '"npx authaction start" is not running here. For a deployed API, give --stack.\n',
    });
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
}, 60_000);
