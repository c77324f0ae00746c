import { parseConfig } from '../../lambdas/authorizer/config';
import { guardedClock } from '../../lambdas/authorizer/keys/clock';
import { httpsKeySet } from '../../lambdas/authorizer/keys/fetch';
import { createKeyStore } from '../../lambdas/authorizer/keys/store';
import { restApiAuthorizer } from '../../lambdas/authorizer/rest-api';
import { createVerify } from '../../lambdas/authorizer/token/signature';
import type { AuthorizerProcess } from './authorizer-process';
import { sampleRoutes } from './sample-routes';

/** The authorizer from its sources, in this process, wired as its handler does and seen as {@link AuthorizerProcess} is. */
export function sourceAuthorizer(
  env: Readonly<Record<string, string>>,
  ca?: string,
): Pick<AuthorizerProcess, 'invoke' | 'lines' | 'stop'> {
  const config = parseConfig(env);
  const lines: string[] = [];
  const log = (_level: string, line: unknown) => void lines.push(JSON.stringify(line));
  const keyStore = createKeyStore({
    fetchKeySet: httpsKeySet(config.jwksUri, ca),
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: config.keysMaxAgeSeconds * 1000,
    seed: config.seed,
    observe: (event) => log(event.event === 'keys_fetched' ? 'info' : 'warn', event),
  });
  const startedAt = performance.now();
  const filled = keyStore.fill();
  const verify = createVerify(config);
  const nowSeconds = () => Date.now() / 1000;
  const handler = restApiAuthorizer({
    config,
    keyStore,
    verify,
    nowSeconds,
    routes: sampleRoutes,
    log,
    random: Math.random,
  });
  return {
    lines,
    async invoke(event) {
      const invokedAt = performance.now();
      const outcome = await handler(JSON.parse(JSON.stringify(event ?? null))).then(
        (answer) => ({ answer }),
        (error: Error) => ({ error: { errorType: error.name, errorMessage: error.message } }),
      );
      const now = performance.now();
      return { ...outcome, milliseconds: now - invokedAt, millisecondsSinceInit: now - startedAt };
    },
    stop: () => filled,
  };
}
