import { arch } from 'node:os';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { settings as authorizerSettings } from '../lambdas/authorizer/config';
import { parseAuthorizerSettings } from './authorizer-settings';
import { DEFAULT_RUNBOOK_URL } from './constructs/alarms';
import { authorizerDefaults } from './constructs/authorizer-props';
import {
  areHeaderNames,
  areOrigins,
  EXPECTED_HEADER_NAMES,
  EXPECTED_ORIGINS,
  NEEDS_HEADER_NAMES,
  NEEDS_ORIGINS,
} from './constructs/cors';
import type { Monitoring } from './constructs/monitoring';
import { apiDefaults, type ProtectedApiProps } from './constructs/protected-api';
import { isApiUrl } from './constructs/protected-resource';
import type { Environment } from './environment';
import { ProblemsError, type SettingProblem, settingsError } from './problems';
import type { SettingName } from './setting-names';

/** What the settings say about the API; each setting is one prop. */
type ApiSettings = Omit<ProtectedApiProps, 'routes' | 'handlers' | 'alarmTopic'>;

/** Everything the stack is built from. */
export interface Settings {
  /** `dev`, `prod`, …: part of the stack's name and name of the API's stage. */
  readonly stage: string;
  /** Name of the stack and of the API. */
  readonly stackName: string;
  readonly alarmTopicArn: string | undefined;
  /** Whether source maps go into the handlers' zips. */
  readonly sourceMaps: boolean;
  readonly api: ApiSettings;
}

/** What settings say besides single props of the API. */
interface OtherProps {
  readonly stackName: string;
  readonly alarmTopicArn: string;
  readonly sourceMaps: boolean;
  readonly metadataIssuer: string;
}

/** Default of a setting: one for every stage, or one for `dev` and one for all others. */
export type Default = string | { readonly dev: string; readonly others: string };

export interface Setting {
  /** Missing where the setting must be given. Empty: nothing. */
  readonly default?: Default;
  /** For the documentation. */
  readonly meaning: string;
  /** What a value must be: `${name} is not ${expected}`. Missing where the authorizer checks the value itself. */
  readonly expected?: string;
  /** The props that a value stands for, or `undefined` when it is not what was expected. */
  readonly toProps: (value: string) => Partial<ApiSettings & OtherProps> | undefined;
}

/** The settings, in the order of the documentation's table: environment variables that are read at synth. */
export const settingsTable = {
  AUTHACTION_DOMAIN: {
    meaning: "Your tenant's domain, such as `tenant.example.com`",
    toProps: (domain) => ({ domain }),
  },
  AUTHACTION_AUDIENCE: {
    meaning: 'Identifier of your API at AuthAction; several are separated by commas',
    toProps: (value) => ({ audience: list(value) }),
  },
  AUTHACTION_JWKS: {
    default: authorizerSettings.AUTHACTION_JWKS,
    meaning: 'Key set (JSON) that new containers start with, so that the first call need not wait for a fetch',
    toProps: (jwks) => ({ jwks }),
  },
  AUTHACTION_SCOPE_CLAIM: {
    default: authorizerSettings.AUTHACTION_SCOPE_CLAIM,
    meaning:
      "Claim that holds the token's scopes as a string; a claim other than `scope`, such as `permissions`, may also be a list",
    toProps: (scopeClaim) => ({ scopeClaim }),
  },
  AUTHACTION_CONTEXT_CLAIMS: {
    default: authorizerSettings.AUTHACTION_CONTEXT_CLAIMS,
    meaning: 'Claims that handlers get besides `sub`, scopes and client, separated by commas, such as `org_id,roles`',
    toProps: (value) => (value === '' ? {} : { contextClaims: list(value) }),
  },
  AUTHACTION_TOKEN_TYPE: {
    default: authorizerSettings.AUTHACTION_TOKEN_TYPE,
    meaning: 'Required `typ` of the token: `any` (`JWT`, `at+jwt` or none), or `at+jwt` (RFC 9068)',
    toProps: (value) => ({ tokenType: value === 'at+jwt' ? value : 'any' }),
  },
  AUTHACTION_ALLOWED_CLIENTS: {
    default: authorizerSettings.AUTHACTION_ALLOWED_CLIENTS,
    meaning: 'Subjects or client ids that may call the API, separated by commas; empty: every client',
    toProps: (value) => (value === '' ? {} : { allowedClients: list(value) }),
  },
  AUTHACTION_KEYS_MAX_AGE_SECONDS: {
    default: authorizerSettings.AUTHACTION_KEYS_MAX_AGE_SECONDS,
    meaning: 'How long keys stay in use while the provider cannot be reached: 300 (5 minutes) to 604800 (7 days)',
    toProps: (value) => ({ keysMaxAge: Duration.seconds(Number(value)) }),
  },
  AUTHACTION_KEYS_TIMEOUT_SECONDS: {
    default: authorizerSettings.AUTHACTION_KEYS_TIMEOUT_SECONDS,
    meaning: 'Total time for fetching the keys, 1 to 10; raise it for a slow provider',
    toProps: (value) => ({ keysTimeout: Duration.seconds(Number(value)) }),
  },
  AUTHACTION_REVOKED: {
    default: authorizerSettings.AUTHACTION_REVOKED,
    meaning:
      'Good tokens to refuse, separated by commas: `sub:…`, `client:…`, `kid:…` or `jti:…`; add `<` and a time to refuse only tokens issued before it',
    toProps: (value) => (value === '' ? {} : { revoked: list(value) }),
  },
  AUTHACTION_ALLOW_LOG_RATE: {
    default: { dev: authorizerSettings.AUTHACTION_ALLOW_LOG_RATE, others: String(authorizerDefaults.allowLogRate) },
    meaning: 'Share of Allow decisions that are logged, 0 to 1; refusals always are',
    toProps: (value) => ({ allowLogRate: Number(value) }),
  },
  STAGE: {
    default: 'dev',
    meaning:
      "Stage to deploy, also given as `-c stage=prod`; part of the stack's name, and the name of the API's stage",
    toProps: () => ({}),
  },
  STACK_NAME: {
    default: '',
    meaning:
      'Name of the stack and of the API, so that one account can hold several copies; empty: `authaction-api-<stage>`',
    expected: 'a name of letters, digits and hyphens that begins with a letter',
    toProps: (stackName) => (/^([A-Za-z][A-Za-z0-9-]{0,127})?$/.test(stackName) ? { stackName } : undefined),
  },
  CORS_ALLOW_ORIGIN: {
    default: '*',
    meaning: 'Origins whose pages may call the API, separated by commas, or `*` for every origin',
    expected: EXPECTED_ORIGINS,
    toProps: (value) => (areOrigins(list(value)) ? { allowOrigins: list(value) } : undefined),
  },
  CORS_ALLOW_HEADERS: {
    default: '',
    meaning: 'Request headers that browsers may send besides `Authorization` and `Content-Type`, separated by commas',
    expected: EXPECTED_HEADER_NAMES,
    toProps: (value) => (areHeaderNames(list(value)) ? { allowHeaders: list(value) } : undefined),
  },
  CORS_EXPOSE_HEADERS: {
    default: '',
    meaning: 'Response headers that pages may read besides those of refusals and request ids, separated by commas',
    expected: EXPECTED_HEADER_NAMES,
    toProps: (value) => (areHeaderNames(list(value)) ? { exposeHeaders: list(value) } : undefined),
  },
  CORS_ALLOW_CREDENTIALS: {
    default: 'false',
    meaning: 'Let pages send cookies; `true` needs a list of origins. Access tokens do not need this',
    expected: 'true or false',
    toProps: oneOf({ true: { allowCredentials: true }, false: { allowCredentials: false } }),
  },
  RESOURCE_METADATA: {
    default: 'off',
    meaning:
      "Publish the API's metadata for clients that know only its URL (RFC 9728): `off`; `on` for the stage's own URL; or the API's public URL, such as `https://api.example.com`",
    expected: 'off, on, or an https URL without a slash at its end',
    toProps(value) {
      if (value === 'off') return {};
      if (value === 'on') return { protectedResource: {} };
      return isApiUrl(value) ? { protectedResource: { url: value } } : undefined;
    },
  },
  RESOURCE_METADATA_ISSUER: {
    default: '',
    meaning:
      'The issuer in that metadata, as the discovery document of your tenant spells it; empty: `https://{domain}`. `npm run doctor -- --url URL` compares the two',
    expected: 'the https URL of an issuer',
    toProps: (metadataIssuer) =>
      metadataIssuer === '' ? {} : /^https:\/\/[^\s/]+\/?$/.test(metadataIssuer) ? { metadataIssuer } : undefined,
  },
  AUTHORIZER_CACHE_TTL_SECONDS: {
    default: String(authorizerDefaults.cacheTtl.toSeconds()),
    meaning: 'How long API Gateway reuses a decision for the same token, 0 to 3600; 0 asks the authorizer every time',
    expected: 'a whole number from 0 to 3600',
    toProps: whole(0, 3600, (seconds) => ({ cacheTtl: Duration.seconds(seconds) })),
  },
  AUTHORIZER_MEMORY_MEGABYTES: {
    default: String(authorizerDefaults.authorizerMemorySize),
    meaning: 'Memory of the authorizer, 128 to 10240; its CPU grows in proportion',
    expected: 'a whole number from 128 to 10240',
    toProps: whole(128, 10_240, (authorizerMemorySize) => ({ authorizerMemorySize })),
  },
  LAMBDA_ARCHITECTURE: {
    default: 'arm64',
    meaning: '`arm64`, `x86_64`, or `host` for the architecture of this machine (for `sam local invoke`)',
    expected: 'one of arm64, x86_64, host',
    toProps: oneOf({
      arm64: { architecture: Architecture.ARM_64 },
      x86_64: { architecture: Architecture.X86_64 },
      host: { architecture: arch() === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64 },
    }),
  },
  LAMBDA_SOURCE_MAPS: {
    default: 'false',
    meaning: 'Put source maps into the zips of the handlers, so that stack traces name TypeScript lines',
    expected: 'true or false',
    toProps: oneOf({ true: { sourceMaps: true }, false: { sourceMaps: false } }),
  },
  LOG_RETENTION_DAYS: {
    default: { dev: '7', others: '90' },
    meaning: 'How long log lines are kept, in days; one of the periods CloudWatch Logs supports',
    expected: `one of ${retentionDays().join(', ')}`,
    toProps(value) {
      const logRetention = retentionDays().find((days) => String(days) === value);
      return logRetention && { logRetention };
    },
  },
  LOG_KEEP_ON_DELETE: {
    default: { dev: 'false', others: 'true' },
    meaning: 'Keep the log groups when the stack is deleted',
    expected: 'true or false',
    toProps: oneOf({
      true: { logRemovalPolicy: RemovalPolicy.RETAIN },
      false: { logRemovalPolicy: RemovalPolicy.DESTROY },
    }),
  },
  THROTTLE_REQUESTS_PER_SECOND: {
    default: { dev: '50', others: String(apiDefaults.throttlingRateLimit) },
    meaning: 'Steady rate per route above which API Gateway answers 429',
    expected: 'a whole number from 1 to 1000000',
    toProps: whole(1, 1_000_000, (throttlingRateLimit) => ({ throttlingRateLimit })),
  },
  THROTTLE_BURST_REQUESTS: {
    default: { dev: '100', others: String(apiDefaults.throttlingBurstLimit) },
    meaning: 'Requests per route that may arrive at once before that rate applies',
    expected: 'a whole number from 1 to 1000000',
    toProps: whole(1, 1_000_000, (throttlingBurstLimit) => ({ throttlingBurstLimit })),
  },
  ACCESS_LOGS: {
    default: 'off',
    meaning:
      '`off`; `on` if API Gateway already has its CloudWatch role in this region; `on-with-account-role` to set that role as well (one per account and region)',
    expected: 'one of off, on, on-with-account-role',
    toProps: oneOf({
      off: { accessLogs: false, cloudWatchRole: false },
      on: { accessLogs: true, cloudWatchRole: false },
      'on-with-account-role': { accessLogs: true, cloudWatchRole: true },
    }),
  },
  MONITORING: {
    default: { dev: 'full', others: authorizerDefaults.monitoring },
    meaning:
      '`full`: alarms, a metric for each reason, a dashboard; `essential`: only the alarms and their metrics; `none`: only log lines',
    expected: 'one of full, essential, none',
    toProps: oneOf<{ monitoring: Monitoring }>({
      full: { monitoring: 'full' },
      essential: { monitoring: 'essential' },
      none: { monitoring: 'none' },
    }),
  },
  ALARM_TOPIC_ARN: {
    default: '',
    meaning: 'SNS topic that alarms are sent to; empty: alarms only show in CloudWatch',
    expected: 'the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:123456789012:alarms',
    toProps: (alarmTopicArn) =>
      alarmTopicArn === ''
        ? {}
        : /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(alarmTopicArn)
          ? { alarmTopicArn }
          : undefined,
  },
  RUNBOOK_URL: {
    default: DEFAULT_RUNBOOK_URL,
    meaning: 'Address of docs/operations.md in your repository: each alarm links to its section there',
    expected: 'an address without spaces of at most 300 characters',
    toProps: (runbookUrl) => (/^[^\s]{1,300}$/.test(runbookUrl) ? { runbookUrl } : undefined),
  },
} as const satisfies Readonly<Record<SettingName, Setting>>;

/**
 * Parses the settings of a deployment.
 *
 * @param stage from the CDK context (`-c stage=prod`), where given; else `STAGE`, else `dev`.
 * @throws ProblemsError with every {@link SettingProblem}, those of the authorizer's settings included.
 */
export function parseSettings(env: Environment, stage: unknown = env.STAGE || 'dev'): Settings {
  const problems: SettingProblem[] = authorizerProblems(env);
  const stageName = typeof stage === 'string' && /^[a-z][a-z0-9]{0,19}$/.test(stage) ? stage : '';
  if (!stageName) {
    const text = 'is not a short name of lower-case letters and digits, for example dev or prod';
    problems.push({ setting: 'STAGE', text });
  }

  const props: Record<string, unknown> = {};
  for (const [setting, row] of Object.entries<Setting>(settingsTable)) {
    const parsed = row.toProps(env[setting]?.trim() || defaultOf(row, stageName));
    if (parsed === undefined) problems.push({ setting, text: `is not ${row.expected}` });
    else Object.assign(props, parsed);
  }
  if (env.CORS_ALLOW_CREDENTIALS?.trim() === 'true') {
    if ((env.CORS_ALLOW_ORIGIN?.trim() || '*') === '*') {
      problems.push({ setting: 'CORS_ALLOW_CREDENTIALS', text: NEEDS_ORIGINS });
    }
    for (const setting of ['CORS_ALLOW_HEADERS', 'CORS_EXPOSE_HEADERS']) {
      if (list(env[setting] ?? '').includes('*')) problems.push({ setting, text: NEEDS_HEADER_NAMES });
    }
  }
  if (problems.length > 0) throw settingsError(problems);

  const {
    stackName,
    alarmTopicArn,
    sourceMaps,
    metadataIssuer: issuer,
    ...api
  } = props as ApiSettings & Partial<OtherProps>;
  const { protectedResource } = api;
  return {
    stage: stageName,
    stackName: stackName || `authaction-api-${stageName}`,
    alarmTopicArn,
    sourceMaps: sourceMaps ?? false,
    api: { ...api, ...(protectedResource && issuer ? { protectedResource: { ...protectedResource, issuer } } : {}) },
  };
}

function authorizerProblems(env: Environment): SettingProblem[] {
  try {
    parseAuthorizerSettings(env);
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) return [...(error.problems as readonly SettingProblem[])];
    throw error;
  }
}

/** Default of a setting in a stage. */
export function defaultOf({ default: value = '' }: Setting, stage: string): string {
  if (typeof value === 'string') return value;
  return stage === 'dev' ? value.dev : value.others;
}

/** The CDK's enumeration, without its "never expires". */
function retentionDays(): RetentionDays[] {
  return Object.values(RetentionDays).filter(
    (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
  );
}

function oneOf<T>(values: Readonly<Record<string, T>>) {
  return (value: string): T | undefined => (Object.hasOwn(values, value) ? values[value] : undefined);
}

function whole<T>(min: number, max: number, toProps: (value: number) => T) {
  return (value: string): T | undefined =>
    /^\d{1,7}$/.test(value) && Number(value) >= min && Number(value) <= max ? toProps(Number(value)) : undefined;
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
