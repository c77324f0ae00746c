import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';

const json = (file: string) => JSON.parse(readFileSync(join(projectRoot, file), 'utf8'));
const { scripts } = json('package.json') as { scripts: Record<string, string> };
/** The commands that run TypeScript for a user: those of `cli/`, and the app as the CDK starts it. */
const commands = [...Object.values(scripts).filter((script) => script.includes('cli/main.ts')), json('cdk.json').app];

test.each(commands)('"%s" says in one sentence that the folder for temporary files cannot be used', (command) => {
  const TMPDIR = join(projectRoot, 'package.json'); // no folder, for an administrator either
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: projectRoot,
    env: { ...process.env, TMPDIR },
    encoding: 'utf8',
    shell: true,
  });
  expect(stderr).toBe(
    `The folder for temporary files, ${TMPDIR}, cannot be used: ENOTDIR. Set TMPDIR to another one.\n`,
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
