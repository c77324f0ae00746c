import { createAuthorizer } from '../../../lambdas/authorizer/authorizer';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { KeyFetchError } from '../../../lambdas/authorizer/keys/fetch-key-set';
import { createKeyStore } from '../../../lambdas/authorizer/keys/key-store';
import type { LogLine } from '../../../lambdas/authorizer/log';
import { createVerify } from '../../../lambdas/authorizer/verify';
import { routes } from '../../../lambdas/routes';
import { requestEvent, STAGE_ARN } from '../../support/events';
import { jwks, signingKey } from '../../support/keys';
import { AUDIENCE, DOMAIN, goodClaims, SUBJECT, signToken } from '../../support/tokens';

const key = signingKey('key-1');

function authorizer(env: Record<string, string> = { AUTHACTION_JWKS: JSON.stringify(jwks(key)) }) {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, ...env });
  const lines: LogLine[] = [];
  const keyStore = createKeyStore({
    fetchKeySet: () => Promise.reject(new KeyFetchError('network', true)),
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: config.keysMaxAgeSeconds * 1000,
    seed: config.seed,
    observe: () => {},
  });
  const authorize = createAuthorizer({
    config,
    keyStore,
    verify: createVerify(config),
    wallClock: () => Date.now() / 1000,
    routes,
    log: (_level, line) => lines.push(line),
    random: Math.random,
  });
  return { authorize, lines };
}

const bearer = (token: string) => requestEvent({ authorization: `Bearer ${token}` });

test('allows a good token and hands its subject on', async () => {
  const { authorize, lines } = authorizer();
  const answer = await authorize(bearer(signToken(key, goodClaims({ exp: 4102444800 }))));
  expect(answer).toEqual({
    principalId: SUBJECT,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [`${STAGE_ARN}GET/protected`] }],
    },
    context: { sub: SUBJECT, scope: '', exp: 4102444800 },
  });
  expect(lines).toMatchObject([{ decision: 'allow', kid: 'key-1' }]);
});

test.each([
  ['no token', requestEvent(), 'missing_token'],
  ['garbage', bearer('garbage'), 'malformed_token'],
  ['an expired token', bearer(signToken(key, goodClaims({ exp: 1 }))), 'expired'],
  ['another audience', bearer(signToken(key, goodClaims({ aud: 'other' }))), 'wrong_audience'],
])('refuses %s with Unauthorized and says why in the log', async (_title, event, reason) => {
  const { authorize, lines } = authorizer();
  await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
  expect(lines).toMatchObject([{ decision: 'refuse', reason }]);
});

test('answers an outage of the provider with an error that is not Unauthorized', async () => {
  const { authorize, lines } = authorizer({});
  await expect(authorize(bearer(signToken(key)))).rejects.toThrow(/^Keys unavailable$/);
  expect(lines).toMatchObject([{ decision: 'fail', reason: 'keys_unavailable' }]);
});
