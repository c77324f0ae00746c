import { parseConfig } from './config';
import { readDeployedRoutes } from './deployed-routes';
import { guardedClock } from './keys/clock';
import { httpsKeySet } from './keys/fetch';
import { createKeyStore } from './keys/store';
import { consoleLog as log } from './log';
import { restApiAuthorizer } from './rest-api';
import { createVerify } from './token/signature';
import { warmUp } from './warm-up';

// All state of the warm container is made here, once per container, and lives in these closures.
const config = parseConfig(process.env);
const routes = readDeployedRoutes(__dirname);
const keyStore = createKeyStore({
  fetchKeySet: httpsKeySet(config.jwksUri),
  clock: guardedClock(),
  random: Math.random,
  hardAgeMs: config.keysMaxAgeSeconds * 1000,
  timeoutMs: config.keysTimeoutSeconds * 1000,
  seed: config.seed,
  observe: (event) => log(event.event === 'keys_fetched' ? 'info' : 'warn', event),
});

// Started during init, awaited by the first call that needs a key. A provider that is down must not fail init.
void keyStore.fill();

// While the provider is being asked: the first call is then as quick as any other.
void warmUp(config, routes).then((known) => known || log('error', { event: 'warm_up_failed' }));

/** API Gateway REST, Lambda authorizer of type REQUEST. */
const handler = restApiAuthorizer({
  config,
  keyStore,
  verify: createVerify(config),
  nowSeconds: () => Date.now() / 1000,
  routes,
  log,
  random: Math.random,
});

export = { handler }; // of CommonJS, as the bundle is: nothing has to be translated
