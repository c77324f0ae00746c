import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Environment } from '../../infra/environment';
import type { Route } from '../../lambdas/shared/route-table';
import { AppError, type CdkApp, findApp } from '../../local/app';
import { describeApp } from '../../local/describe-app';

export interface BaseOptions {
  /** The app whose base is meant. */
  readonly app: CdkApp;
  readonly env: Environment;
  readonly api?: string | undefined;
}

/**
 * The route table of an earlier state of an app.
 *
 * @param base folder of a cloud assembly, or a commit, branch or tag of the app's git repository. A commit is checked out into a
 *   folder of its own and synthesized there, with the packages that are installed now.
 * @throws AppError
 */
export async function baseRoutes(base: string, { app, env, api }: BaseOptions): Promise<readonly Route[]> {
  const folder = resolve(base);
  if (existsSync(join(folder, 'manifest.json'))) {
    return (await describeApp(findApp(process.cwd(), folder), env, api)).routes;
  }
  const root = realpathSync(app.root);
  const repository = git(root, ['rev-parse', '--show-toplevel'], `${root} is not in a git repository`);
  const commit = git(
    root,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`],
    `${base} is neither the folder of a cloud assembly nor a commit of ${repository}`,
  );
  const parent = mkdtempSync(join(tmpdir(), 'authaction-base-'));
  const checkout = join(parent, 'checkout');
  try {
    git(root, ['worktree', 'add', '--detach', checkout, commit], `${base} cannot be checked out`);
    const below = relative(realpathSync(repository), root);
    for (const part of new Set(['', below])) linkPackages(join(repository, part), join(checkout, part));
    return (await describeApp(findApp(join(checkout, below)), env, api)).routes;
  } finally {
    rmSync(parent, { recursive: true, force: true });
    git(root, ['worktree', 'prune'], 'The checkout cannot be removed from git');
  }
}

function linkPackages(from: string, to: string): void {
  const installed = join(from, 'node_modules');
  if (existsSync(installed) && existsSync(to)) symlinkSync(installed, join(to, 'node_modules'), 'junction');
}

/** @throws AppError with the message when git fails. */
function git(folder: string, args: readonly string[], message: string): string {
  try {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: string };
    if (code === 'ENOENT') throw new AppError('git is not installed, which --base needs for a commit.');
    throw new AppError(`${message}.${stderr ? ` git says: ${stderr.trim()}` : ''}`);
  }
}
