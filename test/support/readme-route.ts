import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../infra/bundling';

/** The code blocks of README's section on routes, by the file each names in its first line. */
function snippets(): Record<string, string> {
  const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const section = /^## Add a route$([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
  return Object.fromEntries(
    [...section.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, file, code]) => [file, code]),
  );
}

/** Does in a copy of the project what README's section on routes says. */
export function addReadmeRoute(root: string): void {
  const { 'lambdas/routes.ts': row, ...files } = snippets();
  const table = join(root, 'lambdas', 'routes.ts');
  writeFileSync(table, readFileSync(table, 'utf8').replace(/^\] as const satisfies/m, `${row ?? ''}$&`));
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), code);
  }
}
