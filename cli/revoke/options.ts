import { parseArgs } from 'node:util';
import { hasCredentials, isPrivate } from '../../client/http-request';
import { type RevokedKind, revokedKinds } from '../../lambdas/authorizer/token/revoked';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';
import type { Revocation } from './list';

export const usage = `${commandLine('revoke', '[--stack NAME] (--sub X | --client X | --kid X | --jti X) [options]')}

Refuses good tokens before they expire. Changes the list AUTHACTION_REVOKED of the deployed authorizer, which replaces its
containers, and flushes the cached decisions. This is an emergency brake with room for a few dozen entries, not a session
store.

  --stack NAME   the CloudFormation stack; without it, the API that ${commandLine('start')} serves here
  --sub X        tokens of a subject
  --client X     tokens of a client (client_id, else azp)
  --kid X        tokens signed with a key
  --jti X        one token
  --before TIME  only tokens issued before TIME: a time such as 2026-11-25T12:00:00Z, or now
  --undo         remove the entry from the list
  --token FILE   wait up to a minute until a call with the token in this file is refused; - reads standard input
  --url URL      address of the GET route to call with the token; default: the API's first GET route that needs a token
  --list         print the list and change nothing
  --yes          do not ask for confirmation
  --help

Uses the AWS CLI with its credentials, profile and region. The next deployment sets the list to the setting
AUTHACTION_REVOKED, so keep the line that the command prints.
Exit codes: 0 done, 1 not done or not all of it, 2 the command was not understood.`;

export interface RevokeOptions {
  readonly help: boolean;
  readonly stack?: string | undefined;
  /** Absent: print the list. */
  readonly revocation?: Revocation | undefined;
  readonly undo: boolean;
  readonly yes: boolean;
  /** A file, or `-` for standard input. */
  readonly token?: string | undefined;
  readonly url?: string | undefined;
}

/** @throws UsageError, which quotes no argument that could be a token */
export function parseOptions(args: readonly string[]): RevokeOptions {
  try {
    return parsed(args);
  } catch (error) {
    const isPositional =
      error instanceof Error && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL';
    const problem = isPositional ? 'There is an argument without an option name' : (error as Error).message;
    throw new UsageError(`${problem}\n\n${usage}`);
  }
}

function parsed(args: readonly string[]): RevokeOptions {
  const { stack, before, undo, list, yes, help, token, url, ...values } = valuesOf(args);
  if (help) return { help, undo, yes };
  if (stack === '') throw new Error('--stack has no name');
  const given = revokedKinds.filter((kind) => values[kind] !== undefined);
  const [kind] = given;
  if (list && (kind || undo || token !== undefined)) {
    throw new Error('--list changes nothing: leave out the other options');
  }
  if (list) return { help, stack, undo, yes };
  const value = kind && values[kind];
  if (!kind || given.length > 1 || !value) throw new Error('Give one of --sub, --client, --kid and --jti');
  if (before !== undefined && undo) throw new Error('--undo removes the entry whatever its time: leave out --before');
  if (token !== undefined && undo) throw new Error('--token waits for a refusal: leave it out with --undo');
  if (token === '') throw new Error('--token has no file');
  if (url !== undefined && token === undefined) throw new Error('--url is called with a token: give --token, too');
  if (url !== undefined && !(URL.canParse(url) && isPrivate(new URL(url)))) {
    throw new Error('--url must start with https://: tokens are not sent in the clear (http only to this machine)');
  }
  if (url !== undefined && hasCredentials(new URL(url))) {
    throw new Error('--url has a name or password: it is called with the token alone');
  }
  const time = before === 'now' ? new Date().toISOString() : before;
  return { help, stack, undo, yes, token, url, revocation: { kind, value, before: time } };
}

function valuesOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const kinds = { sub: text, client: text, kid: text, jti: text } satisfies Record<RevokedKind, typeof text>;
  const options = {
    ...kinds,
    ...{ stack: text, before: text, token: text, url: text },
    ...{ undo: flag, list: flag, yes: flag, help: flag },
  };
  return parseArgs({ args: [...args], options }).values;
}
