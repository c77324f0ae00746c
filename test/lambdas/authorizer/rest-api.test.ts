import { requestEvent, STAGE_ARN } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { goodClaims, SUBJECT, signToken } from '../../../samples/tokens';
import { seededAuthorizer } from '../../support/seeded-authorizer';

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

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty event', {}],
  ['no request context', { ...requestEvent(), requestContext: null }],
  ['no identity', { ...requestEvent(), requestContext: { identity: null } }],
])('refuses an event of %s as one without a token', async (_title, event) => {
  const { authorize, lines, levels } = authorizer();
  await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
  expect(lines).toMatchObject([{ decision: 'refuse', reason: 'missing_token' }]);
  expect(levels).toEqual(['info']);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  [undefined, ''],
  [7, ''],
])('tells the key store who asks: the source address %p as %j', async (sourceIp, expected) => {
  const addresses: string[] = [];
  const keyStore = {
    find: (_kid: string, address: string) => {
      addresses.push(address);
      return Promise.resolve([]);
    },
    fill: () => Promise.resolve(),
  };
  const { authorize } = seededAuthorizer({}, undefined, { keyStore });
  const event = { ...bearer(signToken(key)), requestContext: { identity: { sourceIp } } };
  await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
  expect(addresses).toEqual([expected]);
});

test.each([
  [0.4, 1],
  [0.5, 0],
  [0.6, 0],
])('logs a share of the Allow decisions: with a rate of 0.5 and a draw of %d, %d lines', async (draw, count) => {
  const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)), AUTHACTION_ALLOW_LOG_RATE: '0.5' };
  const { authorize, lines } = seededAuthorizer(env, undefined, { random: () => draw });
  await authorize(bearer(signToken(key)));
  await expect(authorize(bearer('garbage'))).rejects.toThrow();
  expect(lines.filter(({ decision }) => decision === 'allow')).toHaveLength(count);
  expect(lines.filter(({ decision }) => decision === 'refuse')).toHaveLength(1);
});

test('answers a methodArn that is none of API Gateway with an error that is not Unauthorized', async () => {
  const { authorize, lines, levels } = authorizer();
  const event = { ...bearer(signToken(key)), methodArn: 'arn:aws:lambda:eu-central-1:123456789012:function:a' };
  await expect(authorize(event)).rejects.toThrow(/^Internal error$/);
  expect(lines).toMatchObject([
    { decision: 'fail', reason: 'internal_error', error: 'Error', at: expect.stringMatching(/^at .*authorizer/) },
  ]);
  expect(levels).toEqual(['error']);
});

describe('what the log says of an unexpected error', () => {
  const token = signToken(key);

  /** The members of the line that speak of the error. */
  async function logged(error: unknown): Promise<unknown> {
    const verify = () => {
      throw error;
    };
    const { authorize, lines } = seededAuthorizer({ AUTHACTION_JWKS: JSON.stringify(jwks(key)) }, undefined, {
      verify,
    });
    await expect(authorize(bearer(token))).rejects.toThrow(/^Internal error$/);
    return lines.map(({ error: name, at }) => ({ name, at }));
  }

  test('is where it came from, five frames at most, on one line, and nothing of its message', async () => {
    const error = new TypeError('irrelevant');
    error.stack = [
      `TypeError: cannot read ${token}`,
      `and look at ${token}`,
      'at the start of a line',
      '    at one (file:///a.js:1:1)',
      '\tat  two\t (file:///b.js:2:2)  ',
      ...['three', 'four', 'five', 'six'].map((name) => `    at ${name} (file:///c.js:3:3)`),
    ].join('\n');
    expect(await logged(error)).toEqual([
      {
        name: 'TypeError',
        at:
          'at one (file:///a.js:1:1) at two (file:///b.js:2:2) at three (file:///c.js:3:3) ' +
          'at four (file:///c.js:3:3) at five (file:///c.js:3:3)',
      },
    ]);
  });

  test('is its name where it has no stack', async () => {
    const error = new RangeError(token);
    delete error.stack;
    expect(await logged(error)).toEqual([{ name: 'RangeError', at: '' }]);
  });

  test('is its type where it is no error', async () => {
    expect(await logged(token)).toEqual([{ name: 'string', at: '' }]);
  });
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
