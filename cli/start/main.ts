import { readStageEnvironment } from '../../infra/environment';
import { findApp } from '../../local/app';
import { takesTenant, withoutTenant } from '../../local/issuer-settings';
import { PortError, requireFree } from '../../local/listen';
import { readLocalRun } from '../../local/local-run';
import { type LocalStack, startLocalStack } from '../../local/local-stack';
import { commandLine } from '../../terminal/command-line';
import { hasColour } from '../../terminal/terminal';
import { UsageError } from '../command';
import { type Beside, startBeside } from './beside';
import { type Options, parseOptions, USAGE } from './options';
import { onParentEnd } from './parent';
import { createPrinter } from './print';
import { isNoSource } from './sources';
import { type SourceWatcher, watchSources } from './watch';

/**
 * Runs the app's API until it is ended.
 *
 * @throws UsageError, AppError, UnsupportedTemplateError, ProblemsError, PortError; nothing is left behind then.
 */
export async function start(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, process.env);
  if (!options) {
    console.log(USAGE);
    return 0;
  }
  const app = findApp(process.cwd(), options.app);
  const printer = createPrinter((line) => console.log(line), hasColour(process.stdout, process.env));
  let stack: LocalStack | undefined;
  let beside: Beside | undefined;
  let watcher: SourceWatcher | undefined;
  let exitCode: number | undefined;
  const starting = new AbortController();
  const ended = new Promise<number>((resolve) => {
    const end = (code: number): void => {
      if (exitCode !== undefined) return;
      exitCode = code;
      starting.abort();
      resolve(code);
    };
    process.on('SIGINT', () => end(130));
    process.on('SIGTERM', () => end(143));
    process.on('SIGHUP', () => end(129));
    process.stdout.on('error', () => end(1)); // no process reads the output any more
    onParentEnd(() => end(129));
  });

  const { env } = readStageEnvironment(app.root);
  const environment = options.issuer === 'embedded' ? withoutTenant(env) : env;
  if (options.claims && takesTenant(options.issuer, environment)) {
    throw new UsageError("--claims is for the embedded issuer: the tenant decides on its tokens' claims.");
  }
  const startStack = (): Promise<LocalStack> =>
    startLocalStack({
      ...options,
      app,
      environment,
      signal: starting.signal,
      onEvent: (event) => printer.event(event),
    });
  const running = requirePorts(options).then(startStack); // a synthesis takes seconds
  if (options.watch) {
    // From before the first build on: what is saved during it is built next.
    const redeploy = async (): Promise<void> => (await running.catch(() => undefined))?.redeploy();
    watcher = watchSources(redeploy, [app.root], isNoSource(app.root));
  }
  try {
    stack = await running;
    if (exitCode === undefined) beside = await startBeside(app.root, stack, environment, options);
    if (beside) {
      printer.banner(stack, performance.now(), beside.consoleUrl, beside.problem);
      console.log(`${options.watch ? 'Watching the app for changes. ' : ''}Ctrl-C ends.\n`);
    }
    return await ended;
  } catch (error) {
    if (exitCode !== undefined) return exitCode; // what was interrupted has nothing to say
    throw error instanceof PortError ? portAdvice(error, app.root) : error;
  } finally {
    await watcher?.stop();
    await beside?.stop();
    await stack?.stop();
  }
}

/** @throws PortError when a port that was asked for is unavailable; that of the issuer is opened first anyway. */
async function requirePorts({ port, consolePort }: Pick<Options, 'port' | 'consolePort'>): Promise<void> {
  await requireFree(port);
  if (typeof consolePort === 'number') await requireFree(consolePort);
}

/** What to do about a port: often this project runs already. */
function portAdvice({ message }: PortError, root: string): PortError {
  const run = readLocalRun(root);
  const running = run
    ? `This project is already running: API at ${run.apiUrl}${run.consoleUrl ? `, console at ${run.consoleUrl}` : ''}\n`
    : '';
  return new PortError(
    `${message}\n${running}Choose another with --port, --issuer-port or --console-port; see ${commandLine('start', '--help')}`,
  );
}
