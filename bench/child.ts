import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ChildOptions {
  readonly nodeArguments?: readonly string[];
  readonly program: string;
  readonly job: unknown;
  readonly environment: Readonly<Record<string, string>>;
}

/** Whether children can be held on one core (`taskset` of util-linux). */
export const onOneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/**
 * Runs a child program to its end and reads the JSON it leaves behind. It runs on one core where the system can do that.
 * Its standard output, where every log line goes, is /dev/null: the process pays for each line's text and its `write`.
 *
 * @throws when it fails; it has said why on standard error.
 */
export async function runChild<T>(options: ChildOptions): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const jobFile = join(folder, 'job.json');
    const resultFile = join(folder, 'result.json');
    writeFileSync(jobFile, JSON.stringify(options.job));
    const command = [process.execPath, ...(options.nodeArguments ?? []), options.program, jobFile, resultFile];
    const [file = '', ...args] = onOneCore ? ['taskset', '-c', '0', ...command] : command;
    const child = spawn(file, args, {
      env: { PATH: process.env.PATH ?? '', ...options.environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code !== 0) throw new Error(`${options.program} ended with ${code}`);
    return JSON.parse(readFileSync(resultFile, 'utf8')) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
