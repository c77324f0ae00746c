import { readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { parseEnv } from 'node:util';
import { settings as authorizerSettings, ConfigError, parseConfig } from '../lambdas/authorizer/config';

/** Everything the stack is built from, parsed. */
export interface Settings {
  /** `dev`, `prod`, …: part of the stack's name and name of the API's stage. */
  readonly stage: string;
  readonly architecture: 'arm64' | 'x86_64';
  /** How long API Gateway may re-use a decision for the same token, in seconds; 0 switches that off. */
  readonly cacheTtlSeconds: number;
  /** The one origin browsers may call from, or `*`. */
  readonly corsAllowOrigin: string;
  /** Whether source maps go into the zips, so that stack traces name TypeScript lines. */
  readonly sourceMaps: boolean;
  /** Environment of the authorizer, validated: every `AUTHACTION_…` setting, with its default where none was given. */
  readonly authorizerEnvironment: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

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

  const name = typeof stage === 'string' && /^[a-z][a-z0-9]{0,19}$/.test(stage) ? stage : undefined;
  if (!name) problems.push('STAGE is not a short name of lower-case letters and digits, for example dev or prod');

  const architecture = { arm64: 'arm64', x86_64: 'x86_64', host: arch() === 'arm64' ? 'arm64' : 'x86_64' } as const;
  const architectureName = env.LAMBDA_ARCHITECTURE || 'arm64';
  if (!Object.hasOwn(architecture, architectureName)) {
    problems.push('LAMBDA_ARCHITECTURE is none of arm64, x86_64, host');
  }

  const cacheTtlSeconds = Number(env.AUTHORIZER_CACHE_TTL_SECONDS || '300');
  if (!Number.isInteger(cacheTtlSeconds) || cacheTtlSeconds < 0 || cacheTtlSeconds > 3600) {
    problems.push('AUTHORIZER_CACHE_TTL_SECONDS is not a whole number from 0 to 3600');
  }

  const corsAllowOrigin = env.CORS_ALLOW_ORIGIN || '*';
  if (!/^(\*|https?:\/\/[^\s/'"]+)$/.test(corsAllowOrigin)) {
    problems.push('CORS_ALLOW_ORIGIN is neither * nor one origin such as https://app.example.com');
  }

  const sourceMaps = env.LAMBDA_SOURCE_MAPS || 'false';
  if (sourceMaps !== 'true' && sourceMaps !== 'false') problems.push('LAMBDA_SOURCE_MAPS is neither true nor false');

  if (problems.length > 0 || !name) throw new ConfigError(problems);
  return {
    stage: name,
    architecture: architecture[architectureName as keyof typeof architecture],
    cacheTtlSeconds,
    corsAllowOrigin,
    sourceMaps: sourceMaps === 'true',
    authorizerEnvironment: Object.fromEntries(
      Object.entries(authorizerSettings).map(([key, fallback]) => [key, env[key]?.trim() || fallback || '']),
    ),
  };
}
