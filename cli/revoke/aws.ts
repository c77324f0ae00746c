import { execFileSync } from 'node:child_process';
import { AppError } from '../../local/app';

/**
 * Runs the AWS CLI, which finds credentials, profile and region as always.
 *
 * @returns its answer; `undefined` when it has none.
 * @throws AppError with what the CLI says.
 */
export function aws<Answer>(...args: readonly string[]): Answer {
  try {
    const text = execFileSync('aws', [...args, '--output', 'json'], {
      encoding: 'utf8',
      env: { ...process.env, AWS_PAGER: '' },
      maxBuffer: 16 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return (text.trim() === '' ? undefined : JSON.parse(text)) as Answer;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: string };
    if (code === 'ENOENT') {
      throw new AppError('The AWS CLI is not installed, which --stack needs: https://docs.aws.amazon.com/cli/');
    }
    throw new AppError(`aws ${args.slice(0, 2).join(' ')} failed: ${(stderr ?? String(error)).trim()}`);
  }
}
