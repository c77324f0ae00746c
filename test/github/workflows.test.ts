import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { parseSettings } from '../../infra/settings';
import { settingsTable } from '../../infra/settings-table';

const folder = join(projectRoot, '.github', 'workflows');
const workflows = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

describe.each(workflows)('%s', (_name, text) => {
  test('runs foreign actions by full commit, with the version in a comment', () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action);
    for (const action of uses.filter((name) => !name.startsWith('./'))) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('has no permission of its own; each job asks for what it needs', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text).not.toMatch(/: write(?!.*# for AWS)/);
  });

  test('leaves no token in the checkout and puts no text of others into a script', () => {
    expect(text.match(/actions\/checkout@/g)?.length ?? 0).toBe(text.match(/persist-credentials: false/g)?.length ?? 0);
    expect(text).not.toContain('pull_request_target');
    const scripts = [...text.matchAll(/run: (\|\n(?: {10,}.*\n)+|.*)/g)].map(([, script = '']) => script);
    expect(scripts.length + (text.match(/uses: \.\//g)?.length ?? 0)).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});

test('checks run on the oldest Node that package.json promises, on the one that runs on AWS, and between', () => {
  const check = readFileSync(join(folder, 'check.yml'), 'utf8');
  const [, versions = ''] = /node: \[(.*)\]/.exec(check) ?? [];
  expect([...versions.matchAll(/\d+/g)].map(String)).toEqual(['20', '22', '24']);
});

describe('a deployment by GitHub Actions', () => {
  const deploy = readFileSync(join(folder, 'deploy.yml'), 'utf8');
  const names = settingsTable.map(({ name }) => name);

  test('takes every setting from a variable of its name, but the stage', () => {
    const [, block = ''] = /^ {4}env:\n((?: {6}.*\n)+)/m.exec(deploy) ?? [];
    const given = [...block.matchAll(/^ {6}(\w+): (?:\$\{\{ vars\.(\w+) (?:\|\| .*)?\}\}|(\w+))$/gm)];
    expect(given).toHaveLength(block.trimEnd().split('\n').length);
    expect(given.map(([, name]) => name).sort()).toEqual([...names].sort());
    for (const [, name, variable, text] of given) {
      expect({ name, from: variable ?? text }).toEqual({ name, from: name === 'STAGE' ? 'prod' : name });
    }
  });

  test('leaves a setting whose variable is not set, hence empty, at its default', () => {
    const required = {
      STAGE: 'prod',
      AUTHACTION_DOMAIN: 'tenant.example.com',
      AUTHACTION_AUDIENCE: 'https://api.example.com',
    };
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(parseSettings({ ...empty, ...required })).toEqual(parseSettings(required));
  });
});
