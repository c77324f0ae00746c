import { extname } from 'node:path';

/** Whether this runs from the sources, in a clone of the project, and not from the package. */
const isClone = extname(__filename) === '.ts';

/**
 * What a person types to run a command where this one runs: a script of npm in a clone of the project, the command of the
 * package in an app that has it.
 *
 * @param name such as `token`.
 * @param options what follows it, as typed.
 * @example
 * commandLine('token', '--decode'); // 'npm run -s token -- --decode' or 'npx authaction token --decode'
 */
export function commandLine(name: string, options = ''): string {
  const command = !isClone ? `npx authaction ${name}` : name === 'start' ? 'npm start' : `npm run -s ${name}`;
  return options === '' ? command : `${command}${isClone ? ' --' : ''} ${options}`;
}
