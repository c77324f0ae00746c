import { parseConfig } from '../../lambdas/authorizer/config';
import { guardedClock } from '../../lambdas/authorizer/keys/clock';
import { KeyFetchError } from '../../lambdas/authorizer/keys/fetch';
import { createKeyStore } from '../../lambdas/authorizer/keys/store';
import type { LogLine } from '../../lambdas/authorizer/log';
import { type AuthorizerParts, restApiAuthorizer } from '../../lambdas/authorizer/rest-api';
import { createVerify } from '../../lambdas/authorizer/token/signature';
import type { Route } from '../../lambdas/shared/route-table';
import { AUDIENCE, DOMAIN } from '../../samples/tokens';
import { sampleRoutes } from './sample-routes';

/**
 * An authorizer of the tests' tenant without a network: its provider is down, so it knows the keys of AUTHACTION_JWKS
 * and no others.
 *
 * @param other parts to use instead of the usual ones.
 */
export function seededAuthorizer(
  env: Readonly<Record<string, string>>,
  routes: readonly Route[] = sampleRoutes,
  other: Partial<AuthorizerParts> = {},
) {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, ...env });
  const lines: LogLine[] = [];
  const levels: string[] = [];
  const keyStore = createKeyStore({
    fetchKeySet: () => Promise.reject(new KeyFetchError('network', true)),
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: config.keysMaxAgeSeconds * 1000,
    seed: config.seed,
    observe: () => {},
  });
  const authorize = restApiAuthorizer({
    config,
    keyStore,
    verify: createVerify(config),
    nowSeconds: () => Date.now() / 1000,
    routes,
    log: (level, line) => {
      levels.push(level);
      lines.push(line);
    },
    random: Math.random,
    ...other,
  });
  return { authorize, lines, levels };
}
