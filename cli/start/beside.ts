import { projectRoot } from '../../infra/bundling';
import type { Environment } from '../../infra/environment';
import { type Console, type ConsoleRun, startConsole } from '../../local/console/console';
import { consoleRun } from '../../local/console/run';
import { PortError } from '../../local/listen';
import { leaveLocalRun } from '../../local/local-run';
import type { LocalStack } from '../../local/local-stack';
import type { Options } from './options';

/** The port of the console where none was asked for and this one is free. */
const DEFAULT_PORT = 3002;

/** What runs beside the stack for people: the console, and the file that tells the tools where everything is. */
export interface Beside {
  readonly consoleUrl: string | undefined;
  stop(): Promise<void>;
}

/** @throws PortError when the console's port was asked for; nothing is left behind then. */
export async function startBeside(
  stack: LocalStack,
  environment: Environment,
  { consolePort, ownIssuer }: Pick<Options, 'consolePort' | 'ownIssuer'>,
): Promise<Beside> {
  const shown = consolePort === 'none' ? undefined : await showConsole(consoleRun(stack, environment), consolePort);
  const { issuer } = stack;
  const removeRun = issuer
    ? leaveLocalRun(projectRoot, {
        pid: process.pid,
        issuer: issuer.url,
        audience: issuer.audience,
        caFile: issuer.certificateFile,
        clientId: issuer.clientId,
        clientSecret: issuer.clientSecret,
        apiUrl: stack.url,
        ownIssuer,
      })
    : undefined;
  return {
    consoleUrl: shown?.url,
    async stop() {
      removeRun?.();
      await shown?.stop();
    },
  };
}

async function showConsole(run: ConsoleRun, port: number | 'default'): Promise<Console> {
  if (port !== 'default') return startConsole(run, port);
  try {
    return await startConsole(run, DEFAULT_PORT);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return startConsole(run, 0);
  }
}
