import { readStageEnvironment } from '../infra/environment';
import type { Route } from '../lambdas/shared/route-table';
import { AppError, findApp, projectOf } from '../local/app';
import { describeApp } from '../local/describe-app';
import { isPlaceholder, withoutTenant } from '../local/issuer-settings';
import { type LocalIssuer, readLocalRun } from '../local/local-run';
import { commandLine } from '../terminal/command-line';

/** What the tools work on: the tenant that is configured, or else the issuer of a local run. */
export interface Target {
  /** The authorizer's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it comes from, for people. */
  readonly origin: string;
  /** PEM file of the authority to trust, for the local issuer's throw-away certificate. */
  readonly caFile?: string;
  readonly localIssuer?: LocalIssuer;
  /** The route table, where it is known without a synthesis. */
  readonly routes?: readonly Route[];
}

/** Which app, and which of its APIs, a command was told to work on. */
export interface AppOptions {
  /** A command or the folder of a cloud assembly. @default the `app` of the nearest cdk.json */
  readonly app?: string | undefined;
  /** Logical id or name. @default the first that has an authorizer of this project */
  readonly api?: string | undefined;
}

/**
 * `AUTHACTION_DOMAIN` decides: set, in the environment, `.env.<stage>` or `.env`, it is the tenant; else the local run, if
 * there is one. A run with `--own-issuer` ignores the tenant, and so do the tools while it runs.
 */
export function tenantOrLocalRun(root = projectOf(process.cwd()), environment = process.env): Target {
  const { env } = readStageEnvironment(root, undefined, environment);
  const run = readLocalRun(root);
  if (run?.issuer === undefined || (env.AUTHACTION_DOMAIN && !run.ownIssuer)) {
    return { env, origin: 'environment and .env' };
  }
  return {
    env: { ...(run.ownIssuer ? withoutTenant(env) : env), ...run.authorizer },
    origin: `the running "${commandLine('start')}"`,
    caFile: run.issuer.caFile,
    localIssuer: run.issuer,
    routes: run.routes,
  };
}

/**
 * {@link tenantOrLocalRun}; where neither is there, the tenant that the app names in its code.
 *
 * @param needsRoutes whether the app is synthesized for its route table alone, where the settings are these.
 * @throws AppError
 */
export async function findTarget(
  { app, api }: AppOptions,
  needsRoutes = (_env: Target['env']): boolean => false,
): Promise<Target> {
  const target = tenantOrLocalRun();
  const isConfigured = Boolean(target.env.AUTHACTION_DOMAIN);
  if (isConfigured && (target.routes || !needsRoutes(target.env))) return target;
  let found: ReturnType<typeof findApp>;
  try {
    found = findApp(process.cwd(), app);
  } catch (error) {
    if (error instanceof AppError && app === undefined) return target; // a folder without an app: settings alone
    throw error;
  }
  // The table depends on no setting: those that are examined may be what is wrong.
  const { routes, authorizer } = await describeApp(found, isConfigured ? withoutTenant(target.env) : target.env, api);
  if (isConfigured || isPlaceholder(authorizer)) return { ...target, routes };
  return { env: { ...target.env, ...authorizer }, origin: 'the app', routes };
}
