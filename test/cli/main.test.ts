import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, UsageError } from '../../cli/command';
import { openapi } from '../../cli/openapi/main';
import { AppError } from '../../local/app';
import { projectCopy } from '../support/project-copy';
import { runSourceTool, runTool } from '../support/run-tool';
import { sampleApp } from '../support/sample-app';

const names = ['access', 'doctor', 'invoke', 'openapi', 'revoke', 'start', 'token'] as const;

describe('authaction', () => {
  test('prints its commands', async () => {
    const { code, stdout, stderr } = await runTool('--help', []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) expect(stdout).toContain(`\n  ${name} `);
  });

  test.each([['strat'], ['constructor'], ['']])('exits with 2 and its usage for the command %j', async (name) => {
    const { code, stdout, stderr } = await runTool(name, []);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('authaction COMMAND');
  });

  test.each(names)('%s has a usage, from source too, and refuses what it does not know', async (name) => {
    const used = await runSourceTool(name, ['--help']);
    expect(used).toMatchObject({ code: 0, stderr: '' });
    expect(used.stdout).toContain(name === 'start' ? 'npm start' : `npm run -s ${name} `);
    expect(used.stdout).toContain(name === 'revoke' ? '--stack' : '--app');
    const { code, stdout } = await runTool(name, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`npx authaction ${name} `);
    expect(stdout).not.toMatch(/npm (run|start)/);
    const refused = await runTool(name, ['--nonsense']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).not.toMatch(/^\s+at /m);
  });

  test.each(['start', 'openapi'])('%s says that a folder has no app', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'no-app-'));
    try {
      expect(await runTool(name, [], {}, '', folder)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^There is no cdk\.json in/),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('openapi prints the document of the route table', async () => {
    const { root, remove } = await sampleApp();
    try {
      const { code, stdout } = await runTool('openapi', [], {}, '', root);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ openapi: '3.1.0', paths: { '/protected': { get: {} } } });
    } finally {
      remove();
    }
  }, 30_000);

  test('openapi prints the address of the API, and the paths of its metadata', async () => {
    const { root, remove } = projectCopy();
    try {
      const args = ['--server', 'https://api.example.com/v1/'];
      const deployed = await runTool('openapi', args, { RESOURCE_METADATA: 'https://api.example.com/v1' }, '', root);
      const { servers, paths } = JSON.parse(deployed.stdout);
      expect(servers).toEqual([{ url: 'https://api.example.com/v1' }]);
      expect(Object.keys(paths)).toContain('/.well-known/oauth-protected-resource');
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

  test.each(['api.example.com', 'http://api.example.com', 'https://api.example.com?x', 'https://a:b@api.example.com'])(
    'that describes an API refuses the server %s',
    async (server) => {
      expect(await runCommand(openapi, ['--server', server])).toBe(2);
      expect(printed).toEqual([expect.stringContaining('--server is the base URL of the API')]);
    },
  );

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
