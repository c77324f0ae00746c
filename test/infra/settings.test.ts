import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { parseSettings, readEnvironment, readStageEnvironment } from '../../infra/settings';
import { deploymentSettings, settingsTable } from '../../infra/settings-table';
import { settings as authorizerSettings, ConfigError } from '../../lambdas/authorizer/config';
import { requiredSettings } from '../support/infra';

const parse = (settings: Record<string, string> = {}, stage?: unknown) =>
  parseSettings({ ...requiredSettings, ...settings }, stage);

function problemsOf(settings: Record<string, string>, stage?: unknown): readonly string[] {
  try {
    parseSettings(settings, stage);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('a tenant and an audience are enough', () => {
  expect(parse()).toMatchObject({
    stage: 'dev',
    architecture: 'arm64',
    cacheTtlSeconds: 300,
    authorizerMemoryMegabytes: 512,
    corsAllowOrigin: '*',
    sourceMaps: false,
    accessLogs: 'off',
    alarmTopicArn: undefined,
    runbookUrl: 'docs/operations.md',
    tags: {},
  });
});

test('dev is small and forgets quickly, every other stage is made for production', () => {
  const sizes = ({
    logRetention,
    keepLogsOnDelete,
    throttleRequestsPerSecond,
    throttleBurstRequests,
  }: ReturnType<typeof parse>) => [logRetention, keepLogsOnDelete, throttleRequestsPerSecond, throttleBurstRequests];
  expect(sizes(parse({}, 'dev'))).toEqual([7, false, 50, 100]);
  expect(sizes(parse({}, 'prod'))).toEqual([90, true, 500, 1000]);
  expect(sizes(parse({}, 'staging'))).toEqual(sizes(parse({}, 'prod')));
});

test('the stage comes from the context, else from STAGE', () => {
  expect(parse({ STAGE: 'test' }).stage).toBe('test');
  expect(parse({ STAGE: 'test' }, 'prod').stage).toBe('prod');
});

test.each([
  ['CORS_ALLOW_ORIGIN', 'https://app.example.com', { corsAllowOrigin: 'https://app.example.com' }],
  ['AUTHORIZER_CACHE_TTL_SECONDS', '0', { cacheTtlSeconds: 0 }],
  ['AUTHORIZER_MEMORY_MEGABYTES', '1024', { authorizerMemoryMegabytes: 1024 }],
  ['LAMBDA_ARCHITECTURE', 'x86_64', { architecture: 'x86_64' }],
  ['LAMBDA_ARCHITECTURE', 'host', { architecture: arch() === 'arm64' ? 'arm64' : 'x86_64' }],
  ['LAMBDA_SOURCE_MAPS', 'true', { sourceMaps: true }],
  ['LOG_RETENTION_DAYS', '365', { logRetention: 365 }],
  ['LOG_KEEP_ON_DELETE', 'true', { keepLogsOnDelete: true }],
  ['THROTTLE_REQUESTS_PER_SECOND', '7', { throttleRequestsPerSecond: 7 }],
  ['THROTTLE_BURST_REQUESTS', '9', { throttleBurstRequests: 9 }],
  ['ACCESS_LOGS', 'on', { accessLogs: 'on' }],
  [
    'ALARM_TOPIC_ARN',
    'arn:aws:sns:eu-central-1:123456789012:alarms',
    { alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms' },
  ],
  [
    'RUNBOOK_URL',
    'https://git.example.com/api/operations.md',
    { runbookUrl: 'https://git.example.com/api/operations.md' },
  ],
  ['TAGS', 'owner=payments,cost-center=42', { tags: { owner: 'payments', 'cost-center': '42' } }],
])('%s may be %s', (name, value, expected) => {
  expect(parse({ [name]: value })).toMatchObject(expected);
});

test.each([
  ['STAGE', 'Prod!'],
  ['CORS_ALLOW_ORIGIN', "https://a.example.com' 'https://b.example.com"],
  ['CORS_ALLOW_ORIGIN', 'https://a.example.com/path'],
  ['AUTHORIZER_CACHE_TTL_SECONDS', '3601'],
  ['AUTHORIZER_CACHE_TTL_SECONDS', '1e3'],
  ['AUTHORIZER_MEMORY_MEGABYTES', '64'],
  ['LAMBDA_ARCHITECTURE', 'constructor'],
  ['LAMBDA_SOURCE_MAPS', 'yes'],
  ['LOG_RETENTION_DAYS', '8'],
  ['LOG_RETENTION_DAYS', '9999'],
  ['LOG_KEEP_ON_DELETE', '1'],
  ['THROTTLE_REQUESTS_PER_SECOND', '0'],
  ['THROTTLE_BURST_REQUESTS', '-1'],
  ['ACCESS_LOGS', 'true'],
  ['ALARM_TOPIC_ARN', 'alarms'],
  ['RUNBOOK_URL', 'two words'],
  ['TAGS', 'owner'],
  ['TAGS', 'aws:owner=me'],
])('%s may not be %s', (name, value) => {
  expect(problemsOf({ ...requiredSettings, [name]: value })).toEqual([expect.stringMatching(`^${name} is not `)]);
});

test('every problem is reported at once, those of the authorizer among them', () => {
  const problems = problemsOf({ AUTHACTION_DOMAIN: 'http://x', LOG_RETENTION_DAYS: '8', ACCESS_LOGS: 'maybe' }, 'NO');
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'AUTHACTION_DOMAIN',
    'AUTHACTION_AUDIENCE',
    'STAGE',
    'LOG_RETENTION_DAYS',
    'ACCESS_LOGS',
  ]);
});

test('blanks around a value are no part of it', () => {
  expect(parse({ LOG_RETENTION_DAYS: ' 30 ' }).logRetention).toBe(30);
});

test('the settings table lists every setting once, with its default', () => {
  const names = settingsTable.map(({ name }) => name);
  expect(names).toEqual([...Object.keys(authorizerSettings), ...Object.keys(deploymentSettings)]);
  expect(new Set(names).size).toBe(names.length);
  for (const { meaning } of settingsTable) expect(meaning).toMatch(/^[A-Z`].{10,}/);
});

describe('environment', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), '.env');
  writeFileSync(file, 'STAGE=prod\nTAGS="owner=payments"\n');

  test('a variable wins over the file, an empty one does not', () => {
    expect(readEnvironment(file, { STAGE: 'dev', TAGS: '' })).toEqual({ STAGE: 'dev', TAGS: 'owner=payments' });
  });

  test('no file is read with ENV_FILES=off', () => {
    const folder = dirname(file);
    expect(readStageEnvironment(folder, undefined, { A: '1' })).toMatchObject({ stage: 'prod' });
    const off = { ENV_FILES: 'off', A: '1' };
    expect(readStageEnvironment(folder, undefined, off)).toEqual({ env: off, stage: 'dev' });
    expect(readStageEnvironment(folder, 'test', off)).toEqual({ env: off, stage: 'test' });
  });

  test('no file is no problem', () => {
    expect(readEnvironment(`${file}.none`, { A: '1' })).toEqual({ A: '1' });
  });
});

test('cdk synth without settings ends with one message that lists what is missing and what to do', () => {
  const { PATH, HOME } = process.env;
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'infra/app.ts'], {
    cwd: projectRoot,
    env: {
      PATH,
      HOME,
      ENV_FILES: 'off',
      STAGE: 'without',
      AUTHACTION_DOMAIN: 'http://plain.example.com',
      AUTHACTION_AUDIENCE: 'a b',
    },
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    'The settings cannot be used:',
    expect.stringContaining('AUTHACTION_DOMAIN'),
    expect.stringContaining('AUTHACTION_AUDIENCE'),
    expect.stringContaining('.env.example'),
  ]);
  expect(status).toBe(1);
});
