import { parseArgs } from 'node:util';
import { readStageEnvironment } from '../../infra/environment';
import { compareAccess } from '../../infra/route-table/access-changes';
import { findApp } from '../../local/app';
import { describeApp } from '../../local/describe-app';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';
import { baseRoutes } from './base-routes';
import { accessTable, changesReport } from './report';

const usage = `${commandLine('access', '[options]')}

Prints who may call what: the routes of the API and the scopes each needs, as a Markdown table.

  --base BASE        compare with an earlier state: a git commit, branch or tag, or the folder of a cloud assembly.
                     Lists the calls that some callers can make now but could not before, and those that some can no
                     longer make. Compares what both tables decide, not their text
  --fail-on-widened  with --base: exit code 1 if some caller can make a call now that it could not make before
  --json             print JSON for machines: { routes, changes }
  --app APP          an app other than the one in cdk.json: a command, or the folder of a cloud assembly
  --api NAME         an API other than the app's first: its logical id or name
  --help

Exit codes: 0 printed, 1 access has widened (--fail-on-widened) or the app cannot be read, 2 the command was not understood.`;

/** Prints the routes of an API with what each needs, and what has changed since a base. @throws AppError */
export async function access(args: readonly string[]): Promise<number> {
  const options = parsed(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const app = findApp(process.cwd(), options.app);
  const { env } = readStageEnvironment(app.root);
  const base = options.base && (await baseRoutes(options.base, { app, env, api: options.api }));
  const { routes } = await describeApp(app, env, options.api);
  const changes = base ? compareAccess(base, routes) : undefined;
  if (options.json) console.log(JSON.stringify({ routes, ...(changes && { changes }) }, null, 2));
  else console.log([accessTable(routes), ...(changes ? [changesReport(changes)] : [])].join('\n\n'));
  return options['fail-on-widened'] && changes?.some(({ isWidened }) => isWidened) ? 1 : 0;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { base: text, 'fail-on-widened': flag, json: flag, app: text, api: text, help: flag };
    const { values } = parseArgs({ args: [...args], options });
    if (values['fail-on-widened'] && !values.base) throw new Error('--fail-on-widened needs --base');
    return values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
