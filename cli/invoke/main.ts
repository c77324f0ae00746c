import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readStageEnvironment } from '../../infra/environment';
import { isJsonObject } from '../../lambdas/shared/json';
import { type CdkApp, findApp, projectOf } from '../../local/app';
import type { FunctionModel } from '../../local/gateway/api-model';
import { readTemplate } from '../../local/gateway/read-template';
import { withPlaceholders } from '../../local/issuer-settings';
import { type FunctionOptions, type Invocation, startFunction } from '../../local/lambda/start-function';
import { makeRunFolder } from '../../local/run-folder';
import { readServedApi } from '../../local/served-api';
import { synthesize } from '../../local/synthesize';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';

const USAGE = `${commandLine('invoke', 'FUNCTION EVENT.json [options]')}

Invokes one function of the app with an event, without Docker, as the local gateway does. Prints the answer or the error as
JSON on standard output, and the log on standard error.

  FUNCTION         logical id, with or without the hash that the CDK adds: Orders0FC03F10 or Orders
  EVENT.json       the event; - reads it from standard input
  --env-vars FILE  values for the functions' variables, in the format of sam local invoke; default: events/env.json, if any
  --app APP        an app other than the one in cdk.json: a command, or the folder of a cloud assembly
  --api NAME       an API other than the app's first: its logical id or name
  --help

Exit codes: 0 the function answered, 1 the function or the app failed, 2 the command was not understood.`;

/** Values for environment variables, by function: the format of `sam local invoke --env-vars`. */
export type EnvVars = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Synthesizes the app and reads its functions. They are usable after `folder` is gone only once started.
 *
 * @param folder for the cloud assembly.
 * @param settings stand in for settings that neither the environment nor a `.env` file has.
 * @throws AppError, UnsupportedTemplateError
 */
export async function functionsOf(
  folder: string,
  settings: Readonly<Record<string, string>>,
  app: CdkApp = findApp(process.cwd()),
  api?: string,
): Promise<ReadonlyMap<string, FunctionModel>> {
  const environment = { LAMBDA_SOURCE_MAPS: 'true', ...settings, ...readStageEnvironment(app.root).env };
  const assembly = await synthesize(app, folder, withPlaceholders(environment));
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  return readTemplate(readServedApi(assembly, scratch, api).template, assembly).functions;
}

/**
 * Starts a function, gives it one event, and ends it. As with SAM, only variables the template declares are set.
 *
 * @param options.sourceRoot folder of the app: stack traces name its files, not those of the copy that runs.
 */
export async function invokeOnce(
  model: FunctionModel,
  event: unknown,
  envVars: EnvVars,
  options: Pick<FunctionOptions, 'onLog' | 'sourceRoot'> = {},
): Promise<Invocation> {
  const declared = Object.entries(envVars[model.id] ?? {}).filter(([name]) => Object.hasOwn(model.environment, name));
  const environment = { ...model.environment, ...Object.fromEntries(declared) };
  const lambda = startFunction({ ...model, environment, ...options });
  try {
    return await lambda.invoke(event);
  } finally {
    await lambda.stop();
  }
}

/** Invokes a function and prints its answer. @throws UsageError, AppError, UnsupportedTemplateError */
export async function invoke(args: readonly string[]): Promise<number> {
  const { positionals, values } = parsed(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [functionId, eventFile, ...others] = positionals;
  if (functionId === undefined || eventFile === undefined || others.length > 0) throw new UsageError(USAGE);
  const event = readJson(eventFile);
  const envVars = readEnvVars(values['env-vars']);
  const app = findApp(process.cwd(), values.app);

  const folder = makeRunFolder();
  try {
    const functions = await functionsOf(folder, Object.assign({}, ...Object.values(envVars)), app, values.api);
    const model = functionNamed(functionId, functions);
    if (!model) {
      throw new UsageError(`There is no function ${functionId}: it is one of ${[...functions.keys()].join(', ')}`);
    }
    const outcome = await invokeOnce(model, event, envVars, {
      sourceRoot: app.root,
      onLog: (record) => console.error(JSON.stringify(record)),
    });
    console.log(JSON.stringify(outcome.ok ? outcome.result : outcome.error));
    return outcome.ok ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A function by its logical id, or by that without the CDK's hash where only one has it. */
export function functionNamed<Model>(name: string, functions: ReadonlyMap<string, Model>): Model | undefined {
  const exact = functions.get(name);
  if (exact !== undefined) return exact;
  const found = [...functions].filter(([id]) => id.replace(/[0-9A-F]{8}$/, '') === name);
  return found.length === 1 ? found[0]?.[1] : undefined;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'env-vars': text, app: text, api: text, help: { type: 'boolean', short: 'h' } },
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
function readEnvVars(named: string | undefined): EnvVars {
  const file = named ?? join(projectOf(process.cwd()), 'events', 'env.json');
  if (named === undefined && !existsSync(file)) return {};
  const byFunction = readJson(file);
  const isValue = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const isEnvVars =
    isJsonObject(byFunction) &&
    Object.values(byFunction).every((values) => isJsonObject(values) && Object.values(values).every(isValue));
  if (!isEnvVars) {
    throw new UsageError(`${file} must hold values by function, such as {"PublicFunction":{"CORS_ALLOW_ORIGIN":"*"}}`);
  }
  const texts = (values: object) => Object.fromEntries(Object.entries(values).map(([name, v]) => [name, String(v)]));
  return Object.fromEntries(Object.entries(byFunction).map(([id, values]) => [id, texts(values as object)]));
}
