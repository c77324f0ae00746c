import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A CDK app: how it is synthesized, or the cloud assembly that it has left. */
export interface CdkApp {
  /** The project's folder: where `cdk.json` is and the app's command runs. */
  readonly root: string;
  /** What is run, or the folder of an assembly that is read as it is. */
  readonly source: { readonly command: string } | { readonly assembly: string };
  /** The context of `cdk.context.json` and `cdk.json`; the latter wins, as with the CDK's command line. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** The app cannot be found, run or served. The message is for people and says what to do. */
export class AppError extends Error {
  override readonly name = 'AppError';
}

/**
 * Finds the CDK app of a folder.
 *
 * @param folder where the search for `cdk.json` begins; it goes upwards.
 * @param app a command, or the folder of a cloud assembly, instead of the `app` of `cdk.json`.
 * @throws AppError
 */
export function findApp(folder: string, app?: string): CdkApp {
  const root = folderOfCdkJson(folder);
  if (app !== undefined && isFolder(resolve(folder, app))) {
    return { root: root ?? folder, source: { assembly: resolve(folder, app) }, context: {} };
  }
  if (root === undefined) {
    throw new AppError(
      `There is no cdk.json in ${folder} or above it. Run this in the folder of a CDK app, or name a cloud assembly: --app cdk.out`,
    );
  }
  const cdkJson = readJsonObject(join(root, 'cdk.json'));
  const command = app ?? cdkJson.app;
  if (typeof command !== 'string' || command === '') {
    throw new AppError(`${join(root, 'cdk.json')} names no app: add "app", or give --app`);
  }
  if (app === undefined && isFolder(resolve(root, command))) {
    return { root, source: { assembly: resolve(root, command) }, context: {} };
  }
  const commands = [...(typeof cdkJson.build === 'string' ? [cdkJson.build] : []), executable(command, root)];
  const contextFile = join(root, 'cdk.context.json');
  const context = { ...(existsSync(contextFile) ? readJsonObject(contextFile) : {}), ...object(cdkJson.context) };
  return { root, source: { command: commands.join(' && ') }, context };
}

/** The project that a folder belongs to: the nearest folder with a `cdk.json`, or the folder itself. */
export const projectOf = (folder: string): string => folderOfCdkJson(folder) ?? folder;

function folderOfCdkJson(folder: string): string | undefined {
  if (existsSync(join(folder, 'cdk.json'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : folderOfCdkJson(above);
}

/** As the CDK's command line does: a JavaScript file alone is run with Node. */
function executable(command: string, root: string): string {
  const isScript = command.endsWith('.js') && existsSync(resolve(root, command));
  return isScript ? `"${process.execPath}" ${command}` : command;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** @throws AppError when the file holds no JSON object. */
export function readJsonObject(file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError(code ? `${file} cannot be read: ${code}` : `${file} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError(`${file} holds no JSON object`);
  }
  return value as Record<string, unknown>;
}

const object = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
