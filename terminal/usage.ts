import { parseArgs } from 'node:util';

/**
 * For a command without options of its own: ends the process, before any work, with its usage for `--help` and with
 * exit code 2 for everything that it does not know.
 *
 * @param usage what the command does, for people.
 */
export function takesNoArguments(usage: string, args: readonly string[] = process.argv.slice(2)): void {
  try {
    const { values } = parseArgs({ args: [...args], options: { help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}
