import { parseConfig } from '../../../lambdas/authorizer/config';
import { warmUp } from '../../../lambdas/authorizer/warm-up';
import { AUDIENCE, DOMAIN } from '../../../samples/tokens';
import { sampleRoutes } from '../../support/sample-routes';

const required = { AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE };

test.each([
  ['the defaults', {}],
  ['a closed list of clients', { AUTHACTION_ALLOWED_CLIENTS: 'client-1' }],
  ['RFC 9068 tokens only', { AUTHACTION_TOKEN_TYPE: 'at+jwt' }],
  ['another scope claim', { AUTHACTION_SCOPE_CLAIM: 'permissions' }],
])('refuses its own token for nothing but its signature, with %s', async (_title, env) => {
  expect(await warmUp(parseConfig({ ...required, ...env }), sampleRoutes)).toBe(true);
});

test('resolves to false, and does not reject, when its token is refused for another reason', async () => {
  const { now } = Date;
  Date.now = () => 253402300800_000; // past its exp
  try {
    expect(await warmUp(parseConfig(required), sampleRoutes)).toBe(false);
  } finally {
    Date.now = now;
  }
});

test('resolves to false, and does not reject, when no policy can be made', async () => {
  const path = `/${'x'.repeat(600)}` as const;
  expect(await warmUp(parseConfig(required), [{ method: 'GET', path, handler: 'any', access: 'token' }])).toBe(false);
});
