import { type Config, parseConfig, type SettingProblem, SettingsError } from '../lambdas/authorizer/config';
import { keysOf } from '../lambdas/authorizer/keys/key-set';
import type { Environment } from './environment';
import { settingsError } from './problems';

/**
 * Parses the authorizer's settings as it does itself, with problems told to people.
 *
 * @throws ProblemsError with a sentence for each problem that says what to do. It quotes no value.
 */
export function parseAuthorizerSettings(env: Environment): Config {
  try {
    return parseConfig(env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw settingsError(
      error.problems.map(({ setting, problem }) => ({ setting, text: texts[setting](problem, env) })),
    );
  }
}

type Describe = (problem: SettingProblem['problem'], env: Environment) => string;

const missingAudience = 'is missing: it is the identifier of your API at AuthAction';

/** What to say of each setting, after its name. */
const texts: Readonly<Record<SettingProblem['setting'], Describe>> = {
  AUTHACTION_DOMAIN(problem, { AUTHACTION_DOMAIN = '' }) {
    const example = "is your tenant's domain, for example tenant.example.com";
    if (problem === 'missing') return `is missing: it ${example}`;
    return /^\s*http:/i.test(AUTHACTION_DOMAIN)
      ? 'must not start with http: tokens are only trusted over https'
      : `is not a domain name: it ${example}, without a path`;
  },
  AUTHACTION_AUDIENCE: (problem, { AUTHACTION_AUDIENCE = '' }) =>
    problem === 'missing' || /^[\s,]*$/.test(AUTHACTION_AUDIENCE)
      ? missingAudience
      : 'contains a space: separate several audiences with commas',
  AUTHACTION_JWKS: (_problem, { AUTHACTION_JWKS = '' }) =>
    isKeySet(AUTHACTION_JWKS)
      ? 'has no usable key: RS256 needs an RSA key of 2048 bits with a kid'
      : 'is not a JWK set: paste the whole answer of /.well-known/jwks.json, or leave it empty',
  AUTHACTION_SCOPE_CLAIM: () => 'is not the name of a claim',
  AUTHACTION_CONTEXT_CLAIMS: () => 'names no claim: list claims, or leave it empty for none',
  AUTHACTION_TOKEN_TYPE: () => 'is neither "any" nor "at+jwt"',
  AUTHACTION_ALLOWED_CLIENTS: () => 'names no client: list clients, or leave it empty for all',
  AUTHACTION_KEYS_MAX_AGE_SECONDS: () => 'is not a whole number from 300 to 604800',
  AUTHACTION_KEYS_TIMEOUT_SECONDS: () => 'is not a whole number from 1 to 10',
  AUTHACTION_REVOKED: () =>
    'has a malformed entry: write sub:, client:, kid: or jti: and a value, optionally followed by < and a time such as 2026-11-25T12:00:00Z',
  AUTHACTION_ALLOW_LOG_RATE: () => 'is not a number from 0 to 1, such as 0.05',
};

function isKeySet(json: string): boolean {
  try {
    return keysOf(JSON.parse(json)) !== undefined;
  } catch {
    return false;
  }
}
