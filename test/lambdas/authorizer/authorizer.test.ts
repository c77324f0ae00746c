import { requestEvent, STAGE_ARN } from '../../support/events';
import { jwks, signingKey } from '../../support/keys';
import { seededAuthorizer } from '../../support/seeded-authorizer';
import { goodClaims, SUBJECT, signToken } from '../../support/tokens';

const key = signingKey('key-1');

const authorizer = (env: Record<string, string> = { AUTHACTION_JWKS: JSON.stringify(jwks(key)) }) =>
  seededAuthorizer(env);

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

test.each([
  ['a token', signToken(key)],
  ['a line break', 'id\n{"decision":"allow"}'],
  ['no text', 7],
])('keeps %s out of the log that a caller sends as the id of the request', async (_title, requestId) => {
  const { authorize, lines } = authorizer();
  const event = bearer(signToken(key));
  await authorize({ ...event, requestContext: { requestId, extendedRequestId: 'id=' } });
  const written = typeof requestId === 'string' ? '(unprintable)' : undefined;
  expect(lines).toEqual([{ decision: 'allow', kid: 'key-1', requestId: written, extendedRequestId: 'id=' }]);
});
