import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { projectRoot } from '../infra/bundling';

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
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:enable-asset-metadata': true }),
    CDK_VALIDATION: 'false',
    ENV_FILES: 'off',
  });
  if (code !== 0) throw new SynthesisError(firstBuildError(stderr) ?? (readable(stderr) || 'The app failed'));
  const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  const [template] = templates;
  if (template === undefined || templates.length > 1) {
    throw new SynthesisError(`The app has ${templates.length} stacks; exactly one is served`);
  }
  return JSON.parse(readFileSync(join(folder, template), 'utf8'));
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  return new Promise((done, reject) => {
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
      done({ code, stderr });
    });
  });
}

/** Where a source is broken, in one line: `lambdas/public/handler.ts:3:5: Expected ";"`. Both tsx and the bundler are esbuild. */
function firstBuildError(stderr: string): string | undefined {
  const [, file = '', line, column, text] = /^(\S.*):(\d+):(\d+): ERROR: (.*)$/m.exec(stderr) ?? [];
  if (text === undefined) return undefined;
  return `${relative(projectRoot, resolve(projectRoot, file))}:${line}:${Number(column) + 1}: ${text}`;
}

/** What an app printed, without the frames of a stack. */
function readable(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const isNoise = /^\s+at |^Node\.js v|^\s*\^|^node:internal|^\(node:/;
  const kept = lines.filter((line) => !isNoise.test(line));
  const error = kept.findIndex((line) => /^(\w*Error|\w+Exception)\b.*: /.test(line));
  return (error > 0 ? kept.slice(error, error + 1) : kept).join('\n');
}
