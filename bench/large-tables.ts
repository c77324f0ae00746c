import { createPolicies } from '../lambdas/authorizer/policy/policy';
import type { Route } from '../lambdas/shared/route-table';
import { STAGE_ARN } from '../samples/events';

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
/** What the paths are about. */
export const NAMES =
  'orders customers invoices products carts users teams roles reports files events alerts devices sensors rooms ' +
  'bookings hotels flights seats tickets coupons refunds payments cards banks';

/** A hundred paths with four methods each; `scopeOf` gives one of ten scopes. */
export function largeTable(
  pathOf: (index: number) => `/${string}`,
  scopeOf: (index: number, method: number) => number,
): Route[] {
  return Array.from({ length: 100 }, (_, index) =>
    METHODS.map(
      (method, number): Route => ({
        method,
        path: pathOf(index),
        handler: 'any',
        access: { scopes: [`s${scopeOf(index, number)}`] },
      }),
    ),
  ).flat();
}

/** Four paths for each of 25 names, nested by two variables. */
export const nested = (index: number): `/${string}` => {
  const name = NAMES.split(' ')[Math.floor(index / 4)];
  return `/${name}${['', '/{id}', '/{id}/items', '/{id}/items/{item}'][index % 4]}`;
};

/** Tables as large as real ones, by how their scopes follow their paths. */
export const largeTables: Record<string, Route[]> = {
  'a scope for each name': largeTable(nested, (index) => Math.floor(index / 4) % 10),
  'scopes for reading and for writing': largeTable(nested, (index, method) => ((index >> 2) % 5) + (method && 5)),
  'a scope for what is below a name': largeTable(nested, (index) => ((index >> 2) % 5) + (index % 4 > 1 ? 5 : 0)),
  'a scope for each method of a path': largeTable(
    (index) => `/r${index}/{id}`,
    (index, method) => (index + method) % 10,
  ),
  'all paths below one variable': largeTable(
    (index) => `/tenants/{tenant}/r${index}/{id}`,
    (index) => index % 10,
  ),
};

/** The same numbers every time. */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

/** Sets of the ten scopes, the same ones every time. */
export function scopeSets(count: number): string[][] {
  const random = numbers(7);
  return Array.from({ length: count }, () =>
    Array.from({ length: 10 }, (_, scope) => `s${scope}`).filter(() => random(2)),
  );
}

/** `npx tsx bench/large-tables.ts`: what the policies of these tables cost, and how long they get. */
if (require.main === module) {
  for (const [title, table] of Object.entries(largeTables)) {
    const policies = createPolicies(table);
    const start = performance.now();
    policies.policyFor([], STAGE_ARN);
    const runs = scopeSets(200).map((scopes) => {
      const before = performance.now();
      const policy = policies.policyFor(scopes, STAGE_ARN);
      return { ms: performance.now() - before, length: JSON.stringify(policy).length };
    });
    const sorted = runs.map(({ ms }) => ms).sort((one, other) => one - other);
    const [median, high] = [sorted[100] ?? 0, sorted[190] ?? 0];
    console.log(
      `${title}: median ${median.toFixed(2)} ms, 95th percentile ${high.toFixed(2)} ms, slowest ${(sorted[199] ?? 0).toFixed(1)} ms, ` +
        `longest ${Math.max(...runs.map(({ length }) => length))} characters, ${((performance.now() - start) / 1000).toFixed(1)} s in all`,
    );
  }
}
