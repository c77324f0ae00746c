import { largeTables, METHODS, NAMES, numbers, scopeSets } from '../../../../bench/large-tables';
import { createPolicies, MAX_POLICY_LENGTH } from '../../../../lambdas/authorizer/policy/policy';
import { mayCall } from '../../../../lambdas/shared/route-table';
import { STAGE_ARN } from '../../../../samples/events';
import { routers } from '../../../support/gateway-routing';
import { evaluator } from '../../../support/iam';

/** Sets of scopes per table; PROPERTY_RUNS sets another number (`npm run test:properties`). */
const SETS = Number(process.env.PROPERTY_RUNS ?? 50);

const concrete = (path: string, value: (name: string) => string): string =>
  path.replace(/\{([^{}]*)\}/g, (_, name: string) => value(name));

describe.each(Object.entries(largeTables))('of 400 routes with %s', (_title, table) => {
  const policies = createPolicies(table);

  test(`fits for ${SETS} sets of scopes, and decides every route as a fresh decision would`, () => {
    for (const scopes of scopeSets(SETS)) {
      const policy = policies.policyFor(scopes, STAGE_ARN);
      expect(JSON.stringify(policy).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
      const verdict = evaluator(policy);
      for (const { method, path, access } of table) {
        const isAllowed = verdict(`${STAGE_ARN}${method}${concrete(path, () => 'x')}`) === 'allow';
        if (isAllowed !== mayCall(access, scopes)) throw new Error(`${method} ${path} for [${scopes}]`);
      }
    }
  });

  test('decides 10,000 generated paths as a fresh decision would', () => {
    const random = numbers(11);
    const choose = routers.searching?.(table) ?? (() => undefined);
    const words = [
      ...NAMES.split(' '),
      'items',
      'tenants',
      'r1',
      'r42',
      'x%2Fy',
      'us-east-1:7',
      '%40',
      'T',
      'GET',
      '*',
    ];
    const verdicts = scopeSets(5).map((scopes) => {
      return { scopes, verdict: evaluator(policies.policyFor(scopes, STAGE_ARN)) };
    });
    let served = 0;
    for (let count = 0; count < 10_000; count += 1) {
      const word = () => words[random(words.length)] ?? '';
      const method = METHODS[random(4)] ?? 'GET';
      const path =
        count % 2 === 0
          ? concrete(table[random(table.length)]?.path ?? '', word)
          : `/${Array.from({ length: 1 + random(5) }, word).join('/')}`;
      const route = choose(method, path);
      if (!route) continue;
      served += 1;
      for (const { scopes, verdict } of verdicts) {
        const isAllowed = verdict(`${STAGE_ARN}${method}${path}`) === 'allow';
        if (isAllowed !== mayCall(route.access, scopes)) throw new Error(`${method} ${path} for [${scopes}]`);
      }
    }
    expect(served).toBeGreaterThan(5_000);
  });
});
