import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { readEnvironment, readStageEnvironment } from '../../infra/environment';
import { ProblemsError, type SettingProblem } from '../../infra/problems';
import { findUnknownSettings } from '../../infra/setting-names';
import { settingsTable } from '../../infra/settings';
import { requiredSettings } from '../support/infra';
import { runTool, TSX } from '../support/run-tool';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'));
  file = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a `.env` file of this content sets. */
function read(content: string | Buffer): unknown {
  writeFileSync(file, content);
  return readEnvironment(file, {});
}

function problemsOf(act: () => unknown): readonly SettingProblem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems as readonly SettingProblem[];
    throw error;
  }
  return [];
}

describe('the environment of a stage', () => {
  beforeEach(() => {
    writeFileSync(file, 'STAGE=prod\nRUNBOOK_URL="runbook.md"\n');
    writeFileSync(`${file}.prod`, 'RUNBOOK_URL=prod.md\n');
  });

  test('takes a variable of the process before that of the file, unless it is empty', () => {
    expect(readEnvironment(file, { STAGE: 'dev', RUNBOOK_URL: '' })).toEqual({
      STAGE: 'dev',
      RUNBOOK_URL: 'runbook.md',
    });
  });

  test('takes the file of the stage before the common one', () => {
    expect(readStageEnvironment(folder, undefined, {})).toMatchObject({
      env: { RUNBOOK_URL: 'prod.md' },
      stage: 'prod',
    });
    expect(readStageEnvironment(folder, 'test', {})).toMatchObject({
      env: { RUNBOOK_URL: 'runbook.md' },
      stage: 'test',
    });
  });

  test('reads no file with ENV_FILES=off', () => {
    expect(readStageEnvironment(folder, undefined, { A: '1' })).toMatchObject({ stage: 'prod' });
    const off = { ENV_FILES: 'off', A: '1' };
    expect(readStageEnvironment(folder, undefined, off)).toEqual({ env: off, stage: 'dev' });
    expect(readStageEnvironment(folder, 'test', off)).toEqual({ env: off, stage: 'test' });
  });

  test('needs no file', () => {
    expect(readEnvironment(`${file}.none`, { A: '1' })).toEqual({ A: '1' });
  });
});

describe('a .env file', () => {
  const text = 'AUTHACTION_DOMAIN=tenant.example.com\nRUNBOOK_URL=é\n';
  const utf16le = Buffer.from(`\uFEFF${text}`, 'utf16le');
  test.each<[string, string | Buffer]>([
    ['in UTF-8', text],
    ['with a byte order mark', `\uFEFF${text}`],
    ['in UTF-16, little endian', utf16le],
    ['in UTF-16, big endian', Buffer.from(utf16le).swap16()],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['with CR', text.replaceAll('\n', '\r')],
    ['without a last line end', text.trimEnd()],
  ])('is read %s', (_form, content) => {
    expect(read(content)).toEqual({ AUTHACTION_DOMAIN: 'tenant.example.com', RUNBOOK_URL: 'é' });
  });

  test.each<[string, Record<string, string>]>([
    ['', {}],
    ['# comment\n\n   # A=1\n', {}],
    ['A=1 # comment', { A: '1' }],
    ['A= # comment', { A: '' }],
    ['A=#comment', { A: '' }],
    ['A=', { A: '' }],
    ['  A = 1  ', { A: '1' }],
    ['\texport A=1', { A: '1' }],
    ['A=one two', { A: 'one two' }],
    ['A=b=c', { A: 'b=c' }],
    ['A="b # c" # comment', { A: 'b # c' }],
    [`A='{"keys":[]}'`, { A: '{"keys":[]}' }],
    ['A={"keys":[]}', { A: '{"keys":[]}' }],
    ['A=`it\'s "so"`', { A: 'it\'s "so"' }],
    ['A="b\nc"\nD=e', { A: 'b\nc', D: 'e' }],
    ['A="b\\nc"', { A: 'b\nc' }],
    ["A='b\\nc'", { A: 'b\\nc' }],
    ['A=" b "', { A: ' b ' }],
    ['A=\nA=1', { A: '1' }],
    ['A=1\nA=', { A: '1' }],
    ['A=1\nA=1', { A: '1' }],
  ])('is read: %j', (content, values) => {
    expect(read(content)).toEqual(values);
  });

  test.each<[string, string, string]>([
    ['A=1\nAUTHACTION_DOMAIN: tenant.example.com', '.env line 2', 'is neither NAME=value nor a # comment'],
    ['AUTHACTION_DOMAIN tenant.example.com', '.env line 1', 'is neither'],
    ['2A=1', '.env line 1', 'is neither'],
    ['A="b\n\nB=1', '.env line 1', '(A) opens a " that is never closed'],
    ['A="{"keys":[]}"', '.env line 1', '(A) continues after its closing "'],
    ['A="b" c', '.env line 1', '(A) continues'],
    ['B="1\n2"\nA=https://example.com/#runbook', '.env line 3', '(A) has a # inside its value'],
    ['A=“b”', '.env line 1', '(A) has typographic quotes'],
    ['A=1\nA=2', '.env line 2', 'sets A a second time'],
  ])('is refused by the line: %j', (content, setting, problem) => {
    expect(problemsOf(() => read(content))).toEqual([{ setting, text: expect.stringContaining(problem) }]);
  });

  test('is refused with every problem at once, and without a value', () => {
    const act = () => read('A=1\nsecret-one\nB="secret-two\nC=secret-three#\n');
    expect(problemsOf(act).map(({ setting }) => setting)).toEqual(['.env line 2', '.env line 3', '.env line 4']);
    expect(act).toThrow(/^(?!.*secret)/s);
  });

  test.each<[string, Buffer]>([
    ['in UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['in Latin-1', Buffer.from(text, 'latin1')],
    ['in UTF-32', Buffer.from('fffe000041000000', 'hex')],
  ])('is refused %s', (_form, content) => {
    expect(problemsOf(() => read(content))).toEqual([
      { setting: '.env', text: 'is neither UTF-8 nor UTF-16 text: save it as UTF-8' },
    ]);
  });

  test.each<[string, (path: string) => void, string]>([
    ['a folder', (path) => mkdirSync(path), 'is a folder'],
    ['a link to itself', (path) => symlinkSync(path, path), 'cannot be read (ELOOP)'],
  ])('is refused in one sentence when it is %s', (_what, make, problem) => {
    for (const name of ['.env', '.env.dev']) {
      rmSync(file, { force: true, recursive: true });
      make(join(folder, name));
      expect(problemsOf(() => readStageEnvironment(folder, undefined, {}))).toEqual([
        { setting: name, text: expect.stringContaining(problem) },
      ]);
    }
  });
});

describe('a name that is no setting', () => {
  test.each([
    ['AUTHACTION_ALOWED_CLIENTS', 'AUTHACTION_ALLOWED_CLIENTS'],
    ['AUTHACTION_ALLOWED_CLIENT', 'AUTHACTION_ALLOWED_CLIENTS'],
    ['AUTHACTION_DOMIAN', 'AUTHACTION_DOMAIN'],
    ['AUTHACTION_DOMAIN_NAME', 'AUTHACTION_DOMAIN'],
    ['AUTH_ACTION_AUDIENCE', 'AUTHACTION_AUDIENCE'],
    ['AUTHACTOIN_AUDIENCE', 'AUTHACTION_AUDIENCE'],
    ['authaction_audience', 'AUTHACTION_AUDIENCE'],
    ['AUTHACTION-AUDIENCE', 'AUTHACTION_AUDIENCE'],
    ['AUTHACTION_CLIENTID', 'AUTHACTION_CLIENT_ID'],
    ['AUTHACTION_CLIENT_SERCET', 'AUTHACTION_CLIENT_SECRET'],
    ['AUTHORIZER_CACHE_TTL_SECOND', 'AUTHORIZER_CACHE_TTL_SECONDS'],
    ['AUTHORISER_CACHE_TTL_SECONDS', 'AUTHORIZER_CACHE_TTL_SECONDS'],
    ['CORS_ALLOWED_ORIGIN', 'CORS_ALLOW_ORIGIN'],
    ['LOG_RETENTION_DAY', 'LOG_RETENTION_DAYS'],
    ['ACCESS_LOG', 'ACCESS_LOGS'],
    ['STAEG', 'STAGE'],
    ['stage', 'STAGE'],
  ])('is a problem that says the right one: %s', (name, nearest) => {
    expect(findUnknownSettings([name])).toEqual([
      { setting: name, text: `is not a setting: did you mean ${nearest}?` },
    ]);
  });

  test('is a problem among AUTHACTION_ names however far it is from every setting, and says which there are', () => {
    expect(findUnknownSettings(['AUTHACTION_REGION'])).toEqual([
      {
        setting: 'AUTHACTION_REGION',
        text: expect.stringMatching(
          /^is not a setting: those are AUTHACTION_DOMAIN, (AUTHACTION_\w+, )+AUTHACTION_CLIENT_SECRET$/,
        ),
      },
    ]);
  });

  test('is none of the settings, none that tools read, and nothing of other programs', () => {
    const ours = [...Object.keys(settingsTable), 'AUTHACTION_CLIENT_ID', 'AUTHACTION_CLIENT_SECRET'];
    const tools = ['PORT', 'ISSUER_PORT', 'CONSOLE_PORT', 'API_URL', 'TOKEN_URL', 'CLIENT_SCOPES', 'ENV_FILES'];
    const others = ['PATH', 'HOME', 'PAGER', 'STATE', 'USAGE', 'AWS_PROFILE', 'AWS_REGION', 'LOG_LEVEL', 'LS_COLORS'];
    expect(findUnknownSettings([...ours, ...tools, ...others])).toEqual([]);
    expect(findUnknownSettings(Object.keys(process.env).filter((name) => !/^auth/i.test(name)))).toEqual([]);
  });

  test('stops in the process and in both files', () => {
    const setting = 'AUTHACTION_ALOWED_CLIENTS';
    expect(problemsOf(() => readStageEnvironment(folder, undefined, { [setting]: 'only-me' }))).toHaveLength(1);
    const off = { ENV_FILES: 'off', [setting]: 'only-me' };
    expect(problemsOf(() => readStageEnvironment(folder, undefined, off))).toHaveLength(1);
    for (const name of ['.env', '.env.dev']) {
      writeFileSync(join(folder, name), `${setting}=only-me\n`);
      expect(problemsOf(() => readStageEnvironment(folder, undefined, {}))).toMatchObject([{ setting }]);
      rmSync(join(folder, name));
    }
  });

  const typo = { AUTHACTION_ALOWED_CLIENTS: 'only-me' };
  const message =
    'The settings cannot be used (see .env.example):\n  - AUTHACTION_ALOWED_CLIENTS is not a setting: did you mean AUTHACTION_ALLOWED_CLIENTS?\n';

  test('stops synth', () => {
    const { PATH } = process.env;
    const env = { PATH, ENV_FILES: 'off', ...requiredSettings, ...typo };
    const { status, stderr } = spawnSync(process.execPath, [...TSX, 'infra/app.ts'], {
      ...{ cwd: projectRoot, env, encoding: 'utf8' },
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: message });
  });

  test.each([
    ['start', []],
    ['token', []],
    ['doctor', []],
    ['invoke', ['AuthorizerFunction', 'events/authorizer/good-token.json']],
  ])('stops the command %s', async (tool, args) => {
    const { code, stderr } = await runTool(tool, args, typo);
    expect(stderr).toBe(message);
    expect(code).toBeGreaterThan(0);
  });
});
