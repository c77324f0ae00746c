import { join } from 'node:path';
import { readEnvFile } from './env-file';
import { settingsError } from './problems';
import { findUnknownSettings } from './setting-names';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables of the process, completed by those of a `.env` file where there is one.
 *
 * @throws ProblemsError when the file cannot be read.
 */
export function readEnvironment(file: string, env: Environment = process.env): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  return { ...readEnvFile(file), ...given };
}

/**
 * The variables for a stage: those of the process, of `.env.<stage>`, of `.env`; the first that has a value wins.
 * With `ENV_FILES=off` among those of the process no file is read: tests do not depend on a developer's.
 *
 * @param folder where the files are.
 * @param chosen the stage, where it is given otherwise than by `STAGE`.
 * @param variables those of the process.
 * @throws ProblemsError when a file cannot be read, or a name looks like a setting and is none.
 */
export function readStageEnvironment(
  folder: string,
  chosen?: unknown,
  variables: Environment = process.env,
): { env: Environment; stage: unknown } {
  const { env, stage } =
    variables.ENV_FILES === 'off'
      ? { env: variables, stage: chosen ?? (variables.STAGE || 'dev') }
      : readFiles(folder, chosen, variables);
  const problems = findUnknownSettings(Object.keys(env).filter((name) => env[name] !== undefined));
  if (problems.length > 0) throw settingsError(problems);
  return { env, stage };
}

function readFiles(folder: string, chosen: unknown, variables: Environment): { env: Environment; stage: unknown } {
  const common = join(folder, '.env');
  const stage = chosen ?? (readEnvironment(common, variables).STAGE || 'dev');
  return { env: readEnvironment(common, readEnvironment(`${common}.${String(stage)}`, variables)), stage };
}
