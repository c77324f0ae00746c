import { parseArgs } from 'node:util';
import { hasCredentials, isPrivate } from '../../client/http-request';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';

export { UsageError };

/** What to type, and what it examines. */
const EXAMPLES = aligned([
  [commandLine('doctor'), 'checks settings, provider, keys and clock'],
  [`${commandLine('token')} | ${commandLine('doctor', '--token -')}`, 'also checks a token, read from standard input'],
  [commandLine('doctor', '--token-file FILE --url URL'), 'also calls the deployed API with the token'],
  [commandLine('doctor', '--from-log LINE'), "explains a line of the authorizer's log, or the id of a request"],
]);

function aligned(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`).join('\n');
}

export const usage = `Says whether a token or the whole setup works and, if not, why.

${EXAMPLES}

  --token TOKEN       the access token, or the token response; - reads standard input, which keeps it out of the
                      shell's history
  --token-file FILE   a file with the token or the token response; - reads standard input
  --url URL           address of the API's stage; the doctor calls its routes with and without the token
  --stack NAME        a deployed CloudFormation stack; compares its list of revoked tokens with the configured one.
                      Needs the AWS CLI with credentials
  --from-log LINE     a log line, an event of CloudWatch, or an x-amz-apigw-id; - or no value reads standard input.
                      Needs no settings and no network
  --ca FILE           PEM file of a certificate authority to trust in addition to the usual ones
  --app APP           an app other than the one in cdk.json: a command, or the folder of a cloud assembly
  --api NAME          an API other than the app's first: its logical id or name
  --json              print JSON for machines
  --help

Settings come from the environment, .env.<STAGE> and .env. If none of these sets AUTHACTION_DOMAIN, they come from a
running "${commandLine('start')}", else from the app. A running "${commandLine('start', '--own-issuer')}" takes precedence over the tenant.
Exit codes: 0 nothing wrong, 1 something is wrong, 2 the command was not understood.`;

export interface DoctorOptions {
  /** Where the token is: the text itself, a file, or standard input. */
  readonly token?: { readonly text: string } | { readonly file: string } | 'stdin';
  /** Where the log line or the id of a request is. */
  readonly fromLog?: { readonly text: string } | 'stdin';
  readonly url?: string;
  /** Name of the deployed stack. */
  readonly stack?: string;
  readonly ca?: string;
  readonly app?: string | undefined;
  readonly api?: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): DoctorOptions {
  const {
    token,
    'token-file': file,
    'from-log': log,
    url,
    stack,
    ca,
    app,
    api,
    json = false,
    help = false,
  } = parsed(withValue(args));
  if (log !== undefined && (token !== undefined || file !== undefined || url !== undefined || stack !== undefined)) {
    throw new UsageError('--from-log stands alone: leave out the options for a token, an API or a stack.');
  }
  if (stack === '') throw new UsageError('--stack has no name.');
  if (token !== undefined && file !== undefined) throw new UsageError('Give one of --token and --token-file.');
  if (url !== undefined && !(URL.canParse(url) && isPrivate(new URL(url)))) {
    throw new UsageError(
      '--url must start with https://: tokens are not sent in the clear (http only to this machine).',
    );
  }
  if (url !== undefined && !isStageAddress(url)) {
    throw new UsageError('--url is the address of a stage: it has no name, password, query or fragment.');
  }
  const source = token === '-' || file === '-' ? 'stdin' : token !== undefined ? { text: token } : file && { file };
  return {
    ...(source ? { token: source } : {}),
    ...(log === undefined ? {} : { fromLog: log === '-' ? ('stdin' as const) : { text: log } }),
    ...(url === undefined ? {} : { url: url.trim() }),
    ...(stack === undefined ? {} : { stack }),
    ...(ca === undefined ? {} : { ca }),
    app,
    api,
    json,
    help,
  };
}

/** Whether the paths of routes can be appended, and requests carry no other credentials than the token. */
const isStageAddress = (text: string): boolean => !hasCredentials(new URL(text)) && !/[?#]/.test(text);

/** `--from-log` without a value reads standard input. */
function withValue(args: readonly string[]): readonly string[] {
  const index = args.indexOf('--from-log');
  const hasValue = index < 0 || (args[index + 1] !== undefined && !/^--[a-z]/.test(args[index + 1] ?? ''));
  return hasValue ? args : [...args.slice(0, index), '--from-log=-', ...args.slice(index + 1)];
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    token: text,
    'token-file': text,
    'from-log': text,
    url: text,
    stack: text,
    ca: text,
    app: text,
    api: text,
    json: flag,
    help: flag,
  };
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
