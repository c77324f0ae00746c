import type { Duration } from 'aws-cdk-lib';
import { settings } from '../../lambdas/authorizer/config';
import type { AuthorizerProps } from './authaction-authorizer';

type Setting = keyof typeof settings;

/**
 * The authorizer's environment for some props. Every setting is in it, also one without a value: `sam local invoke` can
 * only set what the template declares.
 *
 * @throws Error for a list that its written form cannot express.
 */
export function authorizerEnvironment(props: AuthorizerProps): Readonly<Record<Setting, string>> {
  const given: Readonly<Partial<Record<Setting, string | undefined>>> = {
    AUTHACTION_DOMAIN: props.domain,
    AUTHACTION_AUDIENCE: joined('audience', props.audience),
    AUTHACTION_JWKS: props.jwks,
    AUTHACTION_SCOPE_CLAIM: props.scopeClaim,
    AUTHACTION_TOKEN_TYPE: props.tokenType,
    AUTHACTION_ALLOWED_CLIENTS: joined('allowedClients', props.allowedClients),
    AUTHACTION_KEYS_MAX_AGE_SECONDS: seconds(props.keysMaxAge),
    AUTHACTION_KEYS_TIMEOUT_SECONDS: seconds(props.keysTimeout),
    AUTHACTION_REVOKED: props.revoked?.join(','),
    AUTHACTION_ALLOW_LOG_RATE: props.allowLogRate?.toString(),
  };
  const names = Object.keys(settings) as Setting[];
  return Object.fromEntries(names.map((name) => [name, given[name] ?? settings[name] ?? ''])) as Record<
    Setting,
    string
  >;
}

const seconds = (duration: Duration | undefined): string | undefined => duration?.toSeconds().toString();

/** @throws Error for an empty list, which would mean every client, and for an entry that would become two. */
function joined(name: string, values: readonly string[] | undefined): string | undefined {
  if (values?.length === 0) throw new Error(`${name} is an empty list: name at least one, or leave it out.`);
  const odd = values?.find((value) => value.trim() === '' || value.includes(','));
  if (odd === undefined) return values?.join(',');
  throw new Error(`${name} has an entry that is empty or contains a comma: ${JSON.stringify(odd)}.`);
}
