import { settings as authorizerSettings } from '../lambdas/authorizer/config';

/** Default of a setting: one for every stage, or one for `dev` and one for all others. */
export type Default = string | { readonly dev: string; readonly others: string };

interface Setting {
  readonly default: Default;
  readonly meaning: string;
}

/** The settings of a deployment: environment variables read when the app is synthesized. */
export const deploymentSettings = {
  STAGE: {
    default: 'dev',
    meaning: "Stage to deploy, also as `-c stage=prod`: part of the stack's name, name of the API's stage",
  },
  CORS_ALLOW_ORIGIN: { default: '*', meaning: 'The one origin browsers may call from, or `*`' },
  AUTHORIZER_CACHE_TTL_SECONDS: {
    default: '300',
    meaning: 'How long API Gateway re-uses a decision for the same token, 0 to 3600; 0 asks the authorizer every time',
  },
  AUTHORIZER_MEMORY_MEGABYTES: {
    default: '512',
    meaning: 'Memory of the authorizer, 128 to 10240; CPU comes in proportion',
  },
  LAMBDA_ARCHITECTURE: {
    default: 'arm64',
    meaning: '`arm64`, `x86_64`, or `host` for that of this machine (for `sam local invoke`)',
  },
  LAMBDA_SOURCE_MAPS: {
    default: 'false',
    meaning: 'Put source maps into the zips, so that stack traces name TypeScript lines',
  },
  LOG_RETENTION_DAYS: {
    default: { dev: '7', others: '90' },
    meaning: 'How long log lines are kept, in days; one of the periods CloudWatch Logs knows',
  },
  LOG_KEEP_ON_DELETE: {
    default: { dev: 'false', others: 'true' },
    meaning: 'Keep the log groups when the stack is deleted',
  },
  THROTTLE_REQUESTS_PER_SECOND: {
    default: { dev: '50', others: '500' },
    meaning: 'Steady rate per route above which API Gateway answers 429',
  },
  THROTTLE_BURST_REQUESTS: {
    default: { dev: '100', others: '1000' },
    meaning: 'Requests per route that may arrive at once before that rate applies',
  },
  ACCESS_LOGS: {
    default: 'off',
    meaning:
      "`off`; `on` where this region's API Gateway has its CloudWatch role already; `on-with-account-role` to set that role, which is one per account and region, too",
  },
  ALARM_TOPIC_ARN: { default: '', meaning: 'SNS topic that alarms are sent to; none: alarms are only shown' },
  RUNBOOK_URL: {
    default: 'docs/operations.md',
    meaning: 'Where the alarms send their reader: the address of docs/operations.md in your repository',
  },
  TAGS: { default: '', meaning: 'Further tags for every resource, such as `owner=payments,cost-center=42`' },
} as const satisfies Readonly<Record<string, Setting>>;

export type DeploymentSetting = keyof typeof deploymentSettings;

const authorizerMeanings = {
  AUTHACTION_DOMAIN: "Your tenant's domain, such as `tenant.example.com`",
  AUTHACTION_AUDIENCE: 'Identifier of your API at AuthAction; several are separated by commas',
  AUTHACTION_JWKS: 'Key set (JSON) to start from, so that nothing has to be fetched',
  AUTHACTION_SCOPE_CLAIM:
    "Claim that holds the token's scopes: a text, or under another name than `scope` also a list, such as `permissions`",
  AUTHACTION_TOKEN_TYPE: "`any`, or `at+jwt` to insist on RFC 9068's type",
  AUTHACTION_ALLOWED_CLIENTS: 'Subjects or client ids that may call at all, separated by commas; empty: everybody',
  AUTHACTION_KEYS_MAX_AGE_SECONDS: 'How long keys stay in use while the provider cannot be reached, 300 to 604800',
  AUTHACTION_ALLOW_LOG_RATE: 'Share of Allow decisions that are logged, 0 to 1; refusals always are',
  AUTHACTION_TOKEN_MEMO_ENTRIES: 'How many accepted tokens a container remembers, 0 to 1000; 0: each is verified anew',
} as const satisfies Readonly<Record<keyof typeof authorizerSettings, string>>;

export interface SettingRow {
  readonly name: string;
  /** `undefined`: there is none, the setting must be given. Empty: nothing. */
  readonly default: Default | undefined;
  readonly meaning: string;
}

/** Every setting there is, in the order of the documentation's table. */
export const settingsTable: readonly SettingRow[] = [
  ...Object.entries(authorizerMeanings).map(([name, meaning]) => ({
    name,
    default: authorizerSettings[name as keyof typeof authorizerSettings],
    meaning,
  })),
  ...Object.entries(deploymentSettings).map(([name, setting]) => ({ name, ...setting })),
];

/** Default of a deployment setting in a stage. */
export function defaultOf(name: DeploymentSetting, stage: string): string {
  const value: Default = deploymentSettings[name].default;
  if (typeof value === 'string') return value;
  return stage === 'dev' ? value.dev : value.others;
}
