import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DescribedRoute, openApiDocument } from '../../client/openapi';
import { projectRoot } from '../../infra/bundling';
import { parseSettings, settingsTable } from '../../infra/settings';
import type { Access } from '../../lambdas/shared/route-table';
import { listen, shut } from '../../local/listen';

const folder = join(projectRoot, '.github', 'workflows');
const workflows = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

describe.each(workflows)('%s', (_name, text) => {
  test('pins actions of others to a full commit, with the version in a comment', () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action);
    for (const action of uses.filter((name) => !name.startsWith('./'))) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('grants no permission to the workflow; each job names what it needs', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text).not.toMatch(/: write(?!.*# for AWS)/);
  });

  test('leaves no token in the checkout and puts no expression into a script', () => {
    expect(text.match(/actions\/checkout@/g)?.length ?? 0).toBe(text.match(/persist-credentials: false/g)?.length ?? 0);
    expect(text).not.toContain('pull_request_target');
    const scripts = [...text.matchAll(/run: (\|\n(?: {10,}.*\n)+|.*)/g)].map(([, script = '']) => script);
    expect(scripts.length + (text.match(/uses: \.\//g)?.length ?? 0)).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});

test('checks run on the oldest Node that package.json allows, on the one that runs on AWS, and between', () => {
  const check = readFileSync(join(folder, 'check.yml'), 'utf8');
  const [, versions = ''] = /node: \[(.*)\]/.exec(check) ?? [];
  expect([...versions.matchAll(/\d+/g)].map(String)).toEqual(['20', '22', '24']);
});

describe('a deployment by GitHub Actions', () => {
  const deploy = readFileSync(join(folder, 'deploy.yml'), 'utf8');
  const names = Object.keys(settingsTable);

  test('takes every setting but the stage from the variable of the same name', () => {
    const [, block = ''] = /^ {4}env:\n((?: {6}.*\n)+)/m.exec(deploy) ?? [];
    const given = [...block.matchAll(/^ {6}(\w+): (?:\$\{\{ vars\.(\w+) (?:\|\| .*)?\}\}|(\w+))$/gm)];
    expect(given).toHaveLength(block.trimEnd().split('\n').length);
    expect(given.map(([, name]) => name).sort()).toEqual([...names].sort());
    for (const [, name, variable, text] of given) {
      expect({ name, from: variable ?? text }).toEqual({ name, from: name === 'STAGE' ? 'prod' : name });
    }
  });

  test('leaves a setting at its default when its variable is not set, and so empty', () => {
    const required = {
      STAGE: 'prod',
      AUTHACTION_DOMAIN: 'tenant.example.com',
      AUTHACTION_AUDIENCE: 'https://api.example.com',
    };
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(parseSettings({ ...empty, ...required })).toEqual(parseSettings(required));
  });

  describe('calls the routes of the table after the deployment', () => {
    const [, script = ''] = /shell: node \{0\}\n {8}run: \|\n((?: {10}.*\n)+)/.exec(deploy) ?? [];
    const route = (path: string, access: Access): DescribedRoute => ({ method: 'GET', path, access });
    const table = [route('/news', 'public'), route('/', 'token'), route('/orders/{id}', 'token')];

    /** Runs the step in a checkout with such a route table, against an API that answers with these statuses. */
    async function step(routes: readonly DescribedRoute[], statuses: Readonly<Record<string, number>>) {
      const api = createServer(({ url = '' }, answer) => answer.writeHead(statuses[url] ?? 403).end());
      const port = await listen(api, 0);
      const checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
      mkdirSync(join(checkout, 'docs'));
      writeFileSync(join(checkout, 'docs', 'openapi.json'), JSON.stringify(openApiDocument(routes)));
      const outputs = { 'authaction-api-prod': { ApiUrl: `http://127.0.0.1:${port}/prod/` } };
      writeFileSync(join(checkout, 'outputs.json'), JSON.stringify(outputs));
      writeFileSync(join(checkout, 'step'), script);
      const result = await new Promise<{ code: unknown; lines: string }>((resolve) => {
        const options = { cwd: checkout, env: { ...process.env, RUNNER_TEMP: checkout } };
        execFile(process.execPath, ['step'], options, (error, stdout) =>
          resolve({ code: error?.code ?? 0, lines: stdout.trim() }),
        );
      });
      await shut(api);
      return result;
    }

    test('a public route answers, the others ask for a token, one with a variable is left out', async () => {
      const lines = 'GET /news: 200\nGET /: 401';
      await expect(step(table, { '/prod/news': 200, '/prod/': 401 })).resolves.toEqual({ code: 0, lines });
    });

    test('accepts 400 from a public route, which may need a parameter', async () => {
      const only = [route('/search', 'public')];
      const lines = 'GET /search: 400';
      await expect(step(only, { '/prod/search': 400 })).resolves.toEqual({ code: 0, lines });
    });

    test('says that there is nothing to call', async () => {
      const lines = 'Nothing called: there is no GET route without variables';
      await expect(step([route('/orders/{id}', 'token')], {})).resolves.toEqual({ code: 0, lines });
    });

    test.concurrent.each([
      ['is open though it needs a token', { '/prod/news': 200, '/prod/': 200 }],
      ['is not deployed', { '/prod/': 401 }],
      ['fails', { '/prod/news': 502, '/prod/': 401 }],
    ])('fails when a route %s', async (_fault, statuses) => {
      await expect(step(table, statuses)).resolves.toMatchObject({ code: 1 });
    });
  });
});
