import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { type RevokedKind, revokedKinds } from '../../lambdas/authorizer/token/revoked';
import { AppError, projectOf } from '../../local/app';
import { UsageError } from '../command';
import { flushCache, readStack, type Stage, writeList } from './deployed-authorizer';
import { addEntry, entriesOf, type Revocation, RevocationError, removeEntry, requireRoom } from './list';
import { localAuthorizer } from './local-authorizer';

const usage = `authaction revoke [--stack NAME] (--sub X | --client X | --kid X | --jti X) [options]

Refuses tokens that are good, before they expire: changes the list AUTHACTION_REVOKED of the deployed authorizer, which
replaces its containers, and flushes the cached decisions. An emergency brake with room for some dozens of entries, not a
session store.

  --stack NAME   the CloudFormation stack; without it, the authaction start that runs here
  --sub X        tokens of a subject
  --client X     tokens of a client (client_id, else azp)
  --kid X        tokens signed with a key
  --jti X        one token
  --before TIME  only tokens issued before a time such as 2026-11-25T12:00:00Z, or before now: --before now
  --undo         take the entry out of the list again
  --list         print the list and change nothing
  --yes          do not ask
  --help

Uses the AWS CLI with its credentials, profile and region. The next deployment sets the list to the setting
AUTHACTION_REVOKED: the command prints the line to keep.
Exit code: 0 done, 1 not done or not all of it, 2 the command was not understood.`;

/** Changes the list of revoked tokens of a deployed stack. @throws AppError */
export async function revoke(args: readonly string[]): Promise<number> {
  const options = parsed(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { stack, revocation } = options;
  try {
    return await (stack === undefined ? changeLocal(revocation, options) : change(stack, revocation, options));
  } catch (error) {
    if (error instanceof RevocationError) throw new AppError(error.message);
    throw error;
  }
}

interface ChangeOptions {
  readonly undo: boolean;
  readonly yes: boolean;
}

/** A run on this machine: nothing is asked, since nothing lasts. */
async function changeLocal(revocation: Revocation | undefined, { undo }: ChangeOptions): Promise<number> {
  const authorizer = await localAuthorizer(projectOf(process.cwd()));
  const before = authorizer.list;
  const after = revocation ? (undo ? removeEntry : addEntry)(before, revocation) : before;
  console.log(`The local run: ${entriesOf(before).length} entries`);
  for (const line of revocation ? difference(before, after) : entriesOf(before)) console.log(`  ${line}`);
  if (after !== before) await authorizer.write(after);
  return 0;
}

async function change(
  stackName: string,
  revocation: Revocation | undefined,
  { undo, yes }: ChangeOptions,
): Promise<number> {
  const { authorizers, stages } = readStack(stackName);
  const changes = authorizers.map((authorizer) => {
    const before = authorizer.variables.AUTHACTION_REVOKED ?? '';
    const after = revocation ? (undo ? removeEntry : addEntry)(before, revocation) : before;
    requireRoom({ ...authorizer.variables, AUTHACTION_REVOKED: after });
    return { authorizer, before, after };
  });
  for (const { authorizer, before, after } of changes) {
    console.log(`${authorizer.functionName}: ${entriesOf(before).length} entries`);
    for (const line of revocation ? difference(before, after) : entriesOf(before)) console.log(`  ${line}`);
  }
  if (!revocation) return 0;
  if (!yes && !(await confirm('Its containers are replaced and cached decisions flushed. Continue? [y/N] '))) {
    console.log('Nothing is changed.');
    return 1;
  }
  for (const { authorizer, before, after } of changes) if (after !== before) writeList(authorizer, after);
  const isFlushed = flush(stages);
  console.log(
    `\nThe next deployment keeps it with this line in .env.<stage>, or with the repository's variable of this name:`,
  );
  for (const list of new Set(changes.map(({ after }) => after))) console.log(`AUTHACTION_REVOKED=${list}`);
  return isFlushed ? 0 : 1;
}

function flush(stages: readonly Stage[]): boolean {
  const flushed = stages.map((stage) => {
    try {
      flushCache(stage);
      console.log(`Flushed the decisions of stage ${stage.name}.`);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      console.error(`Decisions of stage ${stage.name} stay in its cache until their time is over. ${error.message}`);
      return false;
    }
  });
  if (stages.length > 0) return flushed.every(Boolean);
  console.error(
    'The API is in another stack: flush the decisions it has cached with\n' +
      'aws apigateway flush-stage-authorizers-cache --rest-api-id ID --stage-name STAGE',
  );
  return false;
}

function difference(before: string, after: string): readonly string[] {
  const [old, now] = [entriesOf(before), entriesOf(after)];
  const lines = [
    ...old.filter((entry) => !now.includes(entry)).map((entry) => `- ${entry}`),
    ...now.filter((entry) => !old.includes(entry)).map((entry) => `+ ${entry}`),
  ];
  return lines.length > 0 ? lines : ['the list says so already'];
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new AppError('There is no terminal to ask for confirmation: add --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const kinds = { sub: text, client: text, kid: text, jti: text } satisfies Record<RevokedKind, typeof text>;
    const options = { ...kinds, stack: text, before: text, undo: flag, list: flag, yes: flag, help: flag };
    const { values } = parseArgs({ args: [...args], options });
    const { stack, before, undo, list, yes, help } = values;
    if (help) return { help, stack, undo, yes, revocation: undefined };
    if (stack === '') throw new Error('--stack has no name');
    const given = revokedKinds.filter((kind) => values[kind] !== undefined);
    const [kind] = given;
    if (list && (kind || undo)) throw new Error('--list changes nothing: leave the other options out');
    if (list) return { help, stack, undo, yes, revocation: undefined };
    if (!kind || given.length > 1 || !values[kind]) throw new Error('Give one of --sub, --client, --kid and --jti');
    if (before !== undefined && undo)
      throw new Error('--undo takes the entry out whatever its time: leave --before out');
    const time = before === 'now' ? new Date().toISOString() : before;
    return { help, stack, undo, yes, revocation: { kind, value: values[kind], before: time } };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
