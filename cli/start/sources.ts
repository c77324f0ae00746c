import { existsSync } from 'node:fs';
import { relative } from 'node:path';

/** What a project's folder holds besides its app: results, documents, tests. */
const NO_SOURCE = /^(\..*|bench|build|coverage|dist|docs|tests?|.*\.md)$/;

/**
 * Which files of a project cannot change what its app synthesizes. Among them are those that TypeScript compiles: an app
 * that is compiled first writes them at each synthesis.
 */
export const isNoSource =
  (root: string) =>
  (path: string): boolean =>
    NO_SOURCE.test(relative(root, path)) || isCompiled(path);

function isCompiled(path: string): boolean {
  const source = path.replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts');
  return source !== path && existsSync(source);
}
