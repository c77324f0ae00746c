import { projectRoot } from '../../infra/bundling';
import { readStageEnvironment } from '../../infra/environment';
import { UnsupportedTemplateError } from '../../local/gateway/read-template';
import { PortError } from '../../local/listen';
import { type LocalStack, startLocalStack } from '../../local/local-stack';
import { withoutTenant } from '../../local/own-issuer';
import { SynthesisError } from '../../local/synthesize';
import { hasColour } from '../../terminal/terminal';
import { type Beside, startBeside } from './beside';
import { parseOptions, USAGE, UsageError } from './options';
import { createPrinter } from './print';
import { watchSources } from './watch';

/** Errors that speak for themselves; of anything else the stack is needed. */
const FOR_PEOPLE = [UsageError, PortError, SynthesisError, UnsupportedTemplateError];

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (!options) return console.log(USAGE);

  const isColoured = hasColour(process.stdout, process.env);
  const printer = createPrinter((line) => console.log(line), isColoured);
  let stack: LocalStack | undefined;
  let beside: Beside | undefined;
  let stopWatching: (() => void) | undefined;
  let isEnding = false;
  const end = (exitCode: number): void => {
    if (isEnding) return;
    isEnding = true;
    void (async () => {
      stopWatching?.();
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
  if (options.watch) {
    const running = stack;
    stopWatching = watchSources(() => running.redeploy());
    console.log('Watching lambdas/ and infra/ for changes. Ctrl-C ends.\n');
  } else console.log('Ctrl-C ends.\n');
}

main().catch((error: unknown) => {
  const speaks = FOR_PEOPLE.some((type) => error instanceof type);
  console.error(speaks ? (error as Error).message : error);
  if (error instanceof PortError)
    console.error('Choose another with --port, --issuer-port or --console-port, see npm start -- --help');
  process.exit(1);
});
