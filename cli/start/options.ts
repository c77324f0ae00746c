import { parseArgs } from 'node:util';

/** What the command line and the environment ask for. */
export interface Options {
  readonly port: number;
  readonly issuerPort: number;
  readonly watch: boolean;
  /** Whether the tenant's settings are ignored and the embedded issuer is used all the same. */
  readonly ownIssuer: boolean;
  /** Port of the console; `default` is 3002 or, when that is taken, any free one. `none`: no console. */
  readonly consolePort: number | 'default' | 'none';
}

/** A mistake in how the command was called; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Runs the API on this machine: gateway, Lambdas, and an issuer of its own.

  npm start -- [options]      npm run dev: the same with --watch

  --port <number>         port of the API (PORT), default 3000; 0 takes any free one
  --issuer-port <number>  port of the embedded issuer (ISSUER_PORT), default 3001; 0 takes any free one
  --console-port <number> port of the console (CONSOLE_PORT), default 3002 or, when that is taken, any free one
  --no-console            no console
  --own-issuer            ignore every AUTHACTION_ setting: start the embedded issuer although a tenant is configured
  --watch                 rebuild and swap what changes under lambdas/ and infra/
  --help                  print this

With AUTHACTION_DOMAIN and AUTHACTION_AUDIENCE set, in the environment or in .env, the API takes the tokens of that
tenant and no issuer is started; with --own-issuer it is, and npm run token and npm run doctor use it. NO_COLOR switches colours off.`;

/**
 * @returns `undefined` when help was asked for.
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | undefined {
  let values: {
    port?: string;
    'issuer-port'?: string;
    'console-port'?: string;
    'no-console'?: boolean;
    'own-issuer'?: boolean;
    watch?: boolean;
    help?: boolean;
  };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'issuer-port': { type: 'string' },
        'console-port': { type: 'string' },
        'no-console': { type: 'boolean' },
        'own-issuer': { type: 'boolean' },
        watch: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; see npm start -- --help`);
  }
  if (values.help) return undefined;
  return {
    port: port('--port', values.port ?? env.PORT ?? '', 3000),
    issuerPort: port('--issuer-port', values['issuer-port'] ?? env.ISSUER_PORT ?? '', 3001),
    consolePort: values['no-console'] ? 'none' : consolePort(values['console-port'] ?? env.CONSOLE_PORT ?? ''),
    watch: values.watch ?? false,
    ownIssuer: values['own-issuer'] ?? false,
  };
}

const consolePort = (text: string): number | 'default' =>
  text === '' ? 'default' : port('--console-port', text, 3002);

function port(name: string, text: string, fallback: number): number {
  if (text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new UsageError(`${name} is not a port: ${text}`);
}
