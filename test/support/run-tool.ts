import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../infra/bundling';

export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Node's arguments for a file in TypeScript, without the process that the command `tsx` puts in between. */
export const TSX = ['--require', require.resolve('tsx/cjs')];

/** Node's arguments for the commands. */
export const CLI = [...TSX, join(projectRoot, 'cli', 'main.ts')];

/** An environment without any setting, in which the local runs of this test are found. */
export const bareEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
});

/**
 * Runs a command of `cli/` as a user does, in a process of its own that sees nothing of this one's environment and no
 * `.env`.
 *
 * @param root the project, or a copy of it.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
  root = projectRoot,
): Promise<ToolRun> {
  const child = spawn(process.execPath, [...CLI, tool, ...args], {
    cwd: root,
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
