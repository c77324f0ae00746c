import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requiredSettings } from '../support/infra';
import { projectCopy } from '../support/project-copy';
import { TSX } from '../support/run-tool';
import { environmentWithoutSettings } from '../support/without-settings';

let copy: ReturnType<typeof projectCopy>;
beforeAll(() => {
  copy = projectCopy();
});
afterAll(() => copy.remove());

/** Runs the app as `cdk synth` does, with a file of it changed. */
function synthWith(file: string, change: (text: string) => string): { status: number | null; stderr: string } {
  const path = join(copy.root, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, change(before));
  const { status, stderr } = spawnSync(process.execPath, [...TSX, join(copy.root, 'infra', 'app.ts')], {
    cwd: copy.root,
    env: { ...environmentWithoutSettings(), ...requiredSettings },
    encoding: 'utf8',
  });
  writeFileSync(path, before);
  return { status, stderr };
}

test('cdk synth prints every problem of an unusable route table, and nothing else', () => {
  const { status, stderr } = synthWith('lambdas/routes.ts', (text) =>
    text.replace("handler: 'protected'", "handler: 'nowhere'").replace("path: '/scoped'", "path: '/scoped/'"),
  );
  expect(stderr.split('\n')).toEqual([
    'The route table cannot be used:',
    expect.stringMatching(/^ {2}- GET \/protected: the handler "nowhere" does not exist/),
    expect.stringMatching(/^ {2}- GET \/scoped\/: the path has an empty segment/),
    '',
  ]);
  expect(status).toBe(1);
});

test.each(['lambdas/routes.ts', 'lambdas/public/handler.ts', 'lambdas/shared/caller.ts', 'infra/stack.ts'])(
  'cdk synth says where %s is broken, and nothing else',
  (file) => {
    expect(synthWith(file, () => 'export const broken = ;\n')).toEqual({
      status: 1,
      stderr: `${file}:1:23: Unexpected ";"\n`,
    });
  },
);
