import type { Environment } from '../infra/settings';
import { settings } from '../lambdas/authorizer/config';

/** Settings as of somebody who has no tenant: each of the authorizer's counts as not given, the others stay. */
export const withoutTenant = (env: Environment): Environment => ({
  ...env,
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, ''])),
});
