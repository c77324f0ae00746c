import type { Duration } from 'aws-cdk-lib';
import { type Config, settings } from '../../lambdas/authorizer/config';
import { parseAuthorizerSettings } from '../authorizer-settings';
import { ProblemsError, type SettingProblem, settingsError } from '../problems';
import type { AuthorizerProps } from './authorizer-props';

type Setting = keyof typeof settings;

/** The prop behind each setting, for messages to those who write props. */
const propOf = {
  AUTHACTION_DOMAIN: 'domain',
  AUTHACTION_AUDIENCE: 'audience',
  AUTHACTION_JWKS: 'jwks',
  AUTHACTION_SCOPE_CLAIM: 'scopeClaim',
  AUTHACTION_CONTEXT_CLAIMS: 'contextClaims',
  AUTHACTION_TOKEN_TYPE: 'tokenType',
  AUTHACTION_ALLOWED_CLIENTS: 'allowedClients',
  AUTHACTION_KEYS_MAX_AGE_SECONDS: 'keysMaxAge',
  AUTHACTION_KEYS_TIMEOUT_SECONDS: 'keysTimeout',
  AUTHACTION_REVOKED: 'revoked',
  AUTHACTION_ALLOW_LOG_RATE: 'allowLogRate',
} as const satisfies Readonly<Record<Setting, keyof AuthorizerProps>>;

/**
 * The authorizer's environment for some props. Every setting is in it, also one without a value: `sam local invoke` can
 * only set what the template declares.
 *
 * @throws Error for a list that its written form cannot express.
 */
export function authorizerEnvironment(props: Omit<AuthorizerProps, 'routes'>): Readonly<Record<Setting, string>> {
  const given: Readonly<Partial<Record<Setting, string | undefined>>> = {
    AUTHACTION_DOMAIN: props.domain,
    AUTHACTION_AUDIENCE: joined('audience', props.audience),
    AUTHACTION_JWKS: props.jwks,
    AUTHACTION_SCOPE_CLAIM: props.scopeClaim,
    AUTHACTION_CONTEXT_CLAIMS: joined('contextClaims', props.contextClaims),
    AUTHACTION_TOKEN_TYPE: props.tokenType,
    AUTHACTION_ALLOWED_CLIENTS: joined('allowedClients', props.allowedClients),
    AUTHACTION_KEYS_MAX_AGE_SECONDS: seconds(props.keysMaxAge),
    AUTHACTION_KEYS_TIMEOUT_SECONDS: seconds(props.keysTimeout),
    AUTHACTION_REVOKED: requireList('revoked', props.revoked)?.join(','),
    AUTHACTION_ALLOW_LOG_RATE: props.allowLogRate?.toString(),
  };
  const odd = Object.entries(given).find(([, value]) => value !== undefined && typeof value !== 'string');
  if (odd) throw new Error(`${propOf[odd[0] as Setting]} is no string.`); // without the types' help
  const names = Object.keys(settings) as Setting[];
  return Object.fromEntries(names.map((name) => [name, given[name] ?? settings[name] ?? ''])) as Record<
    Setting,
    string
  >;
}

const seconds = (duration: Duration | undefined): string | undefined => duration?.toSeconds().toString();

/**
 * Parses the authorizer's environment as the authorizer itself will.
 *
 * @throws ProblemsError with every problem, each under the name of its prop.
 */
export function parseEnvironment(environment: Readonly<Record<Setting, string>>): Config {
  try {
    return parseAuthorizerSettings(environment);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const problems = (error.problems as readonly SettingProblem[]).map(({ setting, text }) => ({
      setting: propOf[setting as Setting],
      text,
    }));
    throw settingsError(problems, 'The props cannot be used');
  }
}

function requireList(name: string, values: readonly string[] | undefined): readonly string[] | undefined {
  if (values === undefined || Array.isArray(values)) return values;
  throw new Error(`${name} is not a list: write ${name}: ['…'].`);
}

/** @throws Error for what is no list, for an empty one, which would mean every client, and for an entry that would become two. */
function joined(name: string, values: readonly string[] | undefined): string | undefined {
  requireList(name, values);
  if (values?.length === 0) throw new Error(`${name} is an empty list: name at least one, or leave it out.`);
  const odd = (values ?? []).filter((value) => typeof value !== 'string' || value.trim() === '' || value.includes(','));
  if (odd.length === 0) return values?.join(',');
  throw new Error(`${name} has an entry that is empty or contains a comma: ${JSON.stringify(odd[0])}.`);
}
