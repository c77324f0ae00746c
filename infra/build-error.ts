import { relative, resolve } from 'node:path';

/**
 * Where a source is broken, in one line. What loads an app's TypeScript and what bundles its handlers are both esbuild.
 *
 * @param text the message of esbuild's error, or output that holds it.
 * @param root the folder that files are named from.
 * @returns undefined when it holds no error of esbuild.
 * @example
 * describeBuildError(error.message, projectRoot); // 'lambdas/routes.ts:10:41: Expected "}" but found "handler"'
 */
export function describeBuildError(text: string, root: string): string | undefined {
  const [, file = '', line, column, problem] = /^(\S.*):(\d+):(\d+): ERROR: (.*)$/m.exec(text) ?? [];
  if (problem === undefined) return undefined;
  return `${relative(root, resolve(root, file))}:${line}:${Number(column) + 1}: ${problem}`; // esbuild's columns begin at 0
}
