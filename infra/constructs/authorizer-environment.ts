import { settings } from '../../lambdas/authorizer/config';
import type { AuthorizerProps } from './authaction-authorizer';

type Setting = keyof typeof settings;

/**
 * The authorizer's environment for some props. Every setting is in it, also one without a value: `sam local invoke` can
 * only set what the template declares.
 */
export function authorizerEnvironment(props: AuthorizerProps): Readonly<Record<Setting, string>> {
  return {
    AUTHACTION_DOMAIN: props.domain,
    AUTHACTION_AUDIENCE: props.audience.join(','),
    AUTHACTION_JWKS: props.jwks ?? settings.AUTHACTION_JWKS,
    AUTHACTION_SCOPE_CLAIM: props.scopeClaim ?? settings.AUTHACTION_SCOPE_CLAIM,
    AUTHACTION_TOKEN_TYPE: props.tokenType ?? settings.AUTHACTION_TOKEN_TYPE,
    AUTHACTION_ALLOWED_CLIENTS: props.allowedClients?.join(',') ?? settings.AUTHACTION_ALLOWED_CLIENTS,
    AUTHACTION_KEYS_MAX_AGE_SECONDS:
      props.keysMaxAge === undefined ? settings.AUTHACTION_KEYS_MAX_AGE_SECONDS : String(props.keysMaxAge.toSeconds()),
    AUTHACTION_KEYS_TIMEOUT_SECONDS: settings.AUTHACTION_KEYS_TIMEOUT_SECONDS,
    AUTHACTION_ALLOW_LOG_RATE:
      props.allowLogRate === undefined ? settings.AUTHACTION_ALLOW_LOG_RATE : String(props.allowLogRate),
  };
}
