import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { openApiDocument } from '../../client/openapi';
import { routes } from '../../lambdas/routes';
import { signJwt } from '../../local/issuer/signing-key';
import { type ApiAnswer, call } from './call';
import { type Control, isLocal, openTarget, type Target } from './target';

const UNAUTHORIZED = { error: 'Unauthorized', message: 'Missing or invalid access token' };
const SCOPE = 'read:messages';
/** Whether the client may ask for the scope: a deployed API's client says so in CLIENT_SCOPES. */
const hasScope = isLocal || (process.env.CLIENT_SCOPES ?? '').split(' ').includes(SCOPE);
const CALLS = 'the authorizer’s calls cannot be seen from outside';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
}, 60_000);
afterAll(() => target?.stop());
// Each case meets an authorizer that has seen nothing yet.
beforeEach(() => {
  target.control?.stack.recycle();
  target.control?.stack.clearAuthorizerCache();
});

/** A case that not every target allows; where it does not, it is skipped, and its title says why. */
function itWhere(isPossible: boolean, title: string, why: string, run: () => Promise<void>): void {
  if (isPossible) it(title, run);
  else it.skip(`${title} (skipped: ${why})`, run);
}

/** A case that needs a run of our own. */
function localIt(title: string, why: string, test: (control: Control) => Promise<void>): void {
  itWhere(isLocal, title, why, async () => {
    if (!target.control) throw new Error('There is no control over this target');
    await test(target.control);
  });
}

const get = (path: string, token?: string): Promise<ApiAnswer> =>
  call(target.url, path, { headers: token === undefined ? [] : ['Authorization', `Bearer ${token}`] });

/** A token of nobody: well formed, with the claims of a good one, signed by a key of its own. */
function foreignToken(claims: Record<string, unknown>): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return signJwt({ privateKey }, { alg: 'RS256', typ: 'JWT', kid }, claims);
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('with a good token', () => {
  it('GET /public answers everybody', async () => {
    const expected = { status: 200, body: { message: 'This is a public message!' } };
    await expect(get('/public')).resolves.toMatchObject(expected);
    await expect(get('/public', 'garbage')).resolves.toMatchObject(expected);
  });

  it('GET /protected answers with its subject', async () => {
    const token = await target.token();
    await expect(get('/protected', token)).resolves.toMatchObject({
      status: 200,
      body: { message: 'This is a protected message!', sub: claimsOf(token).sub },
    });
  });

  it('the scheme may be in any case', async () => {
    const headers = ['authorization', `bEARER ${await target.token()}`];
    await expect(call(target.url, '/protected', { headers })).resolves.toMatchObject({ status: 200 });
  });
});

describe('without a good token', () => {
  const unauthorized = (answer: ApiAnswer): void => {
    expect(answer).toMatchObject({ status: 401, body: UNAUTHORIZED });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  };

  it.each<[string, string[]]>([
    ['no token', []],
    ['an empty header', ['Authorization', '']],
    ['a scheme alone', ['Authorization', 'Bearer']],
    ['another scheme', ['Authorization', 'Basic dXNlcjpwYXNz']],
    ['garbage', ['Authorization', 'Bearer garbage']],
    ['three parts of garbage', ['Authorization', 'Bearer a.b.c']],
  ])('GET /protected refuses %s', async (_case, headers) => {
    unauthorized(await call(target.url, '/protected', { headers }));
  });

  it('GET /protected refuses a token whose last character is changed', async () => {
    const token = await target.token();
    // Of the last character some bits are padding: the one before it always counts.
    const changed = token.at(-2) === 'A' ? 'B' : 'A';
    unauthorized(await get('/protected', `${token.slice(0, -2)}${changed}${token.slice(-1)}`));
  });

  it('GET /protected refuses the claims of a good token without a signature', async () => {
    const [, payload] = (await target.token()).split('.');
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    unauthorized(await get('/protected', `${header}.${payload}.`));
  });

  it('GET /protected refuses the claims of a good token under a key that is not the issuer’s', async () => {
    unauthorized(await get('/protected', foreignToken(claimsOf(await target.token()))));
  });

  it('GET /protected refuses a good token in the query or twice', async () => {
    const token = await target.token();
    const bearer = `Bearer ${token}`;
    unauthorized(await get(`/protected?access_token=${token}`));
    const headers = ['Authorization', bearer, 'Authorization', bearer];
    unauthorized(await call(target.url, '/protected', { headers }));
  });

  it.each(['/protected', '/scoped'])('GET %s refuses a token of another issuer', async (path) => {
    const claims = { ...claimsOf(await target.token()), iss: 'https://other.example.test' };
    unauthorized(await get(path, foreignToken(claims)));
  });

  const now = Math.floor(Date.now() / 1000);
  for (const [what, options] of Object.entries({
    'an expired token': { claims: { exp: now - 60 } },
    'a token that never expires': { claims: { exp: undefined } },
    'a token for another audience': { claims: { aud: 'https://other.example.test' } },
    'a token with another issuer’s name': { claims: { iss: 'https://other.example.test' } },
    'a token that is not valid yet': { claims: { nbf: now + 600 } },
    'a token without a subject': { claims: { sub: undefined } },
    'a forged signature': { key: 'foreign' },
    'a key that nobody has': { header: { kid: 'nobody' } },
    'an ID token’s type': { header: { typ: 'secevent+jwt' } },
  } as const)) {
    localIt(`GET /protected refuses ${what}`, 'it takes the issuer’s own key', async ({ mint }) => {
      unauthorized(await get('/protected', await mint(options)));
    });
  }

  localIt('no answer tells one refusal from another', 'it takes the issuer’s own key', async ({ mint }) => {
    const tokens = [
      'garbage',
      await mint({ claims: { exp: now - 60 } }),
      await mint({ claims: { aud: 'other' } }),
      await mint({ key: 'foreign' }),
    ];
    const seen = new Set<string>();
    for (const token of tokens) {
      const { status, headers, body } = await get('/protected', token);
      const { date: _d, 'x-amzn-requestid': _r, 'x-amz-apigw-id': _i, 'x-amzn-trace-id': _t, ...same } = headers;
      seen.add(JSON.stringify([status, same, body]));
    }
    expect(seen.size).toBe(1);
  });
});

describe('scopes', () => {
  const why = 'CLIENT_SCOPES does not name read:messages';

  itWhere(hasScope, 'GET /scoped refuses a good token without the scope', why, async () => {
    const answer = await get('/scoped', await target.token());
    expect(answer).toMatchObject({ status: 403, body: { error: 'Forbidden', message: expect.any(String) } });
    expect(answer.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
  });

  itWhere(hasScope, 'GET /scoped answers a token with the scope', why, async () => {
    await expect(get('/scoped', await target.token(SCOPE))).resolves.toMatchObject({
      status: 200,
      body: { message: 'This is a scoped message!', scope: SCOPE },
    });
  });

  localIt('one token gets the same answers on all routes in every order', CALLS, async ({ stack, authorizerCalls }) => {
    const expected = {
      with: { token: await target.token(SCOPE), statuses: { '/public': 200, '/protected': 200, '/scoped': 200 } },
      without: { token: await target.token(), statuses: { '/public': 200, '/protected': 200, '/scoped': 403 } },
    };
    for (const { token, statuses } of Object.values(expected)) {
      for (const order of permutations(Object.keys(statuses))) {
        stack.clearAuthorizerCache();
        const before = authorizerCalls();
        const seen: Record<string, number> = {};
        for (const path of order) seen[path] = (await get(path, token)).status;
        expect({ order, seen }).toEqual({ order, seen: statuses });
        expect(authorizerCalls() - before).toBe(1);
      }
    }
  });
});

describe('CORS', () => {
  it.each(['/public', '/protected', '/scoped'])('the preflight of %s needs no token', async (path) => {
    const { status, headers } = await call(target.url, path, {
      method: 'OPTIONS',
      headers: ['Origin', 'https://app.example.test', 'Access-Control-Request-Headers', 'authorization'],
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(String(headers['access-control-allow-headers']).toLowerCase()).toContain('authorization');
    expect(headers['access-control-allow-methods']).toContain('GET');
  });

  it('is on every answer, errors included', async () => {
    const token = await target.token();
    const answers = [
      await get('/public'),
      await get('/protected', token),
      await get('/protected'),
      await get('/protected', 'garbage'),
      await get('/nowhere'),
      await call(target.url, '/public', { method: 'POST' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401, 403, 403]);
    for (const { headers } of answers) expect(headers['access-control-allow-origin']).toBe('*');
  });
});

it('an unknown route is API Gateway’s own 403, in our shape', async () => {
  await expect(get('/nowhere', await target.token())).resolves.toMatchObject({
    status: 403,
    body: { error: 'Forbidden', message: 'Missing Authentication Token' },
  });
});

describe('behind the API', () => {
  const why = CALLS;

  localIt('repeated requests with one token cost one authorizer call', why, async ({ authorizerCalls }) => {
    const token = await target.token();
    const before = authorizerCalls();
    for (const path of ['/protected', '/protected', '/protected']) expect((await get(path, token)).status).toBe(200);
    expect(authorizerCalls() - before).toBe(1);
  });

  localIt('a refusal is decided anew each time', why, async ({ authorizerCalls }) => {
    const before = authorizerCalls();
    for (const _ of [1, 2]) expect((await get('/protected', 'garbage')).status).toBe(401);
    expect(authorizerCalls() - before).toBe(2);
  });

  localIt('a request without a token costs no authorizer call', why, async ({ authorizerCalls }) => {
    const before = authorizerCalls();
    expect((await get('/protected')).status).toBe(401);
    expect(authorizerCalls() - before).toBe(0);
  });

  localIt('a cached Allow does not outlive the token', 'it takes a token that lives for seconds', async (control) => {
    await get('/protected', await target.token()); // starts the functions, which takes a busy machine seconds
    const exp = Math.floor(Date.now() / 1000) + 2;
    const token = await control.mint({ claims: { exp } });
    const before = control.authorizerCalls();
    expect((await get('/protected', token)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, exp * 1000 - Date.now() + 20));
    const answer = await get('/protected', token);
    expect(answer).toMatchObject({ status: 401, body: UNAUTHORIZED });
    expect(answer.headers['x-amzn-remapped-www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(control.authorizerCalls() - before).toBe(1);
  });
});

describe('the description of the API', () => {
  const { paths } = openApiDocument(routes) as {
    paths: Record<string, Record<string, { security: readonly unknown[]; responses: Record<string, unknown> }>>;
  };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  );

  it.each(operations)('holds for $method $path', async ({ method, path, security, responses }) => {
    const concrete = path.replace(/\{[^}]*\}/g, 'x');
    const open = await call(target.url, concrete, { method });
    expect(open.status).toBe(security.length === 0 ? 200 : 401);
    const headers = ['Authorization', `Bearer ${await target.token(hasScope ? SCOPE : undefined)}`];
    const answer = await call(target.url, concrete, { method, headers });
    expect(answer.status).toBe(hasScope || !path.includes('scoped') ? 200 : 403);
    for (const { status, headers: sent, body } of [open, answer]) {
      expect(Object.keys(responses)).toContain(String(status));
      expect(sent['content-type']).toBe('application/json');
      expect(body).toMatchObject({ message: expect.any(String) });
    }
  });
});

describe('the issuer', () => {
  const why = 'it takes the issuer in hand';

  localIt('may rotate its key without a restart of ours', why, async ({ issuer, stack }) => {
    const old = await target.token();
    expect((await get('/protected', old)).status).toBe(200);
    await issuer.rotate('overlap');
    expect((await get('/protected', await target.token())).status).toBe(200);
    stack.clearAuthorizerCache();
    expect((await get('/protected', old)).status).toBe(200);
  });

  localIt('may withdraw a key at once', why, async ({ issuer, stack }) => {
    const old = await target.token();
    expect((await get('/protected', old)).status).toBe(200);
    await issuer.rotate('sudden');
    expect((await get('/protected', await target.token())).status).toBe(200);
    stack.clearAuthorizerCache();
    expect((await get('/protected', old)).status).toBe(401);
  });

  localIt('may fail: 503 with Retry-After, never 401, and back to 200 by itself', why, async ({ issuer, stack }) => {
    const token = await target.token();
    await issuer.stop();
    try {
      stack.recycle();
      const answer = await get('/protected', token);
      expect(answer).toMatchObject({
        status: 503,
        body: { error: 'Service Unavailable', message: expect.any(String) },
      });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect((await get('/public')).status).toBe(200);
    } finally {
      await issuer.start();
    }
    let status = 503;
    while (status === 503) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      ({ status } = await get('/protected', token));
    }
    expect(status).toBe(200);
  });

  localIt('may fail unnoticed while its keys are in hand', why, async ({ issuer, mint, stack }) => {
    expect((await get('/protected', await target.token())).status).toBe(200);
    await issuer.stop();
    try {
      stack.clearAuthorizerCache();
      expect((await get('/protected', await mint())).status).toBe(200);
    } finally {
      await issuer.start();
    }
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
