import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';

/** What a project needs to run, without its tests and pages. */
const SOURCES = [
  'lambdas',
  'infra',
  'local',
  'tools',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

let copy: string;
let run: ChildProcess | undefined;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'authaction-readme-'));
  for (const name of SOURCES) cpSync(join(projectRoot, name), join(copy, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(async () => {
  if (run && run.exitCode === null) {
    const ended = new Promise((resolve) => run?.once('exit', resolve));
    run.kill('SIGINT');
    await ended;
  }
  rmSync(copy, { recursive: true, force: true });
});

/** The code blocks of README's section on routes, by the file each names in its first line. */
function snippets(): Record<string, string> {
  const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const section = /^## Add a route$([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
  return Object.fromEntries(
    [...section.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, file, code]) => [file, code]),
  );
}

test("README's way to add a route adds one: compiled, served, behind its scope", async () => {
  const { 'lambdas/routes.ts': line, ...files } = snippets();
  const table = join(copy, 'lambdas', 'routes.ts');
  const before = readFileSync(table, 'utf8');
  writeFileSync(table, before.replace(/^\] as const satisfies/m, `${line ?? ''}$&`));
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), code);
  }
  execFileSync(process.execPath, [join(copy, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', copy], { cwd: copy });

  const { url, token } = await start();
  const statusOf = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const answer = await fetch(`${url}/orders/7`, { headers });
    return { status: answer.status, body: await answer.json() };
  };
  await expect(statusOf()).resolves.toMatchObject({ status: 401 });
  await expect(statusOf(`Bearer ${token([])}`)).resolves.toMatchObject({ status: 403 });
  await expect(statusOf(`Bearer ${token(['--scope', 'read:orders'])}`)).resolves.toEqual({
    status: 200,
    body: { order: '7', sub: 'local-client' },
  });
}, 60_000);

/** Runs `npm start` of the copy. */
async function start(): Promise<{ url: string; token: (options: readonly string[]) => string }> {
  const tsx = join(copy, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  // Whatever tenant a developer has configured, the copy runs with an issuer of its own.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AUTHACTION_'));
  const env = { ...Object.fromEntries(own), TMPDIR: copy, NO_COLOR: '1' };
  const options = ['--port', '0', '--issuer-port', '0', '--console-port', '0'];
  const child = spawn(process.execPath, [tsx, 'local/main.ts', ...options], { cwd: copy, env });
  run = child;
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk;
      const ready = /API ready at (\S+)/.exec(output)?.[1];
      if (ready && output.includes('Ctrl-C ends.')) resolve(ready);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(output)));
  });
  const token = (more: readonly string[]) =>
    execFileSync(process.execPath, [tsx, 'tools/token/main.ts', ...more], { cwd: copy, env, encoding: 'utf8' }).trim();
  return { url, token };
}
