/**
 * Checks who imports whom: `npm run check:imports`, part of `npm run check`.
 *
 * The rules are the two tables below. Type-only imports count, too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';

/** The project's folders from the ground up: each may import those before it, so imports never form a cycle. */
export const layers = [
  'lambdas',
  'infra',
  'samples',
  'terminal',
  'client',
  'local',
  'cli',
  'scripts',
  'bench',
  'test',
] as const;

/** Inside `lambdas/`: the only modules that may be imported, by any importer. The longest prefix decides. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'lambdas/': ['lambdas/shared/', 'lambdas/routes'],
  'lambdas/shared/': ['lambdas/shared/'],
  'lambdas/authorizer/': ['lambdas/shared/', 'lambdas/authorizer/'],
  'lambdas/authorizer/token/signature': ['lambdas/shared/', 'lambdas/authorizer/', 'aws-jwt-verify/'],
};

/** Modules that only some may import: the sample table belongs to this repository's app, its handlers and its tests. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  'lambdas/routes': ['lambdas/', 'infra/app', 'test/'],
  'aws-jwt-verify/': ['lambdas/authorizer/token/signature', 'bench/', 'test/'],
};

const IMPORT = /(?:\bfrom|\bimport\(?|\brequire\(|\brequire\.resolve\()\s*'([^']+)'/g;

interface Import {
  /** Path from the project's root, without the extension. */
  readonly from: string;
  /** Path likewise, or the name of a package and `/`. */
  readonly to: string;
}

/** Every import of a project file or of `aws-jwt-verify`. */
export function importsIn(root: string): Import[] {
  return layers.flatMap((layer) =>
    readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => importsOf(join(root, layer, file), root)),
  );
}

function importsOf(file: string, root: string): Import[] {
  const from = pathFromRoot(file.replace(/\.ts$/, ''), root);
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, target = '']) => {
    if (target.startsWith('.')) return [{ from, to: pathFromRoot(normalize(join(dirname(file), target)), root) }];
    return target.startsWith('aws-jwt-verify') ? [{ from, to: 'aws-jwt-verify/' }] : [];
  });
}

const pathFromRoot = (path: string, root: string): string => relative(root, path).split(sep).join('/');

/** What is wrong with an import, or `undefined`. */
export function importProblem({ from, to }: Import): string | undefined {
  const importer = `${from}/`;
  const rank = (path: string) => layers.findIndex((layer) => path.startsWith(`${layer}/`));
  if (rank(to) > rank(importer)) return `${from} imports ${to}, which stands above it`;
  const lambda = longestPrefix(Object.keys(allowed), importer);
  if (lambda !== undefined && !allowed[lambda]?.some((prefix) => `${to}/`.startsWith(prefix))) {
    return `${from} imports ${to}, which is none of ${allowed[lambda]?.join(', ')}`;
  }
  const kept = longestPrefix(Object.keys(reserved), `${to}/`);
  if (kept !== undefined && !reserved[kept]?.some((prefix) => importer.startsWith(prefix))) {
    return `${from} imports ${to}, which only ${reserved[kept]?.join(', ')} may import`;
  }
  return undefined;
}

const longestPrefix = (prefixes: readonly string[], path: string): string | undefined =>
  prefixes.filter((prefix) => path.startsWith(prefix)).sort((one, other) => other.length - one.length)[0];

if (require.main === module) {
  takesNoArguments('npm run check:imports: checks who imports whom, by the tables in scripts/check-imports.ts');
  const imports = importsIn(projectRoot);
  const problems = imports.map(importProblem).filter((problem) => problem !== undefined);
  for (const problem of problems) console.error(problem);
  console.log(`${imports.length} imports, ${problems.length} against the rules`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
