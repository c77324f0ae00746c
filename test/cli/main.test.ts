import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCommand, UsageError } from '../../cli/command';
import { AppError } from '../../local/app';
import { bareEnvironment, CLI, runTool } from '../support/run-tool';
import { projectCopy } from './start/run';

describe('authaction', () => {
  test('prints its commands', async () => {
    const { code, stdout, stderr } = await runTool('--help', []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['start', 'token', 'doctor', 'invoke', 'openapi', 'access'])
      expect(stdout).toContain(`\n  ${name} `);
  });

  test.each([['strat'], ['constructor'], ['']])('exits with 2 and its usage for the command %j', async (name) => {
    const { code, stdout, stderr } = await runTool(name, []);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('authaction COMMAND');
  });

  test.each(['start', 'token', 'doctor', 'invoke', 'openapi', 'access'])(
    '%s has a usage, and refuses what it does not know',
    async (name) => {
      expect(await runTool(name, ['--help'])).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('--app'),
      });
      const refused = await runTool(name, ['--nonsense']);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).not.toMatch(/^\s+at /m);
    },
  );

  test.each(['start', 'openapi'])('%s says that a folder has no app', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'no-app-'));
    try {
      const options = { cwd: folder, env: { ...bareEnvironment(), ENV_FILES: 'off' } };
      const failed = promisify(execFile)(process.execPath, [...CLI, name], options);
      await expect(failed).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^There is no cdk\.json in/),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('openapi prints the document of the route table', async () => {
    const { root, remove } = projectCopy();
    try {
      const { code, stdout } = await runTool('openapi', [], {}, '', root);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ openapi: '3.1.0', paths: { '/protected': { get: {} } } });
    } finally {
      remove();
    }
  }, 30_000);
});

describe('a command', () => {
  const printed: unknown[] = [];
  beforeEach(() => {
    printed.length = 0;
    jest.spyOn(console, 'error').mockImplementation((text) => printed.push(text));
  });
  afterEach(() => jest.restoreAllMocks());
  const failWith = (error: unknown) => runCommand(() => Promise.reject(error), []);

  test('ends with 2 when it was not understood, with 1 for every other error, of which people see the message', async () => {
    expect(await failWith(new UsageError('no such option'))).toBe(2);
    expect(await failWith(new AppError('no app'))).toBe(1);
    expect(printed).toEqual(['no such option', 'no app']);
  });

  test('shows what the system refused in one line, and the stack of a fault of its own', async () => {
    const refused = Object.assign(new Error('EACCES: permission denied, open x'), { code: 'EACCES', syscall: 'open' });
    const fault = new TypeError('x is not a function');
    expect([await failWith(refused), await failWith(fault)]).toEqual([1, 1]);
    expect(printed).toEqual([refused.message, fault]);
  });
});
