import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { type BuildFailure, build } from 'esbuild';
import { entryOf, esbuildOptions, lambdaFolders, projectRoot } from '../infra/bundling';

/** The stack cannot be synthesized: a broken build, or settings that are missing. The message is for people. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}

/**
 * Synthesizes the stack with `infra/app.ts`, the way `cdk synth` runs it but without the CDK's command line: bundles and
 * template are the ones that get deployed. CloudFormation's own validation, some seconds, is left to `cdk synth`.
 *
 * @param folder where the cloud assembly goes.
 * @param environment settings; they win over the variables of this process. No `.env` file is read.
 * @returns the template.
 * @throws SynthesisError
 */
export async function synthesize(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as { context: object };
  const { code, stderr } = await run(['--require', require.resolve('tsx/cjs'), join(projectRoot, 'infra', 'app.ts')], {
    ...process.env,
    ...environment,
    PATH: `${quickNpx(join(folder, 'bin'))}${delimiter}${environment.PATH ?? process.env.PATH ?? ''}`,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:enable-asset-metadata': true }),
    CDK_VALIDATION: 'false',
    ENV_FILES: 'off',
  });
  if (code !== 0) throw new SynthesisError((await firstBuildError()) ?? (readable(stderr) || 'The app failed'));
  const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  const [template] = templates;
  if (template === undefined || templates.length > 1) {
    throw new SynthesisError(`The app has ${templates.length} stacks; exactly one is served`);
  }
  return JSON.parse(readFileSync(join(folder, template), 'utf8'));
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const end = (): boolean => child.kill();
    process.once('exit', end);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', end);
      resolve({ code, stderr });
    });
  });
}

/**
 * The CDK starts the bundler through `npx`, once per Lambda and a quarter of a second each: this one runs the project's
 * own bundler straight away. Where a shell script is no program, the real one is found as ever.
 *
 * @returns the folder, for `PATH`.
 */
function quickNpx(folder: string): string {
  mkdirSync(folder);
  const script = `#!/bin/sh
[ "$1" = --no-install ] && shift
tool=$1
shift
exec '${join(projectRoot, 'node_modules', '.bin')}'/"$tool" "$@"
`;
  writeFileSync(join(folder, 'npx'), script, { mode: 0o755 });
  return folder;
}

/** Where the source of a Lambda is broken, in one line: `lambdas/public/handler.ts:3:5: Expected ";"`. */
async function firstBuildError(): Promise<string | undefined> {
  for (const folder of lambdaFolders()) {
    try {
      await build({ ...esbuildOptions, entryPoints: [entryOf(folder)], write: false, logLevel: 'silent' });
    } catch (error) {
      const [first] = (error as BuildFailure).errors ?? [];
      if (!first) throw error;
      const { file = '', line, column } = first.location ?? {};
      return `${relative(projectRoot, join(projectRoot, file))}:${line}:${(column ?? 0) + 1}: ${first.text}`;
    }
  }
  return undefined;
}

/** What an app printed, without the bundler's progress and the frames of a stack. */
function readable(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const isNoise = /^Bundling asset|^\s+\S+index\.js |Done in \d+ms|^\s+at |^Node\.js v|^\s*\^|^node:internal|^\(node:/;
  const kept = lines.filter((line) => !isNoise.test(line));
  const error = kept.findIndex((line) => /^(\w*Error|\w+Exception)\b.*: /.test(line));
  return (error > 0 ? kept.slice(error, error + 1) : kept).join('\n');
}
