import type { Environment } from '../infra/environment';
import { settings } from '../lambdas/authorizer/config';

/** Settings without a tenant: each of the authorizer's settings counts as not given, the others stay. */
export const withoutTenant = (env: Environment): Environment => ({
  ...env,
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, ''])),
});
