import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { parseSettings, settingsTable } from '../../infra/settings';

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
    expect(text).not.toMatch(/: write(?! # for )/); // each with its reason
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

describe('a pull request that widens access', () => {
  const check = readFileSync(join(folder, 'check.yml'), 'utf8');
  const [, step = ''] = /- name: Who may call what\n((?: {8,}.*\n?)+)/.exec(check) ?? [];
  const [, script = ''] = /run: \|\n((?: {10}.*\n?)+)/.exec(step) ?? [];

  test('is red unless it has the label, which is read anew when it is set', () => {
    expect(step).toMatch(
      /FAIL: .* !contains\(github\.event\.pull_request\.labels\.\*\.name, 'access-widened'\) && '--fail-on-widened' \|\| ''/,
    );
    expect(check).toMatch(/types: \[.*\blabeled, unlabeled\]/);
  });

  test.each([
    ['--fail-on-widened', 1],
    ['', 0],
  ])('with the option %j ends with %d, and the report is in the summary', (option, code) => {
    const temp = mkdtempSync(join(tmpdir(), 'check-'));
    const npx = '#!/bin/sh\necho "report $*"\ncase "$*" in *--fail-on-widened) exit 1;; esac\n';
    writeFileSync(join(temp, 'npx'), npx, { mode: 0o755 });
    const summary = join(temp, 'summary.md');
    const env = { ...process.env, PATH: `${temp}:${process.env.PATH}`, RUNNER_TEMP: temp, FAIL: option };
    const options = { env: { ...env, GITHUB_STEP_SUMMARY: summary } };
    expect(step).toContain('shell: bash');
    expect(spawnSync('bash', ['-eo', 'pipefail', '-c', script], options).status).toBe(code);
    expect(readFileSync(summary, 'utf8')).toContain(`report tsx cli/main.ts access --base ${temp}/base`);
  });
});

describe('a release by GitHub Actions', () => {
  const release = readFileSync(join(folder, 'release.yml'), 'utf8');

  test('is started by a person only, on main, after the checks', () => {
    expect(release).toMatch(/^on:\n {2}workflow_dispatch:\n\n/m);
    expect(release).toContain("if: github.ref == 'refs/heads/main'");
    expect(release).toMatch(/^ {4}needs: check$/m);
  });

  test('publishes with provenance, by trusted publishing: no token is stored', () => {
    expect(release).toMatch(/npm publish release\/\S+ --provenance/);
    expect(release).toMatch(/^ {6}id-token: write # for npm/m);
    expect(release).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
  });

  test('ships authorizer.zip and the notes with its sum', () => {
    expect(release).toMatch(/gh release create .* release\/authorizer\.zip .* --notes-file release\/notes\.md/);
  });
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

  describe('examines the deployed API afterwards', () => {
    const [, step = ''] = /- name: Public routes answer.*\n((?: {8,}.*\n)+)/.exec(deploy) ?? [];
    const [, script = ''] = /run: \|\n((?: {10}.*\n)+)/.exec(step) ?? [];

    /** Runs the step where `npm` finds nothing wrong from its n-th call on. */
    function run(goodAtCall: number): { readonly code: number | null; readonly calls: string[] } {
      const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
      const command = (name: string, text: string) =>
        writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      command('npm', `echo "$@" >>"${folder}/calls"; [ $(wc -l <"${folder}/calls") -ge ${goodAtCall} ]`);
      command('sleep', '');
      const outputs = { 'authaction-api-prod': { ApiUrl: 'https://abc.example.com/prod/' } };
      writeFileSync(join(folder, 'outputs.json'), JSON.stringify(outputs));
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, RUNNER_TEMP: folder };
      const { status } = spawnSync('bash', ['-e', '-c', script], { env });
      return { code: status, calls: readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') };
    }

    test('with the doctor, at the address that the stack gives', () => {
      expect(run(1)).toEqual({ code: 0, calls: ['run doctor -- --url https://abc.example.com/prod/'] });
    });

    test('again where the stage still answers as before, and is red where that stays so', () => {
      expect(run(3)).toMatchObject({ code: 0, calls: { length: 3 } });
      expect(run(4)).toMatchObject({ code: 1, calls: { length: 3 } });
    });

    test('without the credentials of the deployment', () => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
        expect(step).toContain(`${name}: ""\n`);
      }
    });
  });
});
