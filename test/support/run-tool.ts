import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../infra/bundling';
import { buildCli } from '../../scripts/package-cli';
import { oncePerRun } from './once-per-run';

export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Node's arguments for a file in TypeScript, as the npm scripts give them. */
export const TSX = ['--require', join(projectRoot, 'infra', 'typescript.cjs')];

/** Node's arguments for the commands as this repository's npm scripts run them. */
export const SOURCE_CLI = [...TSX, join(projectRoot, 'cli', 'main.ts')];

/** The commands as the npm package ships them: they start in half the time that their sources take. */
export const builtCli = async (): Promise<string> =>
  join(await oncePerRun('cli', (folder) => buildCli(folder, () => '')), 'cli.js');

/** An environment without any setting, in which the local runs of this test are found. */
export const bareEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
});

/**
 * Runs a command of `cli/` as a user of the package does, in a process of its own that sees nothing of this one's
 * environment and no `.env`.
 *
 * @param root the folder of the app, where the command runs.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
  root = projectRoot,
): Promise<ToolRun> {
  return runNode([await builtCli(), tool, ...args], env, input, root);
}

/** {@link runTool} from the sources, as this repository's npm scripts do. */
export const runSourceTool = (tool: string, args: readonly string[], root = projectRoot): Promise<ToolRun> =>
  runNode([...SOURCE_CLI, tool, ...args], {}, '', root);

async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
  cwd: string,
): Promise<ToolRun> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...bareEnvironment(), ENV_FILES: 'off', ...env },
    stdio: 'pipe',
  });
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { code, stdout, stderr };
}
