import { readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { settings as authorizerSettings, ConfigError, parseConfig } from '../lambdas/authorizer/config';
import { type DeploymentSetting, defaultOf } from './settings-table';

/** Everything the stack is built from, parsed. What each means for an operator is in settings-table.ts. */
export interface Settings {
  /** `dev`, `prod`, …: part of the stack's name and name of the API's stage. */
  readonly stage: string;
  readonly architecture: 'arm64' | 'x86_64';
  /** How long API Gateway may re-use a decision for the same token, in seconds; 0 switches that off. */
  readonly cacheTtlSeconds: number;
  readonly authorizerMemoryMegabytes: number;
  /** The one origin browsers may call from, or `*`. */
  readonly corsAllowOrigin: string;
  /** Whether source maps go into the zips, so that stack traces name TypeScript lines. */
  readonly sourceMaps: boolean;
  /** Days that log lines are kept. */
  readonly logRetention: RetentionDays;
  readonly keepLogsOnDelete: boolean;
  /** Steady rate per route, in requests per second. */
  readonly throttleRequestsPerSecond: number;
  readonly throttleBurstRequests: number;
  readonly accessLogs: 'off' | 'on' | 'on-with-account-role';
  readonly alarmTopicArn: string | undefined;
  readonly runbookUrl: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Environment of the authorizer, validated: every `AUTHACTION_…` setting, with its default where none was given. */
  readonly authorizerEnvironment: Readonly<Record<keyof typeof authorizerSettings, string>>;
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of the process, completed by those of a `.env` file where there is one. */
export function readEnvironment(file: string, env: Environment = process.env): Environment {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  return { ...parseEnv(text), ...given };
}

/**
 * The variables for a stage: those of the process, of `.env.<stage>`, of `.env`; the first that has a value wins.
 * With `ENV_FILES=off` among those of the process no file is read: tests do not depend on a developer's.
 *
 * @param folder where the files are.
 * @param chosen the stage, where it was given otherwise than by `STAGE`.
 * @param variables those of the process.
 */
export function readStageEnvironment(
  folder: string,
  chosen?: unknown,
  variables: Environment = process.env,
): { env: Environment; stage: unknown } {
  if (variables.ENV_FILES === 'off') return { env: variables, stage: chosen ?? (variables.STAGE || 'dev') };
  const common = join(folder, '.env');
  const stage = chosen ?? (readEnvironment(common, variables).STAGE || 'dev');
  return { env: readEnvironment(common, readEnvironment(`${common}.${String(stage)}`, variables)), stage };
}

/**
 * Parses the settings of a deployment.
 *
 * @param stage from the CDK context (`-c stage=prod`), where given; else `STAGE`, else `dev`.
 * @throws ConfigError that lists every problem, those of the authorizer's settings included.
 */
export function parseSettings(env: Environment, stage: unknown = env.STAGE || 'dev'): Settings {
  const problems: string[] = [];
  try {
    parseConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }

  const stageName = typeof stage === 'string' && /^[a-z][a-z0-9]{0,19}$/.test(stage) ? stage : '';
  if (!stageName) problems.push('STAGE is not a short name of lower-case letters and digits, for example dev or prod');

  function read<T>(name: DeploymentSetting, parse: (value: string) => T | undefined, expected: string): T {
    const value = parse(env[name]?.trim() || defaultOf(name, stageName));
    if (value === undefined) problems.push(`${name} is not ${expected}`);
    return value as T; // never used when a problem was found: those are thrown below
  }

  const settings: Settings = {
    stage: stageName,
    architecture: read('LAMBDA_ARCHITECTURE', oneOf(architectures), 'one of arm64, x86_64, host'),
    cacheTtlSeconds: read('AUTHORIZER_CACHE_TTL_SECONDS', whole(0, 3600), 'a whole number from 0 to 3600'),
    authorizerMemoryMegabytes: read(
      'AUTHORIZER_MEMORY_MEGABYTES',
      whole(128, 10_240),
      'a whole number from 128 to 10240',
    ),
    corsAllowOrigin: read(
      'CORS_ALLOW_ORIGIN',
      matching(/^(\*|https?:\/\/[^\s/'"]+)$/),
      '* or one origin such as https://app.example.com',
    ),
    sourceMaps: read('LAMBDA_SOURCE_MAPS', oneOf(booleans), 'true or false'),
    logRetention: read('LOG_RETENTION_DAYS', retention, `one of ${retentionDays.join(', ')}`),
    keepLogsOnDelete: read('LOG_KEEP_ON_DELETE', oneOf(booleans), 'true or false'),
    throttleRequestsPerSecond: read(
      'THROTTLE_REQUESTS_PER_SECOND',
      whole(1, 1_000_000),
      'a whole number from 1 to 1000000',
    ),
    throttleBurstRequests: read('THROTTLE_BURST_REQUESTS', whole(1, 1_000_000), 'a whole number from 1 to 1000000'),
    accessLogs: read('ACCESS_LOGS', oneOf(accessLogs), 'one of off, on, on-with-account-role'),
    alarmTopicArn:
      read(
        'ALARM_TOPIC_ARN',
        matching(/^(|arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256})$/),
        'the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:123456789012:alarms',
      ) || undefined,
    runbookUrl: read('RUNBOOK_URL', matching(/^[^\s]{1,300}$/), 'an address without blanks of at most 300 characters'),
    tags: read('TAGS', parseTags, 'a list such as owner=payments,cost-center=42'),
    authorizerEnvironment: Object.fromEntries(
      Object.entries(authorizerSettings).map(([key, fallback]) => [key, env[key]?.trim() || fallback || '']),
    ) as Record<keyof typeof authorizerSettings, string>,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

const architectures = { arm64: 'arm64', x86_64: 'x86_64', host: arch() === 'arm64' ? 'arm64' : 'x86_64' } as const;
const booleans = { true: true, false: false } as const;
const accessLogs = { off: 'off', on: 'on', 'on-with-account-role': 'on-with-account-role' } as const;

/** CDK's enumeration, without its "never expires". */
const retentionDays = Object.values(RetentionDays).filter((days): days is RetentionDays => {
  return typeof days === 'number' && days !== RetentionDays.INFINITE;
});

const retention = (value: string): RetentionDays | undefined => retentionDays.find((days) => String(days) === value);

const oneOf =
  <T>(values: Readonly<Record<string, T>>) =>
  (value: string): T | undefined =>
    Object.hasOwn(values, value) ? values[value] : undefined;

const matching =
  (pattern: RegExp) =>
  (value: string): string | undefined =>
    pattern.test(value) ? value : undefined;

const whole =
  (min: number, max: number) =>
  (value: string): number | undefined =>
    /^\d{1,7}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined;

/** Keys and values as AWS takes them for every service. */
function parseTags(value: string): Record<string, string> | undefined {
  if (value === '') return {};
  const pairs = value.split(',').map((pair) => /^\s*([\w.:/+@-]{1,128})=([\w .:/+@-]{1,256})$/.exec(pair));
  if (pairs.some((pair) => pair === null || pair[1]?.toLowerCase().startsWith('aws:'))) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]]));
}
