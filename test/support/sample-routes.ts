import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '../../lambdas/shared/route-table';

/** The route table of suites that need one: whatever `lambdas/routes.ts` becomes, they stay as they are. */
export const sampleRoutes = [
  { method: 'GET', path: '/public', handler: 'public', access: 'public' },
  { method: 'GET', path: '/protected', handler: 'protected', access: 'token' },
  { method: 'GET', path: '/scoped', handler: 'scoped', access: { scopes: ['read:messages'] } },
] as const satisfies readonly Route[];

const IMPORTS = `import { routes } from '../routes';
import { withCaller } from '../shared/caller';
import { json } from '../shared/http';
`;

const HANDLERS: Readonly<Record<(typeof sampleRoutes)[number]['handler'], string>> = {
  public: `import { corsHeaders } from '../shared/cors';
import { json } from '../shared/http';
import type { ProxyEvent } from '../shared/proxy-event';

export const handler = async (event: ProxyEvent) =>
  json(200, { message: 'This is a public message!' }, corsHeaders(event));
`,
  protected: `${IMPORTS}
export const handler = withCaller(routes, ({ sub }) => json(200, { message: 'This is a protected message!', sub }));
`,
  scoped: `${IMPORTS}
export const handler = withCaller(routes, ({ sub, scopes }) =>
  json(200, { message: 'This is a scoped message!', sub, scope: scopes.join(' ') }),
);
`,
};

/** Folders of `lambdas/` that are no handler of a route. */
const OTHERS = ['authorizer', 'shared'];

/** Puts {@link sampleRoutes} and their handlers in place of those of a copy of the project. */
export function writeSampleRoutes(root: string): void {
  const lambdas = join(root, 'lambdas');
  for (const entry of readdirSync(lambdas, { withFileTypes: true })) {
    if (entry.isDirectory() && !OTHERS.includes(entry.name)) rmSync(join(lambdas, entry.name), { recursive: true });
  }
  const rows = sampleRoutes.map(({ method, path, handler, access }) => {
    const written = typeof access === 'string' ? `'${access}'` : `{ scopes: ['${access.scopes.join("', '")}'] }`;
    return `  { method: '${method}', path: '${path}', handler: '${handler}', access: ${written} },\n`;
  });
  const table = `import type { Route } from './shared/route-table';

export const routes = [
${rows.join('')}] as const satisfies readonly Route[];
`;
  writeFileSync(join(lambdas, 'routes.ts'), table);
  for (const [name, code] of Object.entries(HANDLERS)) {
    mkdirSync(join(lambdas, name));
    writeFileSync(join(lambdas, name, 'handler.ts'), code);
  }
}
