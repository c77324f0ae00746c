import fc from 'fast-check';
import { routeTableProblems } from '../../../infra/route-table/validate';
import { createPolicies } from '../../../lambdas/authorizer/policy/policy';
import { withCaller } from '../../../lambdas/shared/caller';
import { json } from '../../../lambdas/shared/http';
import type { ProxyEvent } from '../../../lambdas/shared/proxy-event';
import { findRoute, mayCall, type Route } from '../../../lambdas/shared/route-table';
import { createRouter } from '../../../local/gateway/router';
import { STAGE_ARN } from '../../../samples/events';
import { nowSeconds } from '../../../samples/tokens';
import { evaluator } from '../../support/iam';
import { methodsOf, pathsUpTo, routeTables, scopeSets, spellings } from '../../support/route-tables';

/**
 * A policy and `withCaller` together, behind the routing that AWS is recorded to do: a slash at the end and the encoding of a
 * fixed segment count for nothing, while the ARN that the policy is compared with has the path as sent.
 */
function protect(table: readonly Route[], scopes: readonly string[]) {
  const verdict = evaluator(createPolicies(table).policyFor(scopes, STAGE_ARN));
  const find = createRouter({
    methods: table.map(({ method, path }) => ({
      httpMethod: method,
      path,
      resourceId: path,
      authorizer: undefined,
      integration: { type: 'MOCK', statusCode: 200, headers: {}, body: '' },
    })),
  });
  const handler = withCaller(table, () => json(200, {}));
  const authorizer = { sub: 'client', scope: scopes.join(' '), exp: String(nowSeconds() + 60) };

  /** What happens to a request; nothing where no protected route serves it. */
  return async function request(method: string, path: string) {
    const resource = find(method, path)?.method.path;
    const route = findRoute(table, method, resource);
    if (!route || route.access === 'public') return undefined;
    const byPolicy = verdict(`${STAGE_ARN}${method}${path}`) === 'allow';
    const event = { httpMethod: method, resource, requestContext: { authorizer } } as unknown as ProxyEvent;
    const { statusCode } = await handler(event);
    return { byPolicy, isOpen: byPolicy && statusCode === 200, mayCall: mayCall(route.access, scopes) };
  };
}

const orders: readonly Route[] = [
  { method: 'GET', path: '/orders/{id}', handler: 'any', access: 'token' },
  { method: 'GET', path: '/orders/export', handler: 'any', access: { scopes: ['export'] } },
];

/** What AWS is recorded to take for the plain path. */
const recorded: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
];

test.each(['/orders/export/', '/orders/%65xport', '/orders/%65xport/'])(
  'the policy alone would open %s to a token without the scope, the helper does not',
  async (path) => {
    expect(await protect(orders, [])('GET', path)).toEqual({ byPolicy: true, isOpen: false, mayCall: false });
    expect(await protect(orders, ['export'])('GET', path)).toMatchObject({ isOpen: true, mayCall: true });
  },
);

test('for every accepted table, no spelling opens a route that the token may not call, and plain paths are exact', async () => {
  const paths = pathsUpTo(3);
  await fc.assert(
    fc.asyncProperty(routeTables(3), fc.array(spellings, { minLength: 4, maxLength: 4 }), async (table, others) => {
      fc.pre(routeTableProblems(table, { handlers: ['any'], stage: 'prod' }).length === 0);
      for (const scopes of scopeSets) {
        const request = protect(table, scopes);
        for (const method of methodsOf(table)) {
          for (const path of paths) {
            const plain = await request(method, path);
            if (plain && plain.isOpen !== plain.mayCall) throw new Error(`${method} ${path} for [${scopes}]`);
            for (const write of [...recorded, ...others]) {
              const spelled = await request(method, write(path));
              if (spelled?.isOpen && !spelled.mayCall) throw new Error(`${method} ${write(path)} for [${scopes}]`);
            }
          }
        }
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 10) },
  );
});
