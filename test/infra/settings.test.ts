import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { projectRoot } from '../../infra/bundling';
import { ProtectedApi, type ProtectedApiProps } from '../../infra/constructs/protected-api';
import { ProblemsError, type SettingProblem } from '../../infra/problems';
import { defaultOf, parseSettings, type Setting, settingsTable } from '../../infra/settings';
import { settings as authorizerSettings } from '../../lambdas/authorizer/config';
import { routes } from '../../lambdas/routes';
import { apiTemplate, inlineHandlers, requiredProps, requiredSettings, testApp } from '../support/infra';

const parse = (settings: Record<string, string> = {}, stage?: unknown) =>
  parseSettings({ ...requiredSettings, ...settings }, stage);

function problemsOf(settings: Record<string, string>, stage?: unknown): readonly SettingProblem[] {
  try {
    parseSettings(settings, stage);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems as readonly SettingProblem[];
    throw error;
  }
  return [];
}

test('a tenant and an audience are enough', () => {
  expect(parse()).toEqual({
    stage: 'dev',
    stackName: 'authaction-api-dev',
    alarmTopicArn: undefined,
    sourceMaps: false,
    api: expect.objectContaining({
      domain: 'tenant.example.com',
      audience: ['https://api.example.com'],
      architecture: Architecture.ARM_64,
      cacheTtl: Duration.seconds(300),
      authorizerMemorySize: 512,
      allowOrigins: ['*'],
      allowCredentials: false,
      accessLogs: false,
      cloudWatchRole: false,
      runbookUrl: 'docs/operations.md',
    }),
  });
});

test('dev is small and keeps its logs for a short time, every other stage is made for production', () => {
  const sizes = (stage: string) => {
    const { logRetention, logRemovalPolicy, throttlingRateLimit, throttlingBurstLimit } = parse({}, stage).api;
    return [logRetention, logRemovalPolicy, throttlingRateLimit, throttlingBurstLimit];
  };
  expect(sizes('dev')).toEqual([7, RemovalPolicy.DESTROY, 50, 100]);
  expect(sizes('prod')).toEqual([90, RemovalPolicy.RETAIN, 500, 1000]);
  expect(sizes('staging')).toEqual(sizes('prod'));
});

test('dev logs every decision and has every metric, other stages have what production needs', () => {
  const { allowLogRate, monitoring } = parse().api;
  expect([allowLogRate, monitoring]).toEqual([1, 'full']);
  const others = parse({}, 'prod').api;
  expect([others.allowLogRate, others.monitoring]).toEqual([0.05, 'essential']);
});

test('the stage comes from the context, else from STAGE', () => {
  expect(parse({ STAGE: 'test' }).stage).toBe('test');
  expect(parse({ STAGE: 'test' }, 'prod').stage).toBe('prod');
});

test.each([
  ['AUTHACTION_DOMAIN', 'other.example.com', { domain: 'other.example.com' }],
  ['AUTHACTION_AUDIENCE', 'https://a.example.com, b', { audience: ['https://a.example.com', 'b'] }],
  ['AUTHACTION_SCOPE_CLAIM', 'permissions', { scopeClaim: 'permissions' }],
  [
    'AUTHACTION_CONTEXT_CLAIMS',
    'org_id, https://example.com/roles',
    { contextClaims: ['org_id', 'https://example.com/roles'] },
  ],
  ['AUTHACTION_TOKEN_TYPE', 'at+jwt', { tokenType: 'at+jwt' }],
  ['AUTHACTION_ALLOWED_CLIENTS', 'one,two', { allowedClients: ['one', 'two'] }],
  ['AUTHACTION_KEYS_MAX_AGE_SECONDS', '300', { keysMaxAge: Duration.seconds(300) }],
  ['AUTHACTION_ALLOW_LOG_RATE', '0.05', { allowLogRate: 0.05 }],
  ['MONITORING', 'none', { monitoring: 'none' }],
  ['CORS_ALLOW_ORIGIN', 'https://app.example.com', { allowOrigins: ['https://app.example.com'] }],
  [
    'CORS_ALLOW_ORIGIN',
    'https://app.example.com, http://localhost:5173,capacitor://localhost',
    { allowOrigins: ['https://app.example.com', 'http://localhost:5173', 'capacitor://localhost'] },
  ],
  ['CORS_ALLOW_HEADERS', 'X-Request-Id, X-Tenant', { allowHeaders: ['X-Request-Id', 'X-Tenant'] }],
  ['CORS_EXPOSE_HEADERS', 'ETag', { exposeHeaders: ['ETag'] }],
  ['CORS_ALLOW_CREDENTIALS', 'false', { allowCredentials: false }],
  ['RESOURCE_METADATA', 'on', { protectedResource: {} }],
  ['RESOURCE_METADATA', 'https://api.example.com/v1', { protectedResource: { url: 'https://api.example.com/v1' } }],
  ['AUTHORIZER_CACHE_TTL_SECONDS', '0', { cacheTtl: Duration.seconds(0) }],
  ['AUTHORIZER_MEMORY_MEGABYTES', '1024', { authorizerMemorySize: 1024 }],
  ['LAMBDA_ARCHITECTURE', 'x86_64', { architecture: Architecture.X86_64 }],
  ['LAMBDA_ARCHITECTURE', 'host', { architecture: arch() === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64 }],
  ['LOG_RETENTION_DAYS', '365', { logRetention: 365 }],
  ['LOG_KEEP_ON_DELETE', 'true', { logRemovalPolicy: RemovalPolicy.RETAIN }],
  ['THROTTLE_REQUESTS_PER_SECOND', '7', { throttlingRateLimit: 7 }],
  ['THROTTLE_BURST_REQUESTS', '9', { throttlingBurstLimit: 9 }],
  ['ACCESS_LOGS', 'on', { accessLogs: true, cloudWatchRole: false }],
  ['ACCESS_LOGS', 'on-with-account-role', { accessLogs: true, cloudWatchRole: true }],
  [
    'RUNBOOK_URL',
    'https://git.example.com/api/operations.md',
    { runbookUrl: 'https://git.example.com/api/operations.md' },
  ],
])('%s may be %s', (name, value, expected) => {
  expect(parse({ [name]: value }).api).toMatchObject(expected);
});

test('CORS_ALLOW_CREDENTIALS may be true only where origins are listed', () => {
  const problem = { setting: 'CORS_ALLOW_CREDENTIALS', text: expect.stringMatching(/^needs origins that are listed/) };
  for (const CORS_ALLOW_ORIGIN of ['', ' * ']) {
    expect(problemsOf({ ...requiredSettings, CORS_ALLOW_ORIGIN, CORS_ALLOW_CREDENTIALS: 'true' })).toEqual([problem]);
  }
  const { api } = parse({ CORS_ALLOW_ORIGIN: 'https://app.example.com', CORS_ALLOW_CREDENTIALS: 'true' });
  expect(api).toMatchObject({ allowOrigins: ['https://app.example.com'], allowCredentials: true });
});

test('lists of headers name each one where CORS_ALLOW_CREDENTIALS is true', () => {
  const settings = { ...requiredSettings, CORS_ALLOW_ORIGIN: 'https://app.example.com' };
  for (const setting of ['CORS_ALLOW_HEADERS', 'CORS_EXPOSE_HEADERS']) {
    const text = expect.stringMatching(/^needs names instead of \*/);
    expect(problemsOf({ ...settings, [setting]: 'ETag, *', CORS_ALLOW_CREDENTIALS: 'true' })).toEqual([
      { setting, text },
    ]);
    expect(() => parse({ ...settings, [setting]: '*' })).not.toThrow();
  }
});

test('RESOURCE_METADATA_ISSUER is the issuer of the metadata, where there are any', () => {
  const RESOURCE_METADATA_ISSUER = 'https://tenant.example.com/';
  expect(parse({ RESOURCE_METADATA: 'on', RESOURCE_METADATA_ISSUER }).api.protectedResource).toEqual({
    issuer: RESOURCE_METADATA_ISSUER,
  });
  expect(parse({ RESOURCE_METADATA_ISSUER }).api).not.toHaveProperty('protectedResource');
  expect(parse().api).not.toHaveProperty('protectedResource');
});

test('STACK_NAME may name the stack, whatever the stage', () => {
  expect(parse({ STACK_NAME: 'second-copy' }, 'prod')).toMatchObject({ stage: 'prod', stackName: 'second-copy' });
});

test('LAMBDA_SOURCE_MAPS may be true', () => {
  expect(parse({ LAMBDA_SOURCE_MAPS: 'true' })).toMatchObject({ sourceMaps: true });
});

test('ALARM_TOPIC_ARN may be the ARN of a topic', () => {
  const alarmTopicArn = 'arn:aws:sns:eu-central-1:123456789012:alarms';
  expect(parse({ ALARM_TOPIC_ARN: alarmTopicArn })).toMatchObject({ alarmTopicArn });
});

test.each([
  ['STAGE', 'Prod!'],
  ['STACK_NAME', '1-api'],
  ['STACK_NAME', 'an api'],
  ['CORS_ALLOW_ORIGIN', "https://a.example.com' 'https://b.example.com"],
  ['CORS_ALLOW_ORIGIN', 'https://a.example.com/path'],
  ['CORS_ALLOW_ORIGIN', 'https://a.example.com/'],
  ['CORS_ALLOW_ORIGIN', 'https://A.example.com'],
  ['CORS_ALLOW_ORIGIN', 'https://a.example.com:443'],
  ['CORS_ALLOW_ORIGIN', 'https://*.example.com'],
  ['CORS_ALLOW_ORIGIN', 'https://a.example.com,*'],
  ['CORS_ALLOW_ORIGIN', 'a.example.com'],
  ['CORS_ALLOW_HEADERS', 'X Y'],
  ['CORS_EXPOSE_HEADERS', "X-Y'"],
  ['CORS_ALLOW_CREDENTIALS', 'yes'],
  ['RESOURCE_METADATA', 'true'],
  ['RESOURCE_METADATA', 'https://api.example.com/'],
  ['RESOURCE_METADATA', 'http://api.example.com'],
  ['RESOURCE_METADATA_ISSUER', 'tenant.example.com'],
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
  ['AUTHACTION_KEYS_MAX_AGE_SECONDS', '299'],
  ['AUTHACTION_KEYS_MAX_AGE_SECONDS', '6h'],
  ['AUTHACTION_ALLOW_LOG_RATE', '2'],
  ['MONITORING', 'some'],
])('%s may not be %s', (setting, value) => {
  expect(problemsOf({ ...requiredSettings, [setting]: value })).toEqual([
    { setting, text: expect.stringMatching(/^is not /) },
  ]);
});

test('reports every problem at once, those of the authorizer included', () => {
  const problems = problemsOf({ AUTHACTION_DOMAIN: 'http://x', LOG_RETENTION_DAYS: '8', ACCESS_LOGS: 'maybe' }, 'NO');
  expect(problems.map(({ setting }) => setting)).toEqual([
    'AUTHACTION_DOMAIN',
    'AUTHACTION_AUDIENCE',
    'STAGE',
    'LOG_RETENTION_DAYS',
    'ACCESS_LOGS',
  ]);
});

test('spaces around a value are not part of it', () => {
  expect(parse({ LOG_RETENTION_DAYS: ' 30 ' }).api.logRetention).toBe(30);
});

test("the table has every setting of the authorizer, with the authorizer's default in dev", () => {
  const rows: Readonly<Record<string, Setting>> = settingsTable;
  const defaults = Object.keys(authorizerSettings).map((name) => [name, rows[name] && defaultOf(rows[name], 'dev')]);
  const theirs = Object.entries(authorizerSettings).map(([name, value]) => [name, value ?? '']);
  expect(Object.fromEntries(defaults)).toEqual(Object.fromEntries(theirs));
});

test.each(Object.entries(settingsTable))('%s has a meaning for the documentation', (_name, { meaning }) => {
  expect(meaning).toMatch(/^[A-Z`].{10,}/);
});

describe('a default', () => {
  /** README's defaults, by setting: what its readers believe, read without the code that writes it. */
  const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (–)?(?:`([^`]*)`)?(?:, in `dev` `([^`]*)`)? \| .* \|$/gm)].map(
    ([, name = '', isRequired, others = '', dev = others]) => ({ name, isRequired, dev, others }),
  );
  const documented = (stage: string): Record<string, string> =>
    Object.fromEntries(
      rows
        .filter(({ isRequired }) => !isRequired)
        .map(({ name, dev, others }) => [name, stage === 'dev' ? dev : others]),
    );

  test('is documented for every setting but the two that are required', () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(settingsTable));
    expect(rows.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(Object.keys(requiredSettings));
    expect(documented('dev')).toMatchObject({ STAGE: 'dev', LOG_RETENTION_DAYS: '7', AUTHACTION_JWKS: '' });
    expect(documented('prod')).toMatchObject({ LOG_RETENTION_DAYS: '90', ACCESS_LOGS: 'off' });
  });

  test.each(['dev', 'prod'])('given as documented makes the same %s stack as a setting that is left out', (stage) => {
    expect(apiTemplate(stage, documented(stage)).toJSON()).toEqual(apiTemplate(stage).toJSON());
  });

  test('of a prop is that of its setting in prod', () => {
    const template = (props: Partial<ProtectedApiProps>) => {
      const stack = new Stack(testApp(), 'Stack');
      const handlers = inlineHandlers(stack);
      new ProtectedApi(stack, 'Api', { ...requiredProps, routes, handlers, ...props });
      return Template.fromStack(stack).toJSON();
    };
    expect(template({})).toEqual(template(parse({}, 'prod').api));
  });
});

test('cdk synth with unusable settings prints one message that names each and what to do', () => {
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
    'The settings cannot be used (see .env.example):',
    expect.stringContaining('AUTHACTION_DOMAIN'),
    expect.stringContaining('AUTHACTION_AUDIENCE'),
  ]);
  expect(status).toBe(1);
});
