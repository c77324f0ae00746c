import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectCopy } from '../support/project-copy';
import { TSX } from '../support/run-tool';

let copy: ReturnType<typeof projectCopy>;
beforeAll(() => {
  copy = projectCopy(); // a command that ignores what it is given does its work there
});
afterAll(() => copy.remove());

function run(tool: string, arg: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const args = [...TSX, join(copy.root, `${tool}.ts`), arg];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: copy.root }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}

describe.each([
  ['scripts/build', 'build'],
  ['scripts/cost', 'cost'],
  ['scripts/events', 'events'],
  ['scripts/nodes', 'test:nodes'],
  ['scripts/rehearse', 'rehearse'],
  ['scripts/sam', 'test:sam'],
  ['scripts/settings', 'settings'],
])('%s.ts', (tool, command) => {
  test('says with --help what it does, and does nothing', async () => {
    const { code, stdout, stderr } = await run(tool, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(`npm run ${command}`)).toBe(true);
  });

  test('refuses an argument that it does not know, before any work', async () => {
    const { code, stdout, stderr } = await run(tool, '--nonsense');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('nonsense');
  });
});
