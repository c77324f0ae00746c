/**
 * Invokes one function of the stack with an event, without Docker, in the process the local gateway runs it in:
 * `npm run invoke AuthorizerFunction events/authorizer/good-token.json`.
 *
 * The function's answer, or its error, goes to stdout as JSON, its log to stderr.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../infra/bundling';
import { readStageEnvironment } from '../../infra/environment';
import { ProblemsError } from '../../lambdas/authorizer/problems';
import type { FunctionModel } from '../../local/gateway/api-model';
import { isRecord } from '../../local/gateway/is-record';
import { readTemplate, UnsupportedTemplateError } from '../../local/gateway/read-template';
import type { LogRecord } from '../../local/lambda/messages';
import { type Invocation, startFunction } from '../../local/lambda/start-function';
import { SynthesisError, synthesize } from '../../local/synthesize';

const USAGE = `npm run invoke FUNCTION EVENT.json [-- --env-vars FILE.json]

  FUNCTION    logical id, such as AuthorizerFunction
  EVENT.json  the event; - reads it from stdin
  --env-vars  values for variables of the functions, in the format of sam local invoke; default events/env.json
  --help`;

/** Values for environment variables, by function: the format of `sam local invoke --env-vars`. */
export type EnvVars = Readonly<Record<string, Readonly<Record<string, string>>>>;

class UsageError extends Error {}

/**
 * Synthesizes the stack and reads its functions. They are usable after `folder` is gone only once started.
 *
 * @param folder for the cloud assembly.
 * @param settings stand in for settings that neither the environment nor a `.env` file has.
 */
export async function functionsOf(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, FunctionModel>> {
  const environment = { LAMBDA_SOURCE_MAPS: 'true', ...settings, ...readStageEnvironment(projectRoot).env };
  return readTemplate(await synthesize(folder, environment), folder).functions;
}

/** Starts a function, gives it one event, and ends it. As with SAM, only variables the template declares are set. */
export async function invokeOnce(
  model: FunctionModel,
  event: unknown,
  envVars: EnvVars,
  onLog?: (record: LogRecord) => void,
): Promise<Invocation> {
  const declared = Object.entries(envVars[model.id] ?? {}).filter(([name]) => Object.hasOwn(model.environment, name));
  const environment = { ...model.environment, ...Object.fromEntries(declared) };
  const lambda = startFunction({ ...model, environment, ...(onLog ? { onLog } : {}) });
  try {
    return await lambda.invoke(event);
  } finally {
    await lambda.stop();
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseCommandLine();
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [functionId, eventFile, ...others] = positionals;
  if (functionId === undefined || eventFile === undefined || others.length > 0) throw new UsageError(USAGE);
  const event = readJson(eventFile);
  const envVars = readEnvVars(values['env-vars']);

  const folder = mkdtempSync(join(tmpdir(), 'authaction-invoke-'));
  try {
    const functions = await functionsOf(folder, Object.assign({}, ...Object.values(envVars)));
    const model = functions.get(functionId);
    if (!model)
      throw new UsageError(`There is no function ${functionId}: it is one of ${[...functions.keys()].join(', ')}`);
    const outcome = await invokeOnce(model, event, envVars, (record) => console.error(JSON.stringify(record)));
    console.log(JSON.stringify(outcome.ok ? outcome.result : outcome.error));
    return outcome.ok ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'env-vars': { type: 'string', default: join(projectRoot, 'events', 'env.json') },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
}

/** As with SAM, a value may also be a number or a boolean. */
function readEnvVars(file: string): EnvVars {
  const byFunction = readJson(file);
  const isValue = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const isEnvVars =
    isRecord(byFunction) &&
    Object.values(byFunction).every((values) => isRecord(values) && Object.values(values).every(isValue));
  if (!isEnvVars) {
    throw new UsageError(`${file} must hold values by function, such as {"PublicFunction":{"CORS_ALLOW_ORIGIN":"*"}}`);
  }
  const texts = (values: object) => Object.fromEntries(Object.entries(values).map(([name, v]) => [name, String(v)]));
  return Object.fromEntries(Object.entries(byFunction).map(([id, values]) => [id, texts(values as object)]));
}

if (require.main === module) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const isForPeople = [UsageError, ProblemsError, SynthesisError, UnsupportedTemplateError].some(
        (type) => error instanceof type,
      );
      console.error(isForPeople ? (error as Error).message : error);
      process.exitCode = 2;
    },
  );
}
