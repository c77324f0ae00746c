import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeBuildError } from '../infra/build-error';
import { AppError, type CdkApp } from './app';

/** Where a stack is deployed that names no environment; nothing is looked up there. */
const PLACEHOLDERS = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'us-east-1' } as const;

/** Nothing here reads where a construct was created, and recording it takes a tenth of a synthesis. Errors keep their stacks. */
const CONTEXT = { 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:disable-creation-stack-traces': true } as const;

/**
 * Synthesizes an app the way `cdk synth` runs it, but without the CDK's command line: bundles and templates are the ones
 * that get deployed. CloudFormation's own validation, which takes seconds, is left to `cdk synth`.
 *
 * @param folder where the cloud assembly goes.
 * @param environment settings; they win over the variables of this process.
 * @param signal ends the app when it is aborted.
 * @returns the folder of the assembly: the given one, or that of an app that is an assembly already.
 * @throws AppError
 */
export async function synthesize(
  app: CdkApp,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<string> {
  const { root, source, context } = app;
  if ('assembly' in source) return requireAssembly(source.assembly, `${source.assembly} is not a cloud assembly`);
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  const env = {
    ...process.env,
    ...PLACEHOLDERS,
    ...(region ? { CDK_DEFAULT_REGION: region } : {}),
    ...environment,
    CDK_OUTDIR: folder,
    ...contextVariables({ ...context, ...CONTEXT }, folder),
    CDK_VALIDATION: 'false',
    ENV_FILES: 'off', // this repository's app: its files have been read
  };
  const { code, output } = await run(source.command, root, env, signal);
  if (signal?.aborted) throw new AppError('Interrupted');
  if (code !== 0)
    throw new AppError(describeBuildError(output, root) ?? (readable(output, root) || `${source.command} failed`));
  return requireAssembly(
    folder,
    `${source.command} wrote no cloud assembly. If the app sets its own outdir, name it: --app cdk.out`,
  );
}

/** Longest context in a variable, in characters: Linux takes 128 kB, Windows 32,767 characters. */
const MAX_CONTEXT_LENGTH = 30_000;

/** The context for an app, in the variables that the CDK reads; a long one is in a file. */
function contextVariables(context: object, folder: string): Readonly<Record<string, string>> {
  const text = JSON.stringify(context);
  if (text.length <= MAX_CONTEXT_LENGTH) return { CDK_CONTEXT_JSON: text };
  const file = join(folder, 'context-overflow.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  return { CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION_ENV: file };
}

function requireAssembly(folder: string, otherwise: string): string {
  if (!existsSync(join(folder, 'manifest.json'))) throw new AppError(otherwise);
  return folder;
}

/** Runs a command in the shell, in a process group of its own, so that all of it can be ended. */
function run(
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<{ code: number | null; output: string }> {
  return new Promise((done, reject) => {
    const hasGroups = process.platform !== 'win32';
    const child = spawn(command, { cwd, env, shell: true, detached: hasGroups, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      try {
        if (hasGroups && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill();
      } catch {
        // It has ended.
      }
    };
    process.once('exit', end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', end);
      signal?.removeEventListener('abort', end);
      done({ code, output });
    });
  });
}

/** What an app printed, of a stack only the first frame in the app's own code. */
function readable(output: string, root: string): string {
  const lines = withoutProperties(output.split('\n').filter((line) => line.trim() !== ''));
  const isNoise =
    /^Node\.js v|^\s*\^|^node:internal|^\(node:|^\(Use `node|^npm (notice|warn)|^ +\.\.\..*aws-cdk-lib|^ +\.\.\.node internals|^ +\(no user code/;
  const isOwn = (line: string): boolean => isFrame(line) && !/node_modules|node:/.test(line) && line.includes(root);
  const own = lines.findIndex(isOwn);
  const kept = lines.filter((line, index) => !isNoise.test(line) && (!isFrame(line) || index === own));
  const error = kept.findIndex((line) => /^(\w*Error|\w+Exception)\b.*: |^\[?«/.test(line));
  return (error > 0 ? kept.slice(error) : kept)
    .map((line) => line.replace(/^\[?«\w+» /, ''))
    .map((line) => (isFrame(line) ? line.replace(/ \{$/, '').replace('file://', '').replace(`${root}/`, '') : line))
    .join('\n');
}

const isFrame = (line: string): boolean => /^\s+at /.test(line);

/** Without the properties of an error, which Node.js prints after the last frame: the message says what they say. */
function withoutProperties(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => isFrame(line) && line.endsWith(' {'));
  const end = lines.indexOf('}', start);
  if (start < 0 || end < 0 || lines.slice(start, end).some((line) => line.includes('[cause]'))) return lines;
  return [...lines.slice(0, start + 1), ...lines.slice(end + 1)];
}
