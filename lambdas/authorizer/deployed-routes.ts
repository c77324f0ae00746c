import { readFileSync } from 'node:fs';
import { membersOf } from '../shared/json';
import type { Route } from '../shared/route-table';

/** Name of the file beside the code that holds the route table as JSON. */
export const ROUTES_FILE = 'routes.json';

/**
 * Reads the route table this authorizer was deployed with. The constructs check and write it at synth; here only its
 * form is checked, so that a file from elsewhere stops the container instead of deciding anything.
 *
 * @param folder where the authorizer's code is.
 * @throws Error when the file is missing or holds no route table: the container fails to start, and every call gets 503.
 */
export function readDeployedRoutes(folder: string): readonly Route[] {
  // Stryker disable next-line StringLiteral: JSON.parse reads bytes as UTF-8, too.
  const table: unknown = JSON.parse(readFileSync(`${folder}/${ROUTES_FILE}`, 'utf8'));
  if (Array.isArray(table) && table.every(isRoute)) return table;
  throw new Error(`${ROUTES_FILE} is not a list of { method, path, handler, access }`);
}

function isRoute(value: unknown): value is Route {
  const { method, path, access } = membersOf(value);
  return typeof method === 'string' && typeof path === 'string' && path.startsWith('/') && isAccess(access);
}

function isAccess(access: unknown): boolean {
  const { scopes } = membersOf(access);
  const isScopes = Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => typeof scope === 'string');
  return access === 'public' || access === 'token' || isScopes;
}
