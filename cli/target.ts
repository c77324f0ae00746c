import { projectRoot } from '../infra/bundling';
import { readStageEnvironment } from '../infra/environment';
import { type LocalRun, readLocalRun } from '../local/local-run';
import { withoutTenant } from '../local/own-issuer';

/** What the tools work on: the tenant that is configured, or else the issuer of a running `npm start`. */
export interface Target {
  /** The authorizer's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it comes from, for people. */
  readonly origin: string;
  /** PEM file of the authority to trust, for the local issuer's throw-away certificate. */
  readonly caFile?: string;
  readonly localRun?: LocalRun;
}

/**
 * `AUTHACTION_DOMAIN` decides: set, in the environment, `.env.<stage>` or `.env`, it is the tenant; else the local run, if
 * there is one. A run with `--own-issuer` ignores the tenant, and so do the tools while it runs.
 */
export function tenantOrLocalRun(root = projectRoot, environment = process.env): Target {
  const { env } = readStageEnvironment(root, undefined, environment);
  const localRun = readLocalRun(root);
  if (localRun === undefined || (env.AUTHACTION_DOMAIN && !localRun.ownIssuer)) {
    return { env, origin: 'environment and .env' };
  }
  const { issuer, audience, caFile, ownIssuer } = localRun;
  return {
    env: { ...(ownIssuer ? withoutTenant(env) : env), AUTHACTION_DOMAIN: issuer, AUTHACTION_AUDIENCE: audience },
    origin: 'the running "npm start"',
    caFile,
    localRun,
  };
}
