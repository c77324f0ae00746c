import { TokenRequestError } from '../client/request-token';
import { ProblemsError } from '../infra/problems';
import { AppError } from '../local/app';
import { UnsupportedTemplateError } from '../local/gateway/read-template';
import { PortError } from '../local/listen';

/**
 * A command: does its work and returns its exit code. 0: done; 1: it failed, or found something wrong.
 *
 * @throws UsageError and the other errors whose messages are for people.
 */
export type Command = (args: readonly string[]) => Promise<number>;

/** The command was not understood: exit code 2. The message says what was wrong, and never quotes a secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors whose message is all that a person needs. */
const FOR_PEOPLE = [AppError, PortError, ProblemsError, TokenRequestError, UnsupportedTemplateError, UsageError];

/** Runs a command, prints an error meant for people as its message, and returns the exit code. */
export async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  try {
    return await command(args);
  } catch (error) {
    console.error(textOf(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

function textOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (FOR_PEOPLE.some((type) => error instanceof type)) return error.message;
  // The system refused something: a full disk, a file that may not be read, too many processes.
  if ('syscall' in error) return error.message;
  return error; // a fault of this program: its stack is needed
}
