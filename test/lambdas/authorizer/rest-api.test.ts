import { decodeClaims } from '../../../lambdas/shared/context-claims';
import { requestEvent, STAGE_ARN } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { goodClaims, SUBJECT, signToken } from '../../../samples/tokens';
import { seededAuthorizer } from '../../support/seeded-authorizer';

const key = signingKey('key-1');

const authorizer = (env: Record<string, string> = { AUTHACTION_JWKS: JSON.stringify(jwks(key)) }) =>
  seededAuthorizer(env);

const bearer = (token: string) => requestEvent({ authorization: `Bearer ${token}` });

test('allows a valid token and returns its sub, the policy and the context', async () => {
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

test('hands the named claims on in the context, and neither logs them nor lets them replace anything', async () => {
  const env = {
    AUTHACTION_JWKS: JSON.stringify(jwks(key)),
    AUTHACTION_CONTEXT_CLAIMS: 'org_id,roles,principalId,sub,scope,exp,client_id,token_claims',
  };
  const { authorize, lines } = authorizer(env);
  const own = { principalId: 'private', client_id: 'private-client', token_claims: 'private', org_id: 'private-org' };
  const claims = { ...own, roles: ['private'], exp: 4102444800, scope: 'read:messages' };
  const { principalId, context } = await authorize(bearer(signToken(key, goodClaims(claims))));
  expect(principalId).toBe(SUBJECT);
  const { token_claims, ...others } = context;
  expect(others).toEqual({ sub: SUBJECT, scope: 'read:messages', exp: 4102444800, client_id: 'private-client' });
  expect(decodeClaims(String(token_claims))).toEqual({ ...claims, sub: SUBJECT });
  expect(JSON.stringify(lines)).not.toMatch(/private|roles|org_id/);
});

test('hands the claims on with a refusal of the route, too: the policy is cached for other routes', async () => {
  const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)), AUTHACTION_CONTEXT_CLAIMS: 'org_id' };
  const { authorize, lines } = authorizer(env);
  const authorization = `Bearer ${signToken(key, goodClaims({ org_id: 'org-1' }))}`;
  const { context } = await authorize(requestEvent({ authorization, resource: '/scoped' }));
  expect(lines).toMatchObject([{ decision: 'forbid', reason: 'insufficient_scope' }]);
  expect(decodeClaims(String(context.token_claims))).toEqual({ org_id: 'org-1' });
});

test('refuses a token whose claims for handlers are too large, without a word of them in the log', async () => {
  const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)), AUTHACTION_CONTEXT_CLAIMS: 'org_id' };
  const { authorize, lines } = authorizer(env);
  const token = signToken(key, goodClaims({ org_id: 'private'.repeat(300) }));
  await expect(authorize(bearer(token))).rejects.toThrow(/^Unauthorized$/);
  expect(lines).toMatchObject([{ decision: 'refuse', reason: 'invalid_claim' }]);
  expect(JSON.stringify(lines)).not.toMatch(/private|org_id/);
});

test.each([
  ['no token', requestEvent(), 'missing_token'],
  ['garbage', bearer('garbage'), 'malformed_token'],
  ['an expired token', bearer(signToken(key, goodClaims({ exp: 1 }))), 'expired'],
  ['another audience', bearer(signToken(key, goodClaims({ aud: 'other' }))), 'wrong_audience'],
])('refuses %s with Unauthorized and logs the reason', async (_title, event, reason) => {
  const { authorize, lines } = authorizer();
  await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
  expect(lines).toMatchObject([{ decision: 'refuse', reason }]);
});

const UNDECIDED = /^The token cannot be checked$/;
const SUPPORTED = 'REST API, REQUEST authorizer';
const NO_ARN = 'an event without a usable methodArn';
const { methodArn: _methodArn, ...withoutMethodArn } = bearer(signToken(key));

/** What other services send, each with a good token where it has a place for one. */
const unsupportedEvents: [string, string, unknown][] = [
  ['no event', NO_ARN, undefined],
  ['null', NO_ARN, null],
  ['an empty event', NO_ARN, {}],
  ['a list', NO_ARN, []],
  ['a string', NO_ARN, 'REQUEST'],
  [
    'an HTTP API event of payload 2.0',
    'HTTP API, payload 2.0',
    {
      version: '2.0',
      type: 'REQUEST',
      routeArn: 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/$default/GET/protected',
      identitySource: [`Bearer ${signToken(key)}`],
      headers: { authorization: `Bearer ${signToken(key)}` },
      requestContext: { http: { method: 'GET', path: '/protected', sourceIp: '192.0.2.1' } },
    },
  ],
  [
    'an HTTP API event of payload 1.0 for the stage $default',
    'HTTP API, payload 1.0',
    {
      ...bearer(signToken(key)),
      version: '1.0',
      methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/$default/GET/protected',
    },
  ],
  [
    'an Application Load Balancer event',
    'Application Load Balancer',
    {
      requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b' } },
      httpMethod: 'GET',
      path: '/protected',
      headers: { authorization: `Bearer ${signToken(key)}` },
    },
  ],
  ['an HTTP API event with a methodArn', 'HTTP API, payload 1.0', { ...bearer(signToken(key)), version: '1.0' }],
  ['a REST API event without a methodArn', NO_ARN, withoutMethodArn],
  ...[7, '*', 'arn:aws:lambda:eu-central-1:123456789012:function:a', ['arn']].map(
    (methodArn): [string, string, unknown] => [
      `a REST API event with the methodArn ${JSON.stringify(methodArn)}`,
      NO_ARN,
      { ...bearer(signToken(key)), methodArn },
    ],
  ),
];

test.each(unsupportedEvents)(
  'fails with unsupported_event for %s, and logs what it received',
  async (_title, received, event) => {
    const { authorize, lines, levels } = authorizer();
    await expect(authorize(event)).rejects.toThrow(UNDECIDED);
    const line = { decision: 'fail', reason: 'unsupported_event', received, supported: SUPPORTED };
    expect(lines).toEqual([expect.objectContaining(line)]);
    expect(JSON.stringify(lines)).not.toMatch(/eyJ|Bearer/);
    expect(levels).toEqual(['error']);
  },
);

test('logs the request ids of an unsupported event', async () => {
  const { authorize, lines } = authorizer();
  await expect(authorize({ ...bearer('x'), methodArn: undefined })).rejects.toThrow(UNDECIDED);
  const { requestId, extendedRequestId } = requestEvent().requestContext as {
    requestId: string;
    extendedRequestId?: string;
  };
  expect(lines).toMatchObject([{ requestId, extendedRequestId }]);
});

test.each([
  ['no request context', { ...requestEvent(), requestContext: null }],
  ['no identity', { ...requestEvent(), requestContext: { identity: null } }],
])('refuses an event with a methodArn and %s for its missing token', async (_title, event) => {
  const { authorize, lines, levels } = authorizer();
  await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
  expect(lines).toMatchObject([{ decision: 'refuse', reason: 'missing_token' }]);
  expect(levels).toEqual(['info']);
});

test.each<[string, string, string, unknown, Record<string, string> | undefined]>([
  ['401', 'missing_token', 'Unauthorized', requestEvent(), undefined],
  ['503', 'unsupported_event', 'The token cannot be checked', null, undefined],
  ['503', 'keys_unavailable', 'The token cannot be checked', bearer(signToken(key)), {}],
])('throws an error without stack frames for %s (%s)', async (_status, reason, message, event, env) => {
  const { authorize, lines } = authorizer(env);
  const error: unknown = await authorize(event).catch((caught: unknown) => caught);
  expect(lines).toMatchObject([{ reason }]);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ message, stack: `Error: ${message}` });
  expect(Object.keys(error as Error)).toEqual([]);
  expect((error as Error).cause).toBeUndefined();
});

test('gives each caller a policy and a context of its own: changing one answer changes no other', async () => {
  const { authorize } = authorizer();
  const event = bearer(signToken(key, goodClaims({ exp: 4102444800 })));
  const { policyDocument, context, ...answer } = await authorize(event);
  const expected = structuredClone({ policyDocument, context, ...answer });
  for (const { Resource } of policyDocument.Statement) (Resource as string[]).splice(0, Resource.length, '*');
  (policyDocument.Statement as unknown[]).push({ Effect: 'Allow', Resource: ['*'] });
  Object.assign(context, { sub: 'other' });
  expect(await authorize(event)).toEqual(expected);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  [undefined, ''],
  [7, ''],
])('passes the sourceIp %p to the key store as %j', async (sourceIp, expected) => {
  const addresses: string[] = [];
  const keyStore = {
    find: (_kid: string, address: string) => {
      addresses.push(address);
      return Promise.resolve({ keys: [], areNew: true });
    },
    findNewer: () => Promise.resolve([]),
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
])('with AUTHACTION_ALLOW_LOG_RATE 0.5 and a random number of %d, logs %d lines for an allow', async (drawn, count) => {
  const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)), AUTHACTION_ALLOW_LOG_RATE: '0.5' };
  const { authorize, lines } = seededAuthorizer(env, undefined, { random: () => drawn });
  await authorize(bearer(signToken(key)));
  await expect(authorize(bearer('garbage'))).rejects.toThrow();
  expect(lines.filter(({ decision }) => decision === 'allow')).toHaveLength(count);
  expect(lines.filter(({ decision }) => decision === 'refuse')).toHaveLength(1);
});

test.each([
  ['0.5', [2, undefined]],
  ['1', [undefined, undefined]],
])(
  'with AUTHACTION_ALLOW_LOG_RATE %s, the lines of an allow and a refusal have the weights %j',
  async (rate, weights) => {
    const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)), AUTHACTION_ALLOW_LOG_RATE: rate };
    const { authorize, lines } = seededAuthorizer(env, undefined, { random: () => 0 });
    await authorize(bearer(signToken(key)));
    await expect(authorize(bearer('garbage'))).rejects.toThrow();
    expect(lines.map(({ weight }) => weight)).toEqual(weights);
  },
);

test('fails with internal_error when the decision throws, and logs the name of the error and where, not its message', async () => {
  const verify = () => {
    throw new TypeError('quotes the token');
  };
  const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)) };
  const { authorize, lines, levels } = seededAuthorizer(env, undefined, { verify });
  await expect(authorize(bearer(signToken(key)))).rejects.toMatchObject({
    message: 'The token cannot be checked',
    stack: 'Error: The token cannot be checked',
  });
  expect(lines).toMatchObject([
    { decision: 'fail', reason: 'internal_error', error: 'TypeError', at: expect.stringMatching(/^at .*authorizer/) },
  ]);
  expect(JSON.stringify(lines)).not.toContain('quotes');
  expect(levels).toEqual(['error']);
});

test('fails with keys_unavailable when the provider is down', async () => {
  const { authorize, lines, levels } = authorizer({});
  await expect(authorize(bearer(signToken(key)))).rejects.toThrow(UNDECIDED);
  expect(lines).toMatchObject([{ decision: 'fail', reason: 'keys_unavailable' }]);
  expect(levels).toEqual(['error']);
});

test.each([
  ['a token', signToken(key)],
  ['a line break', 'id\n{"decision":"allow"}'],
  ['a number', 7],
])('logs no requestId of a caller that is %s', async (_title, requestId) => {
  const { authorize, lines } = authorizer();
  const event = bearer(signToken(key));
  await authorize({ ...event, requestContext: { requestId, extendedRequestId: 'id=' } });
  const written = typeof requestId === 'string' ? '(unprintable)' : undefined;
  expect(lines).toEqual([{ decision: 'allow', kid: 'key-1', requestId: written, extendedRequestId: 'id=' }]);
});
