import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { readStageEnvironment } from '../../infra/environment';
import { ProblemsError } from '../../lambdas/authorizer/problems';
import { UnsupportedTemplateError } from '../../local/gateway/read-template';
import { PortError } from '../../local/listen';
import { type LocalStack, startLocalStack } from '../../local/local-stack';
import { withoutTenant } from '../../local/own-issuer';
import { SynthesisError } from '../../local/synthesize';
import { hasColour } from '../../terminal/terminal';
import { type Beside, startBeside } from './beside';
import { parseOptions, USAGE, UsageError } from './options';
import { createPrinter } from './print';
import { type SourceWatcher, watchSources } from './watch';

/** Errors that speak for themselves; of anything else the stack is needed. */
const FOR_PEOPLE = [UsageError, ProblemsError, PortError, SynthesisError, UnsupportedTemplateError];

/** The source of what is served. */
const WATCHED_FOLDERS = ['lambdas', 'infra'].map((folder) => join(projectRoot, folder));

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (!options) return console.log(USAGE);

  const isColoured = hasColour(process.stdout, process.env);
  const printer = createPrinter((line) => console.log(line), isColoured);
  let stack: LocalStack | undefined;
  let beside: Beside | undefined;
  let watcher: SourceWatcher | undefined;
  let isEnding = false;
  const end = (exitCode: number): void => {
    if (isEnding) return;
    isEnding = true;
    void (async () => {
      await watcher?.stop();
      await beside?.stop();
      await (stack ?? (await starting.catch(() => undefined)))?.stop();
      process.exit(exitCode);
    })();
  };
  process.on('SIGINT', () => end(130));
  process.on('SIGTERM', () => end(143));
  process.on('SIGHUP', () => end(129));
  process.stdout.on('error', () => end(1)); // whoever read the output is gone

  const { env } = readStageEnvironment(projectRoot);
  const environment = options.ownIssuer ? withoutTenant(env) : env;
  if (options.watch) {
    // From before the first build on: what is saved during it is built next.
    const redeploy = async (): Promise<void> => (await starting.catch(() => undefined))?.redeploy();
    watcher = watchSources(redeploy, WATCHED_FOLDERS);
  }
  const starting = startLocalStack({ ...options, environment, onEvent: (event) => printer.event(event) });
  try {
    stack = await starting;
  } catch (error) {
    if (isEnding) return; // Ctrl-C reaches the processes it has started, too
    throw error;
  }
  if (isEnding) return;
  try {
    beside = await startBeside(stack, environment, options);
  } catch (error) {
    await stack.stop();
    throw error;
  }
  printer.banner(stack, performance.now(), beside.consoleUrl);
  console.log(options.watch ? 'Watching lambdas/ and infra/ for changes. Ctrl-C ends.\n' : 'Ctrl-C ends.\n');
}

main().catch((error: unknown) => {
  const speaks = FOR_PEOPLE.some((type) => error instanceof type);
  console.error(speaks ? (error as Error).message : error);
  if (error instanceof PortError)
    console.error('Choose another with --port, --issuer-port or --console-port, see npm start -- --help');
  process.exit(1);
});
