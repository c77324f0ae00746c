import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectCopy } from '../cli/start/run';
import { requiredSettings } from '../support/infra';
import { TSX } from '../support/run-tool';
import { environmentWithoutSettings } from '../support/without-settings';

test('cdk synth prints every problem of an unusable route table, and nothing else', () => {
  const { root, remove } = projectCopy();
  try {
    const table = join(root, 'lambdas', 'routes.ts');
    const spoilt = readFileSync(table, 'utf8')
      .replace("handler: 'protected'", "handler: 'nowhere'")
      .replace("path: '/scoped'", "path: '/scoped/'");
    writeFileSync(table, spoilt);
    const { status, stderr } = spawnSync(process.execPath, [...TSX, join(root, 'infra', 'app.ts')], {
      cwd: root,
      env: { ...environmentWithoutSettings(), ...requiredSettings },
      encoding: 'utf8',
    });
    expect(stderr.split('\n')).toEqual([
      'The route table cannot be used:',
      expect.stringMatching(/^ {2}- GET \/protected: the handler "nowhere" does not exist/),
      expect.stringMatching(/^ {2}- GET \/scoped\/: the path has an empty segment/),
      '',
    ]);
    expect(status).toBe(1);
  } finally {
    remove();
  }
});
