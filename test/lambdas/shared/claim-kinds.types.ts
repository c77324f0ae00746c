import { withCaller } from '../../../lambdas/shared/caller';
import type { ClaimKinds } from '../../../lambdas/shared/claim-kinds';
import { json } from '../../../lambdas/shared/http';
import { sampleRoutes as routes } from '../../support/sample-routes';

/** What must not compile, as in `route-table.types.ts`. */
const claims = {
  org_id: 'string',
  level: 'number?',
  active: 'boolean',
  'https://example.com/roles': 'string[]?',
} as const satisfies ClaimKinds;

export const typed = withCaller(
  routes,
  ({ sub, claims: { org_id, level, active, 'https://example.com/roles': roles } }) => {
    const required: readonly [string, string, boolean] = [sub, org_id, active];
    const optional: readonly [number | undefined, readonly string[] | undefined] = [level, roles];
    // @ts-expect-error a claim with ? may be absent.
    const certain: number = level;
    return json(200, { required, optional, certain });
  },
  { claims },
);

export const inline = withCaller(routes, ({ claims: { org_id } }) => json(200, { length: org_id.length }), {
  claims: { org_id: 'string' },
});

export const refused = [
  // @ts-expect-error this claim is not declared.
  withCaller(routes, (caller) => json(200, { email: caller.claims.email }), { claims }),
  // @ts-expect-error no claim is declared.
  withCaller(routes, (caller) => json(200, { org: caller.claims.org_id })),
  // @ts-expect-error a type alone proves nothing about a value.
  withCaller<{ org_id: 'string' }>(routes, (caller) => json(200, { org: caller.claims.org_id })),
  // @ts-expect-error there is no such kind.
  withCaller(routes, () => json(200, {}), { claims: { org_id: 'object' } }),
];
