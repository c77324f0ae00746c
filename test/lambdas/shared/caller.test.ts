import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type CallerHandler, withCaller } from '../../../lambdas/shared/caller';
import { encodeClaims } from '../../../lambdas/shared/context-claims';
import { json } from '../../../lambdas/shared/http';
import type { Route } from '../../../lambdas/shared/route-table';
import { nowSeconds } from '../../../samples/tokens';
import { sampleRoutes } from '../../support/sample-routes';

const protectedHandler = withCaller(sampleRoutes, ({ sub }) => json(200, { sub }));
const scopedHandler = withCaller(sampleRoutes, ({ sub, scopes }) => json(200, { sub, scope: scopes.join(' ') }));

const CALLER = { principalId: 'client-1', sub: 'client-1', scope: '', exp: String(nowSeconds() + 60) };

/** The members of API Gateway's event that a handler may look at. */
function event(resource: string, authorizer: unknown, { method = 'GET', path = resource } = {}): APIGatewayProxyEvent {
  return { resource, path, httpMethod: method, requestContext: { authorizer } } as APIGatewayProxyEvent;
}

const short = ({ statusCode, headers, body }: APIGatewayProxyResult) => ({
  statusCode,
  challenge: headers?.['WWW-Authenticate'],
  body: JSON.parse(body),
});

const unauthorized = { error: 'Unauthorized', message: 'Missing or invalid access token' };
const forbidden = { error: 'Forbidden', message: 'The access token does not allow this request' };

test('gives the handler the sub of the caller', async () => {
  const answer = await protectedHandler(event('/protected', CALLER));
  expect(short(answer)).toEqual({
    statusCode: 200,
    challenge: undefined,
    body: { sub: 'client-1' },
  });
});

test('gives the handler the sub and the scopes of the caller', async () => {
  const answer = await scopedHandler(event('/scoped', { ...CALLER, scope: 'read:messages write:messages' }));
  expect(JSON.parse(answer.body)).toEqual({
    sub: 'client-1',
    scope: 'read:messages write:messages',
  });
});

test.each([
  ['no authorizer', undefined],
  ['no context', null],
  ['a foreign context', { claims: { sub: 'client-1' } }],
])('refuses a call with %s with 401, as one without a token', async (_title, authorizer) => {
  const answer = await protectedHandler(event('/protected', authorizer));
  expect(short(answer)).toEqual({ statusCode: 401, challenge: 'Bearer', body: unauthorized });
});

test('refuses an event without a request context with 401', async () => {
  expect(await protectedHandler({} as APIGatewayProxyEvent)).toMatchObject({ statusCode: 401 });
});

test.each([0, 1, 3600])('refuses a token that expired %d s ago with 401 invalid_token', async (seconds) => {
  const answer = await protectedHandler(event('/protected', { ...CALLER, exp: String(nowSeconds() - seconds) }));
  expect(short(answer)).toEqual({ statusCode: 401, challenge: 'Bearer error="invalid_token"', body: unauthorized });
});

test('refuses a token from the instant of its exp on', async () => {
  const { now } = Date;
  try {
    Date.now = () => Number(CALLER.exp) * 1000;
    expect(await protectedHandler(event('/protected', CALLER))).toMatchObject({ statusCode: 401 });
    Date.now = () => Number(CALLER.exp) * 1000 - 1;
    expect(await protectedHandler(event('/protected', CALLER))).toMatchObject({ statusCode: 200 });
  } finally {
    Date.now = now;
  }
});

test('refuses a caller without the scopes of the route with 403 insufficient_scope, whatever the policy said', async () => {
  const answer = await scopedHandler(event('/scoped', { ...CALLER, scope: 'read:message' }));
  expect(short(answer)).toEqual({
    statusCode: 403,
    challenge: 'Bearer error="insufficient_scope", scope="read:messages"',
    body: forbidden,
  });
});

test('names every scope that a route needs, and none for a route that is not in the table', async () => {
  const table: Route[] = [{ method: 'GET', path: '/a', handler: 'any', access: { scopes: ['read:a', 'audit'] } }];
  const handler = withCaller(table, ({ sub }) => json(200, { sub }));
  const challengeOf = async (path: string) => short(await handler(event(path, CALLER))).challenge;
  expect(await challengeOf('/a')).toBe('Bearer error="insufficient_scope", scope="read:a audit"');
  expect(await challengeOf('/b')).toBe('Bearer error="insufficient_scope"');
});

describe('when a path is spelled so that a policy may not match the route it reaches', () => {
  const table: Route[] = [
    { method: 'GET', path: '/items/{id}', handler: 'any', access: 'token' },
    { method: 'GET', path: '/items/secret', handler: 'any', access: { scopes: ['admin'] } },
  ];
  const handler = withCaller(table, ({ sub }) => json(200, { sub }));

  test.each(['/items/secret', '/items/%73ecret', '/items//secret', '/items/secret/', '/items/./secret'])(
    'the route that API Gateway chose decides: %s',
    async (path) => {
      const plain = await handler(event('/items/secret', CALLER, { path }));
      const admin = await handler(event('/items/secret', { ...CALLER, scope: 'admin' }, { path }));
      const other = await handler(event('/items/{id}', CALLER, { path }));
      expect([plain, admin, other].map(({ statusCode }) => statusCode)).toEqual([403, 200, 200]);
    },
  );

  test.each([
    ['another method', event('/items/secret', { ...CALLER, scope: 'admin' }, { method: 'POST' })],
    ['a route that is not in the table', event('/other', { ...CALLER, scope: 'admin' })],
  ])('refuses %s with 403', async (_title, unknown) => {
    expect(await handler(unknown)).toMatchObject({ statusCode: 403 });
  });
});

test('passes the principal to the handler', async () => {
  const table: Route[] = [{ method: 'GET', path: '/me', handler: 'any', access: 'token' }];
  const handler = withCaller(table, (caller) => json(200, { ...caller }));
  const exp = nowSeconds() + 60;
  const answer = await handler(event('/me', { sub: 'a', scope: 'x y', exp: String(exp), client_id: 'c' }));
  expect(JSON.parse(answer.body)).toEqual({
    sub: 'a',
    scopes: ['x', 'y'],
    expiresAtSeconds: exp,
    clientId: 'c',
    claims: {},
  });
});

test('hands on that a handler answers nothing: API Gateway then says so', async () => {
  const forgetful = withCaller(sampleRoutes, (() => undefined) as unknown as CallerHandler); // as in JavaScript
  await expect(forgetful(event('/protected', CALLER))).resolves.toBeUndefined();
});

describe('with claims', () => {
  const claims = { org_id: 'string', roles: 'string[]?' } as const;
  const handler = withCaller(sampleRoutes, (caller) => json(200, { claims: caller.claims }), { claims });
  const answerTo = (token: Record<string, unknown>, context: object = CALLER) => {
    const token_claims = encodeClaims(token, new Set(['org_id', 'roles', 'other']));
    return handler(event('/protected', { ...context, token_claims }));
  };

  test('gives the handler the claims that it declares, and no others', async () => {
    const answer = await answerTo({ org_id: 'org-1', roles: ['a', 'b'], other: 'x' });
    expect(JSON.parse(answer.body)).toEqual({ claims: { org_id: 'org-1', roles: ['a', 'b'] } });
  });

  test('a claim with ? may be absent, and is absent then', async () => {
    expect(JSON.parse((await answerTo({ org_id: '' })).body)).toEqual({ claims: { org_id: '' } });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['lacks a claim', { roles: [] }, 'org_id'],
    ['has a claim of another kind', { org_id: 7 }, 'org_id'],
    ['has an optional claim of another kind', { org_id: 'org-1', roles: 'secret' }, 'roles'],
    ['has every claim of another kind', { org_id: 7, roles: 'secret' }, 'org_id roles'],
  ])('refuses a token that %s with 403, and logs the names', async (_title, token, names) => {
    const lines: unknown[] = [];
    const warn = jest.spyOn(console, 'warn').mockImplementation((...line) => void lines.push(line));
    const answer = await answerTo(token);
    warn.mockRestore();
    expect(short(answer)).toEqual({
      statusCode: 403,
      challenge: 'Bearer error="insufficient_scope"',
      body: forbidden,
    });
    expect(lines).toEqual([[{ event: 'claims_refused', claims: names }]]);
  });

  test('refuses every token with 403 when the authorizer was deployed without names of claims', async () => {
    expect(await handler(event('/protected', CALLER))).toMatchObject({ statusCode: 403 });
  });

  test.each(['', 'x', '{}', Buffer.from('7').toString('base64'), Buffer.from('[]').toString('base64'), 'bnVsbA=='])(
    'refuses claims that the authorizer did not write with 403: %j',
    async (token_claims) => {
      const optional = withCaller(sampleRoutes, () => json(200, {}), { claims: { roles: 'string[]?' } });
      expect(await optional(event('/protected', { ...CALLER, token_claims }))).toMatchObject({ statusCode: 403 });
    },
  );

  test.each([claims, { claims: undefined }])('refuses to prepare for %j, which names no claims to check', (options) => {
    const untyped = withCaller as (...parameters: readonly unknown[]) => unknown; // as in JavaScript
    expect(() => untyped(sampleRoutes, () => json(200, {}), options)).toThrow(
      'withCaller takes the claims as { claims: { … } }.',
    );
  });

  test('the claims of an expired token are refused with 401', async () => {
    expect(await answerTo({ org_id: 'org-1' }, { ...CALLER, exp: '1' })).toMatchObject({ statusCode: 401 });
  });
});

test('every answer allows every origin and forbids caching', async () => {
  for (const answer of [json(200, {}), await protectedHandler(event('/protected', undefined))]) {
    expect(answer.headers).toMatchObject({
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': 'no-store',
      'Content-Type': 'application/json',
    });
  }
});

test('an answer to one of several allowed origins names that origin, a refusal too', async () => {
  const env = { ...process.env };
  process.env.CORS_ALLOW_ORIGIN = 'https://one.example,https://two.example';
  try {
    jest.resetModules();
    const caller = await import('../../../lambdas/shared/caller');
    const http = await import('../../../lambdas/shared/http');
    const handler = caller.withCaller(sampleRoutes, ({ sub }) => http.json(200, { sub }));
    for (const authorizer of [CALLER, undefined]) {
      const request = { ...event('/protected', authorizer), headers: { origin: 'https://two.example' } };
      const answer = await handler(request as unknown as APIGatewayProxyEvent);
      expect(answer.headers).toMatchObject({ 'Access-Control-Allow-Origin': 'https://two.example', Vary: 'Origin' });
    }
  } finally {
    process.env = env;
  }
});
