import { parseArgs } from 'node:util';
import { isJsonObject } from '../../lambdas/shared/json';
import { ISSUERS_CLAIMS } from '../../local/issuer/provider';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';

/** What the command line and the environment ask for. */
export interface Options {
  readonly app: string | undefined;
  readonly api: string | undefined;
  readonly port: number;
  readonly issuerPort: number;
  readonly watch: boolean;
  /** Whose tokens are taken; absent: the settings decide. `embedded` ignores the tenant's settings, too. */
  readonly issuer: 'embedded' | 'tenant' | undefined;
  /** Further claims of the embedded issuer's tokens. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** Port of the console; `default` is 3002 or, when that is taken, any free one. `none`: no console. */
  readonly consolePort: number | 'default' | 'none';
}

export const USAGE = `${commandLine('start', '[options]')}

Runs the protected API of this CDK app on this machine: its Lambdas behind a local gateway, with an embedded issuer.

  --app <app>             an app other than the one in cdk.json: a command, or the folder of a cloud assembly
  --api <name>            an API other than the app's first: its logical id or name
  --port <number>         port of the API (PORT), default 3000; 0 takes any free one
  --issuer-port <number>  port of the embedded issuer (ISSUER_PORT), default 3001; 0 takes any free one
  --console-port <number> port of the console (CONSOLE_PORT), default 3002 or, when that is taken, any free one
  --no-console            do not start the console
  --tenant                accept the tokens of the tenant that the app names, instead of starting the embedded issuer
  --own-issuer            start the embedded issuer even if a tenant is configured; ignores every AUTHACTION_ setting
  --claims <json>         extra claims for the embedded issuer's tokens, such as '{"org_id":"org-1"}'
  --watch                 rebuild and swap what changes in the app
  --help                  print this

If AUTHACTION_DOMAIN is set, in the environment or in .env, the API accepts the tokens of that tenant, and no issuer
starts. With --own-issuer it starts anyway, and the commands token and doctor use it. NO_COLOR switches colors off.
Exit codes: 1 it could not start, 2 the command was not understood.`;

/**
 * @returns `undefined` when help was asked for.
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  if (values.tenant && values['own-issuer']) throw new UsageError('Give one of --tenant and --own-issuer.');
  return {
    app: values.app,
    api: values.api,
    port: port('--port', values.port ?? env.PORT ?? '', 3000),
    issuerPort: port('--issuer-port', values['issuer-port'] ?? env.ISSUER_PORT ?? '', 3001),
    consolePort: values['no-console'] ? 'none' : consolePort(values['console-port'] ?? env.CONSOLE_PORT ?? ''),
    claims: values.claims === undefined ? undefined : claimsIn(values.claims),
    watch: values.watch ?? false,
    issuer: values.tenant ? 'tenant' : values['own-issuer'] ? 'embedded' : undefined,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        app: text,
        api: text,
        port: text,
        'issuer-port': text,
        'console-port': text,
        'no-console': flag,
        tenant: flag,
        'own-issuer': flag,
        claims: text,
        watch: flag,
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : String(error)}; see ${commandLine('start', '--help')}`,
    );
  }
}

function claimsIn(text: string): Readonly<Record<string, unknown>> {
  let claims: unknown;
  try {
    claims = JSON.parse(text);
  } catch {
    // The same answer.
  }
  if (!isJsonObject(claims)) {
    throw new UsageError(`--claims is not a JSON object, such as {"org_id":"org-1"}: ${text}`);
  }
  const own = ISSUERS_CLAIMS.filter((name) => Object.hasOwn(claims, name));
  if (own.length > 0) throw new UsageError(`--claims cannot set ${own.join(', ')}: the issuer writes that itself.`);
  return claims;
}

const consolePort = (text: string): number | 'default' =>
  text === '' ? 'default' : port('--console-port', text, 3002);

function port(name: string, text: string, fallback: number): number {
  if (text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new UsageError(`${name} is not a port: ${text}`);
}
