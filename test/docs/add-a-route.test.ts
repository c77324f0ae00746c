import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { type Run, run } from '../cli/start/run';
import { projectCopy } from '../support/project-copy';
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

/** The code blocks of README's section on routes, by the file each names in its first line. */
function snippets(): Record<string, string> {
  const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const section = /^## Add a route$([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
  return Object.fromEntries(
    [...section.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, file, code]) => [file, code]),
  );
}

test("README's steps add a route that compiles, is served and requires its scope", async () => {
  const { 'lambdas/routes.ts': line, ...files } = snippets();
  const table = join(copy.root, 'lambdas', 'routes.ts');
  const before = readFileSync(table, 'utf8');
  writeFileSync(table, before.replace(/^\] as const satisfies/m, `${line ?? ''}$&`));
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(copy.root, file)), { recursive: true });
    writeFileSync(join(copy.root, file), code);
  }
  execFileSync(process.execPath, [join(copy.root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', copy.root]);

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
