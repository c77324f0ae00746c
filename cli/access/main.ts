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

  --base BASE        compare with an earlier state: a commit, branch or tag of git, or the folder of a cloud assembly.
                     Says which calls some callers may make now and could not before, and which some may no longer make,
                     by what both tables decide, not by their text
  --fail-on-widened  with --base: exit code 1 when some caller may make a call now that it could not before
  --json             for machines: { routes, changes }
  --app APP          another app than the one of cdk.json: a command, or the folder of a cloud assembly
  --api NAME         another of its APIs than the first: logical id or name
  --help

Exit code: 0 printed, 1 access has widened (--fail-on-widened) or the app cannot be read, 2 the command was not understood.`;

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
