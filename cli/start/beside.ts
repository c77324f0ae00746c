import type { Environment } from '../../infra/environment';
import { type Console, type ConsoleRun, startConsole } from '../../local/console/console';
import { consoleRun } from '../../local/console/run';
import { PortError } from '../../local/listen';
import { leaveLocalRun } from '../../local/local-run';
import type { LocalStack } from '../../local/local-stack';
import type { Options } from './options';

/** The port of the console where none was asked for and this one is free. */
const DEFAULT_PORT = 3002;

/** What runs beside the stack for people: the console, and the note that tells the tools where everything is. */
export interface Beside {
  readonly consoleUrl: string | undefined;
  /** Why the tools will not find this run, for people. */
  readonly problem: string | undefined;
  stop(): Promise<void>;
}

/**
 * @param root the project's folder.
 * @throws PortError when the console's port was asked for; nothing is left behind then.
 */
export async function startBeside(
  root: string,
  stack: LocalStack,
  environment: Environment,
  { consolePort, issuer: asked }: Pick<Options, 'consolePort' | 'issuer'>,
): Promise<Beside> {
  const shown = consolePort === 'none' ? undefined : await showConsole(consoleRun(stack, environment), consolePort);
  const { issuer } = stack;
  const leaveNote = () =>
    leaveLocalRun(root, {
      pid: process.pid,
      apiUrl: stack.url,
      consoleUrl: shown?.url,
      consoleSecret: shown?.secret,
      routes: stack.table(),
      authorizer: stack.authorizer,
      issuer: issuer && {
        url: issuer.url,
        audience: issuer.audience,
        caFile: issuer.certificateFile,
        clientId: issuer.clientId,
        clientSecret: issuer.clientSecret,
      },
      ownIssuer: asked === 'embedded',
    });
  let removeNote: (() => void) | undefined;
  let problem: string | undefined;
  try {
    removeNote = leaveNote();
  } catch (error) {
    problem = `The commands token and doctor will not find this run: ${error instanceof Error ? error.message : error}`;
  }
  // The table and the authorizer's settings may be others after each build.
  const unsubscribe = stack.subscribe(({ type }) => {
    if (type !== 'deployed' || !removeNote) return;
    try {
      leaveNote();
    } catch {
      // The tools go on with what they know.
    }
  });
  return {
    consoleUrl: shown?.url,
    problem,
    async stop() {
      unsubscribe();
      removeNote?.();
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
