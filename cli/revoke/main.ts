import { createInterface } from 'node:readline/promises';
import { AppError, projectOf } from '../../local/app';
import { readLocalRun } from '../../local/local-run';
import { flushCache, readStack, type Stage, writeList } from './deployed-authorizer';
import { addEntry, countEntries, entriesOf, RevocationError, removeEntry, requireRoom } from './list';
import { localAuthorizer } from './local-authorizer';
import { parseOptions, type RevokeOptions, usage } from './options';
import { isAccepted, seconds, type TokenCall, waitForRefusal } from './refusal';
import { deployedUrl, localUrl, readToken } from './token-call';

/** Changes the list of revoked tokens of a deployed stack. @throws AppError */
export async function revoke(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  try {
    return await (options.stack === undefined ? changeLocal(options) : change(options.stack, options));
  } catch (error) {
    if (error instanceof RevocationError) throw new AppError(error.message);
    throw error;
  }
}

/** A run on this machine: nothing is asked, since nothing lasts. */
async function changeLocal({ revocation, undo, ...options }: RevokeOptions): Promise<number> {
  const root = projectOf(process.cwd());
  const authorizer = await localAuthorizer(root);
  const before = authorizer.list;
  const after = revocation ? (undo ? removeEntry : addEntry)(before, revocation) : before;
  console.log(`The local run: ${countEntries(before)}`);
  for (const line of revocation ? difference(before, after) : entriesOf(before)) console.log(`  ${line}`);
  const call = await prepareCall(options, () => {
    const run = readLocalRun(root);
    if (!run) throw new AppError('The local run has ended.');
    return localUrl(run);
  });
  const sinceMs = performance.now();
  if (after !== before) await authorizer.write(after);
  await showRefusal(call, sinceMs);
  return 0;
}

async function change(stackName: string, { revocation, undo, yes, ...options }: RevokeOptions): Promise<number> {
  const stack = readStack(stackName);
  const { authorizers, stages } = stack;
  const changes = authorizers.map((authorizer) => {
    const before = authorizer.variables.AUTHACTION_REVOKED ?? '';
    const after = revocation ? (undo ? removeEntry : addEntry)(before, revocation) : before;
    requireRoom({ ...authorizer.variables, AUTHACTION_REVOKED: after });
    return { authorizer, before, after };
  });
  for (const { authorizer, before, after } of changes) {
    console.log(`${authorizer.functionName}: ${countEntries(before)}`);
    for (const line of revocation ? difference(before, after) : entriesOf(before)) console.log(`  ${line}`);
  }
  if (!revocation) return 0;
  if (!yes && !(await confirm('This replaces the containers and flushes the cached decisions. Continue? [y/N] '))) {
    console.log('Nothing was changed.');
    return 1;
  }
  const call = await prepareCall(options, () => deployedUrl(stackName, stack));
  const sinceMs = performance.now();
  for (const { authorizer, before, after } of changes) if (after !== before) writeList(authorizer, after);
  const isFlushed = flush(stages);
  console.log(
    `\nTo keep this at the next deployment, put this line into .env.<stage>, or set the repository's variable of this name:`,
  );
  for (const list of new Set(changes.map(({ after }) => after))) console.log(`AUTHACTION_REVOKED=${list}`);
  await showRefusal(call, sinceMs);
  return isFlushed ? 0 : 1;
}

/** The call to wait for, where a token is given and accepted so far. @throws UsageError, AppError */
async function prepareCall(
  { token: source, url }: Pick<RevokeOptions, 'token' | 'url'>,
  findUrl: () => string,
): Promise<TokenCall | undefined> {
  if (source === undefined) return undefined;
  const call = { token: await readToken(source), url: url ?? findUrl() };
  if (await isAccepted(call)) return call;
  console.log(`${call.url} refuses the token already: there is nothing to wait for.`);
  return undefined;
}

/** Waits until the token is refused, and says how long that took. @throws AppError */
async function showRefusal(call: TokenCall | undefined, sinceMs: number): Promise<void> {
  if (!call) return;
  console.log(`Calling ${call.url} with the token until it is refused.`);
  const tookMs = await waitForRefusal(call, sinceMs, console.log);
  console.log(`Refused after ${seconds(tookMs)}.`);
}

function flush(stages: readonly Stage[]): boolean {
  const flushed = stages.map((stage) => {
    try {
      flushCache(stage);
      console.log(`Flushed the decisions of stage ${stage.name}.`);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      console.error(`Decisions of stage ${stage.name} stay cached until they expire. ${error.message}`);
      return false;
    }
  });
  if (stages.length > 0) return flushed.every(Boolean);
  console.error(
    'The API is in another stack. Flush its cached decisions with\n' +
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
  return lines.length > 0 ? lines : ['no change: the list has this entry already'];
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
