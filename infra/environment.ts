import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of the process, completed by those of a `.env` file where there is one. */
export function readEnvironment(file: string, env: Environment = process.env): Environment {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  return { ...parseEnv(text), ...given };
}

/**
 * The variables for a stage: those of the process, of `.env.<stage>`, of `.env`; the first that has a value wins.
 * With `ENV_FILES=off` among those of the process no file is read: tests do not depend on a developer's.
 *
 * @param folder where the files are.
 * @param chosen the stage, where it is given otherwise than by `STAGE`.
 * @param variables those of the process.
 */
export function readStageEnvironment(
  folder: string,
  chosen?: unknown,
  variables: Environment = process.env,
): { env: Environment; stage: unknown } {
  if (variables.ENV_FILES === 'off') return { env: variables, stage: chosen ?? (variables.STAGE || 'dev') };
  const common = join(folder, '.env');
  const stage = chosen ?? (readEnvironment(common, variables).STAGE || 'dev');
  return { env: readEnvironment(common, readEnvironment(`${common}.${String(stage)}`, variables)), stage };
}
