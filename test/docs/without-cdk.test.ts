import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { parseConfig } from '../../lambdas/authorizer/config';
import { readDeployedRoutes } from '../../lambdas/authorizer/deployed-routes';
import { challenge, forbidden, unauthorized, unavailable } from '../../lambdas/shared/answers';

const read = (...path: string[]): string => readFileSync(join(projectRoot, 'examples', ...path), 'utf8');
const examples = [
  ['sam', read('sam', 'template.yaml')],
  ['terraform', read('terraform', 'main.tf')],
] as const;

describe.each(examples)('examples/%s', (name, text) => {
  test('holds a table that the authorizer reads', () => {
    expect(readDeployedRoutes(join(projectRoot, 'examples', name, 'authorizer'))).toHaveLength(2);
  });

  test('gives the function every setting that it requires, and no unknown one', () => {
    const given = [...new Set([...text.matchAll(/\b(AUTHACTION_\w+)\s*[:=]/g)].map(([, setting = '']) => setting))];
    const values = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'api' };
    expect(given).toEqual(Object.keys(values));
    expect(() => parseConfig(values)).not.toThrow();
  });

  test('gives refusals and outages the answers of the constructs', () => {
    for (const { error, message } of [unauthorized, forbidden, unavailable]) {
      expect(text).toContain(`"${error}"`);
      expect(text).toContain(`"${message}"`);
    }
    const types = ['UNAUTHORIZED', 'ACCESS_DENIED', 'AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR'];
    for (const type of types) expect(text).toMatch(new RegExp(`^ +${type}\\b`, 'm'));
    const unescaped = text.replaceAll('\\"', '"');
    expect(unescaped).toContain(`'${challenge.unauthorized}'`);
    expect(unescaped).toContain(`'${challenge.forbidden}'`);
  });

  test('caches a decision by the Authorization header alone', () => {
    expect(text).toMatch(/Headers: \[Authorization\]|identity_source +=/);
    expect(text).toMatch(/ReauthorizeEvery: 300|authorizer_result_ttl_in_seconds = 300/);
  });
});
