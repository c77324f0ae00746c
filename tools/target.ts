import { projectRoot } from '../infra/bundling';
import { readStageEnvironment } from '../infra/settings';
import { type LocalRun, readLocalRun } from '../local/local-run';

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
 * there is one.
 */
export function tenantOrLocalRun(root = projectRoot, environment = process.env): Target {
  const { env } = readStageEnvironment(root, undefined, environment);
  if (env.AUTHACTION_DOMAIN) return { env, origin: 'environment and .env' };
  const localRun = readLocalRun(root);
  if (localRun === undefined) return { env, origin: 'environment and .env' };
  const { issuer, audience, caFile } = localRun;
  return {
    env: { ...env, AUTHACTION_DOMAIN: issuer, AUTHACTION_AUDIENCE: audience },
    origin: 'the running "npm start"',
    caFile,
    localRun,
  };
}
