import { httpRequest } from '../../client/http-request';
import { AppError } from '../../local/app';
import type { ActionAnswer } from '../../local/console/view';
import { readLocalRun } from '../../local/local-run';
import { commandLine } from '../../terminal/command-line';

/** The authorizer of a local run. */
export interface LocalAuthorizer {
  /** The list as it is now. */
  readonly list: string;
  /** Gives it another list; resolves when it refuses by that one. @throws AppError */
  write(list: string): Promise<void>;
}

/**
 * Finds the run of a project and asks it for its list.
 *
 * @param root the project's folder.
 * @throws AppError when none runs there, or it has no console.
 */
export async function localAuthorizer(root: string): Promise<LocalAuthorizer> {
  const run = readLocalRun(root);
  if (!run) throw new AppError(`"${commandLine('start')}" is not running here. For a deployed API, give --stack.`);
  const { consoleUrl, consoleSecret } = run;
  if (!consoleUrl || !consoleSecret) {
    throw new AppError(
      `The running "${commandLine('start')}" has no console, which revoke needs: start it without --no-console.`,
    );
  }
  const origin = `http://127.0.0.1:${new URL(consoleUrl).port}`;
  async function ask(list?: string): Promise<string> {
    const { body } = await httpRequest({
      url: `${origin}/actions`,
      method: 'POST',
      headers: { origin, 'content-type': 'application/json', 'x-console-secret': consoleSecret ?? '' },
      body: JSON.stringify({ action: 'revoke', list }),
      timeoutMs: TIMEOUT_MS,
    });
    const answer = JSON.parse(body) as ActionAnswer;
    if (answer.ok) return answer.revoked ?? '';
    throw new AppError(answer.error);
  }
  return { list: await ask(), write: async (list) => void (await ask(list)) };
}

/** Time for the app to be built and its authorizer to start, in milliseconds. */
const TIMEOUT_MS = 60_000;
