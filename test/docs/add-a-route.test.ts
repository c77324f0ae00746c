import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Run, run } from '../cli/start/run';
import { projectCopy } from '../support/project-copy';
import { addReadmeRoute } from '../support/readme-route';
import { runTool } from '../support/run-tool';

let copy: ReturnType<typeof projectCopy>;
let started: Run | undefined;

beforeAll(() => {
  copy = projectCopy();
});
afterAll(async () => {
  started?.process.kill('SIGINT');
  await started?.ended;
  started?.remove();
  copy.remove();
});

/** Type-checks the folder that the steps change: the rest of the project sees no more of the table than `Route[]`. */
function compileLambdas(root: string): void {
  const config = join(root, 'tsconfig.lambdas.json');
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.json', include: ['lambdas'] }));
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config]);
}

test("README's steps add a route that compiles, is served and requires its scope", async () => {
  addReadmeRoute(copy.root);
  compileLambdas(copy.root);

  started = await run(['--port', '0', '--issuer-port', '0', '--console-port', '0'], { root: copy.root });
  const url = /API ready at (\S+)/.exec(await started.until('Ctrl-C ends.'))?.[1];
  const ask = async (...scope: readonly string[]) => {
    const { stdout } = await runTool('token', scope, {}, '', copy.root);
    const answer = await fetch(`${url}/orders/7`, { headers: { Authorization: `Bearer ${stdout.trim()}` } });
    return { status: answer.status, body: await answer.json() };
  };
  expect((await fetch(`${url}/orders/7`)).status).toBe(401);
  await expect(ask()).resolves.toMatchObject({ status: 403 });
  await expect(ask('--scope', 'read:orders')).resolves.toEqual({
    status: 200,
    body: { order: '7', sub: 'local-client' },
  });
});
