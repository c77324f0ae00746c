import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { addReadmeRoute } from '../support/readme-route';

/** Rows beside README's own: each kind of route that a table may have. */
const ROWS = `  { method: 'GET', path: '/status', handler: 'public', access: 'public' },
  { method: 'HEAD', path: '/orders/{id}', handler: 'orders', access: { scopes: ['read:orders'] } },
  { method: 'POST', path: '/orders', handler: 'newOrder', access: { scopes: ['read:orders', 'write:orders'] } },
  { method: 'DELETE', path: '/orders/{id}', handler: 'newOrder', access: 'token' },
  { method: 'ANY', path: '/files/{name+}', handler: 'everything', access: 'token' },
  { method: 'ANY', path: '/{proxy+}', handler: 'public', access: 'public' },
`;

/** Handlers with answers of their own: no body, another type, another status than 200. */
const HANDLERS = {
  newOrder: `import { routes } from '../routes';
import { withCaller } from '../shared/caller';
import { json } from '../shared/http';

export const handler = withCaller(routes, ({ sub }, event) => {
  if (event.httpMethod === 'DELETE') return { statusCode: 204, body: '' };
  return event.body ? json(201, { sub }) : json(400, { message: 'A body is missing' });
});
`,
  everything: `import { routes } from '../routes';
import { withCaller } from '../shared/caller';

export const handler = withCaller(routes, ({ sub }) => ({
  statusCode: 200,
  headers: { 'Content-Type': 'text/plain' },
  body: sub,
}));
`,
};

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'own-routes-')));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name && existsSync(join(projectRoot, name)))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(projectRoot, file), join(root, file));
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a script of npm in the copy, as a developer would there. */
function npm(script: string): { status: number | null; output: string } {
  const { JEST_WORKER_ID: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', script], { cwd: root, env, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

test('npm run check passes after routes are added and renamed and the sample routes are deleted', () => {
  const table = join(root, 'lambdas', 'routes.ts');
  const samples = readFileSync(table, 'utf8');
  const own = samples.replace(/(?<=^export const routes = \[\n)[\s\S]*?(?=^\] as const)/m, ROWS);
  expect(own).not.toContain('/protected');
  writeFileSync(table, own);
  for (const name of ['protected', 'scoped']) rmSync(join(root, 'lambdas', name), { recursive: true });
  for (const [name, code] of Object.entries(HANDLERS)) {
    mkdirSync(join(root, 'lambdas', name));
    writeFileSync(join(root, 'lambdas', name, 'handler.ts'), code);
  }
  addReadmeRoute(root);

  expect(npm('openapi')).toEqual({ status: 0, output: '' });
  const { status, output } = npm('check');
  expect(status === 0 ? '' : output).toBe('');
});
