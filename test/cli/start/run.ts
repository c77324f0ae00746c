import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { projectRoot } from '../../../infra/bundling';
import { builtCli, SOURCE_CLI } from '../../support/run-tool';
import { environmentWithoutSettings } from '../../support/without-settings';

/** `npm start` at work, with a folder for temporary files of its own. */
export interface Run {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Waits until the output holds a text. */
  until(text: string | RegExp): Promise<string>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it has put into the folder for temporary files. */
  leftFiles(): readonly string[];
  /** Processes that run from there. */
  leftProcesses(): readonly string[];
  remove(): void;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of the app. @default the project */
  readonly root?: string;
  /** Whether it has a process group of its own, as in a terminal. */
  readonly detached?: boolean;
  /** Whether the command's sources are run, as `npm start` does. @default the file that the npm package ships */
  readonly fromSource?: boolean;
}

/** Starts the command. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { env = {}, root = projectRoot, detached = false, fromSource = false } = options;
  const cli = fromSource ? SOURCE_CLI : [await builtCli()];
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'run-')));
  // tsx keeps what it compiled in the folder for temporary files: without this, each start would compile every file again.
  const compiled = join(tmpdir(), `tsx-${process.geteuid?.() ?? userInfo().username}`);
  mkdirSync(compiled, { recursive: true });
  symlinkSync(compiled, join(temporary, basename(compiled)));
  const child = spawn(process.execPath, [...cli, 'start', ...args], {
    cwd: root,
    detached,
    env: { ...environmentWithoutSettings(), TMPDIR: temporary, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? ''));
  });
  return {
    process: child,
    output: () => output,
    until: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (typeof text === 'string' ? !output.includes(text) : !text.test(output)) return;
          listeners.delete(check);
          resolve(output);
        };
        listeners.add(check);
        void ended.then(() => reject(new Error(`It ended without printing ${String(text)}:\n${output}`)));
        check();
      }),
    ended,
    leftFiles: () => readdirSync(temporary).filter((name) => name.startsWith('authaction-')),
    leftProcesses: () =>
      execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(temporary)),
    remove() {
      child.kill('SIGKILL');
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}
