import { settings } from '../lambdas/authorizer/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings as of somebody who has no tenant: each of the authorizer's counts as not given, the others stay. */
export const withoutTenant = (env: Environment): Environment => ({
  ...env,
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, ''])),
});
