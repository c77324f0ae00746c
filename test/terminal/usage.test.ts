import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { layers } from '../../scripts/check-imports';
import { projectCopy } from '../support/project-copy';

let copy: ReturnType<typeof projectCopy>;
beforeAll(() => {
  copy = projectCopy(); // a command that ignores what it is given does its work there
  const folders = layers.map((folder) => join(copy.root, folder)).filter(existsSync);
  const entryPoints = folders.map((folder) => join(folder, '**', '*.ts'));
  buildSync({ entryPoints, outdir: copy.root, outbase: copy.root, format: 'cjs', platform: 'node' });
});
afterAll(() => copy.remove());

function run(tool: string, arg: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const args = [join(copy.root, `${tool}.js`), arg];
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
