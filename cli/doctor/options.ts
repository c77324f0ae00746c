import { parseArgs } from 'node:util';
import { isPrivate } from '../../client/http-request';

export const usage = `Examines why a token, or the whole setup, does or does not work.

  npm run -s doctor                                      settings, provider, keys, clock
  npm run -s token | npm run -s doctor -- --token -      and a token, read from standard input
  npm run -s doctor -- --token-file FILE --url URL       and the deployed API with it

  --token TOKEN       the access token; - reads standard input, which keeps it out of the shell's history
  --token-file FILE   a file that holds nothing but the token; - reads standard input
  --url URL           address of the API's stage: its routes are called with and without the token
  --ca FILE           PEM of an authority to trust besides the usual ones
  --json              for machines
  --help

Settings come from the environment, .env.<STAGE> and .env; without AUTHACTION_DOMAIN, from a running "npm start".
A running "npm start -- --own-issuer" comes before the tenant.
Exit code: 0 nothing wrong, 1 something is wrong, 2 the command was not understood.`;

export interface DoctorOptions {
  /** Where the token is to be had: the text itself, a file, or standard input. */
  readonly token?: { readonly text: string } | { readonly file: string } | 'stdin';
  readonly url?: string;
  readonly ca?: string;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command was not understood. The message says what was wrong, and never quotes a token. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): DoctorOptions {
  const { token, 'token-file': file, url, ca, json = false, help = false } = parsed(args);
  if (token !== undefined && file !== undefined) throw new UsageError('Give one of --token and --token-file.');
  if (url !== undefined && !(URL.canParse(url) && isPrivate(new URL(url)))) {
    throw new UsageError(
      '--url must start with https://: tokens are not sent in the clear (http only to this machine).',
    );
  }
  const source = token === '-' || file === '-' ? 'stdin' : token !== undefined ? { text: token } : file && { file };
  return {
    ...(source ? { token: source } : {}),
    ...(url === undefined ? {} : { url }),
    ...(ca === undefined ? {} : { ca }),
    json,
    help,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { token: text, 'token-file': text, url: text, ca: text, json: flag, help: flag };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Node quotes the argument, which may be the token.
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
      throw new UsageError('There is an argument without an option name: a token goes after --token.');
    }
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new UsageError('There is an option that the doctor does not know.');
    throw new UsageError('An option lacks its value, or has one that it does not take.');
  }
}
