import { randomUUID } from 'node:crypto';
import { openApiDocument } from '../../client/openapi';
import { readDeployedRoutes } from '../../lambdas/authorizer/deployed-routes';
import { routes } from '../../lambdas/routes';
import { challenge, forbidden, unauthorized } from '../../lambdas/shared/answers';
import { mayCall, type Route, requiredScopes } from '../../lambdas/shared/route-table';
import { signJwt } from '../../local/issuer/signing-key';
import { signingKey } from '../../samples/keys';
import { type ApiAnswer, call } from './call';
import { type Control, isLocal, openTarget, type Target } from './target';

/**
 * The route table of the API under test: what the suite expects follows from it. `API_ROUTES` is the folder of the
 * `routes.json` that another API was deployed with.
 */
const table: readonly Route[] = process.env.API_ROUTES ? readDeployedRoutes(process.env.API_ROUTES) : routes;
const publicRoutes = table.filter(({ access }) => access === 'public');
const guardedRoutes = table.filter(({ access }) => access !== 'public');
const scopedRoutes = table.filter(({ access }) => requiredScopes(access).length > 0);
/** Every scope that a route needs. */
const SCOPES = [...new Set(table.flatMap(({ access }) => requiredScopes(access)))];
/** Whether the client may ask for them: a deployed API's client says so in CLIENT_SCOPES. */
const hasScopes = isLocal || SCOPES.every((scope) => (process.env.CLIENT_SCOPES ?? '').split(' ').includes(scope));
/** No route has it, so API Gateway does not know it. */
const UNKNOWN_PATH = `/${randomUUID()}`;
const hasUnknownPaths = !table.some(({ path }) => /^\/\{[^/]+\}$/.test(path));
const ALL_KNOWN = 'a route of the table has every path';
const CALLS = 'the authorizer’s calls cannot be seen from outside';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
}, 60_000);
afterAll(() => target?.stop());
// No case meets a decision of another one.
beforeEach(() => target.control?.stack.clearAuthorizerCache());

/** A case that not every target or table allows; where it does not, it is skipped, and its title says why. */
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

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const named = (list: readonly Route[]) => list.map((route) => [nameOf(route), route] as const);
const pathOf = ({ path }: Route): string => path.replace(/\{[^}]*\}/g, 'x');

/** A method that reaches a route: for `ANY`, one that no other row of its path names. */
function methodOf({ method, path }: Route): string {
  if (method !== 'ANY') return method;
  const isFree = (name: string) => !table.some((route) => route.path === path && route.method === name);
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].find(isFree) ?? 'HEAD';
}

/** A route behind the authorizer. One that needs no scope, if there is one. */
function guarded(): Route {
  const route = guardedRoutes.find(({ access }) => access === 'token') ?? guardedRoutes[0];
  if (!route) throw new Error('No route is behind the authorizer');
  return route;
}

const request = (route: Route, headers: readonly string[] = [], query = ''): Promise<ApiAnswer> =>
  call(target.url, `${pathOf(route)}${query}`, { method: methodOf(route), headers });

const withToken = (route: Route, token: string): Promise<ApiAnswer> =>
  request(route, ['Authorization', `Bearer ${token}`]);

/** A token that its issuer gave for this route. */
const tokenFor = ({ access }: Route): Promise<string> => target.token(requiredScopes(access).join(' ') || undefined);

/** What the API answers before a handler is asked; everything else comes from a handler. */
const refusals = [401, 403, 503];
const reachesHandler = ({ status }: ApiAnswer): void => expect(refusals).not.toContain(status);
/** A refusal in its words; the answer to HEAD has none. */
const isRefusal = ({ method, status, body }: ApiAnswer, expected: { status: number; body: unknown }): void =>
  expect({ status, body }).toEqual(method === 'HEAD' ? { ...expected, body: undefined } : expected);
/** The challenge without the address of the metadata, which only some deployments publish. */
const challengeOf = ({ headers }: ApiAnswer): string =>
  String(headers['www-authenticate']).replace(/, resource_metadata="[^"]+"$/, '');
const isUnauthorized = (answer: ApiAnswer): void => {
  isRefusal(answer, { status: 401, body: unauthorized });
  expect([challenge.unauthorized, challenge.invalidToken]).toContain(challengeOf(answer));
};
const isForbidden = (answer: ApiAnswer): void => {
  isRefusal(answer, { status: 403, body: forbidden });
  expect(challengeOf(answer)).toBe(challenge.forbidden);
};

const { privateKey } = signingKey('foreign');

/** A token of no client: well formed, with the claims of a good one, signed by a key that no issuer has. */
function foreignToken(claims: Record<string, unknown>): string {
  const kid = randomUUID();
  return signJwt({ privateKey }, { alg: 'RS256', typ: 'JWT', kid }, claims);
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

const NO_SCOPES = `CLIENT_SCOPES does not name ${SCOPES.join(' and ')}`;

describe('a route answers as its access says', () => {
  // Loops, since it.each fails on an empty list, and a table may have no route of a kind.
  for (const route of publicRoutes) {
    it(`${nameOf(route)} answers without a token, and with any`, async () => {
      reachesHandler(await request(route));
      reachesHandler(await withToken(route, 'garbage'));
    });
  }

  for (const route of guardedRoutes) {
    it(`${nameOf(route)} refuses a request without a token`, async () => {
      isUnauthorized(await request(route));
    });
    const needsScopes = requiredScopes(route.access).length > 0;
    itWhere(hasScopes || !needsScopes, `${nameOf(route)} answers a token for it`, NO_SCOPES, async () => {
      reachesHandler(await withToken(route, await tokenFor(route)));
    });
  }

  for (const route of scopedRoutes) {
    itWhere(hasScopes, `${nameOf(route)} refuses a good token without its scopes`, NO_SCOPES, async () => {
      isForbidden(await withToken(route, await target.token()));
    });
  }

  it('the scheme and the header’s name may be in any case', async () => {
    const route = guarded();
    reachesHandler(await request(route, ['authorization', `bEARER ${await tokenFor(route)}`]));
  });

  localIt('one token gets the same answers on all routes in every order', CALLS, async ({ stack, authorizerCalls }) => {
    const few = table.slice(0, 4);
    for (const scopes of [SCOPES, []]) {
      const token = await target.token(scopes.join(' ') || undefined);
      const expected = Object.fromEntries(few.map((route) => [nameOf(route), mayCall(route.access, scopes)]));
      for (const order of permutations(few)) {
        stack.clearAuthorizerCache();
        const before = authorizerCalls();
        const seen: Record<string, boolean> = {};
        for (const route of order) seen[nameOf(route)] = (await withToken(route, token)).status !== 403;
        expect({ order, seen }).toEqual({ order, seen: expected });
        expect(authorizerCalls() - before).toBe(1);
      }
    }
  });
});

describe('a route behind the authorizer refuses', () => {
  it.each<[string, string[]]>([
    ['an empty header', ['Authorization', '']],
    ['a scheme alone', ['Authorization', 'Bearer']],
    ['another scheme', ['Authorization', 'Basic dXNlcjpwYXNz']],
    ['garbage', ['Authorization', 'Bearer garbage']],
    ['three parts of garbage', ['Authorization', 'Bearer a.b.c']],
  ])('%s', async (_case, headers) => {
    isUnauthorized(await request(guarded(), headers));
  });

  it('a token whose last character is changed', async () => {
    const token = await target.token();
    // Of the last character some bits are padding: the one before it always counts.
    const changed = token.at(-2) === 'A' ? 'B' : 'A';
    isUnauthorized(await withToken(guarded(), `${token.slice(0, -2)}${changed}${token.slice(-1)}`));
  });

  it('the claims of a good token without a signature', async () => {
    const [, payload] = (await target.token()).split('.');
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    isUnauthorized(await withToken(guarded(), `${header}.${payload}.`));
  });

  it('the claims of a good token under a key that is not the issuer’s', async () => {
    isUnauthorized(await withToken(guarded(), foreignToken(claimsOf(await target.token()))));
  });

  it('a good token in the query or twice', async () => {
    const token = await target.token();
    const bearer = `Bearer ${token}`;
    isUnauthorized(await request(guarded(), [], `?access_token=${token}`));
    isUnauthorized(await request(guarded(), ['Authorization', bearer, 'Authorization', bearer]));
  });

  it.each(named(guardedRoutes))('a token of another issuer, on %s', async (_name, route) => {
    const claims = { ...claimsOf(await target.token()), iss: 'https://other.example.test' };
    isUnauthorized(await withToken(route, foreignToken(claims)));
  });

  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const [what, options] of Object.entries({
    'an expired token': { claims: { exp: nowSeconds - 60 } },
    'a token that never expires': { claims: { exp: undefined } },
    'a token for another audience': { claims: { aud: 'https://other.example.test' } },
    'a token with another issuer’s name': { claims: { iss: 'https://other.example.test' } },
    'a token that is not valid yet': { claims: { nbf: nowSeconds + 600 } },
    'a token without a subject': { claims: { sub: undefined } },
    'a forged signature': { key: 'foreign' },
    'an unknown key': { header: { kid: 'unknown' } },
    'an ID token’s type': { header: { typ: 'secevent+jwt' } },
  } as const)) {
    localIt(what, 'it takes the issuer’s own key', async ({ mint }) => {
      isUnauthorized(await withToken(guarded(), await mint(options)));
    });
  }

  localIt('in the same words, whatever the reason', 'it takes the issuer’s own key', async ({ mint }) => {
    const tokens = [
      'garbage',
      await mint({ claims: { exp: nowSeconds - 60 } }),
      await mint({ claims: { aud: 'other' } }),
      await mint({ key: 'foreign' }),
    ];
    const seen = new Set<string>();
    for (const token of tokens) {
      const { status, headers, body } = await withToken(guarded(), token);
      const { date: _d, 'x-amzn-requestid': _r, 'x-amz-apigw-id': _i, ...same } = headers;
      seen.add(JSON.stringify([status, same, body]));
    }
    expect(seen.size).toBe(1);
  });
});

describe('CORS', () => {
  it.each([...new Set(table.map(pathOf))])('the preflight of %s needs no token', async (path) => {
    const { status, headers } = await call(target.url, path, {
      method: 'OPTIONS',
      headers: ['Origin', 'https://app.example.test', 'Access-Control-Request-Headers', 'authorization'],
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(String(headers['access-control-allow-headers']).toLowerCase()).toContain('authorization');
    for (const route of table.filter((each) => pathOf(each) === path)) {
      expect(headers['access-control-allow-methods']).toContain(methodOf(route));
    }
  });

  it('is on every answer that the API shapes, errors included', async () => {
    const answers = [
      ...(await Promise.all(table.map((route) => request(route)))),
      await withToken(guarded(), await tokenFor(guarded())),
      await withToken(guarded(), 'garbage'),
      await call(target.url, UNKNOWN_PATH),
      await call(target.url, UNKNOWN_PATH, { headers: ['Authorization', 'Bearer garbage'] }),
    ].filter(({ status }) => refusals.includes(status)); // a handler's answers are its own
    expect(answers).not.toEqual([]);
    for (const { headers } of answers) expect(headers['access-control-allow-origin']).toBe('*');
  });
});

describe('an unknown route is API Gateway’s own 403, in the API’s shape', () => {
  itWhere(hasUnknownPaths, 'without a token', ALL_KNOWN, async () => {
    await expect(call(target.url, UNKNOWN_PATH)).resolves.toMatchObject({
      status: 403,
      body: { error: expect.any(String), message: 'Missing Authentication Token' },
    });
  });

  const withSignature = 'with a token, which API Gateway takes for a signature of AWS’s own';
  itWhere(hasUnknownPaths, withSignature, ALL_KNOWN, async () => {
    const headers = ['Authorization', `Bearer ${await target.token()}`];
    // Emulators of AWS do not go so far, and miss a token.
    const message = /^Missing Authentication Token$|key=value pair \(missing equal-sign\) in Authorization header/;
    await expect(call(target.url, UNKNOWN_PATH, { headers })).resolves.toMatchObject({
      status: 403,
      body: { error: expect.any(String), message: expect.stringMatching(message) },
    });
  });
});

describe('behind the API', () => {
  localIt('repeated requests with one token cost one authorizer call', CALLS, async ({ authorizerCalls }) => {
    const token = await tokenFor(guarded());
    const before = authorizerCalls();
    for (const _ of [1, 2, 3]) reachesHandler(await withToken(guarded(), token));
    expect(authorizerCalls() - before).toBe(1);
  });

  localIt('a refusal is decided anew each time', CALLS, async ({ authorizerCalls }) => {
    const before = authorizerCalls();
    for (const _ of [1, 2]) isUnauthorized(await withToken(guarded(), 'garbage'));
    expect(authorizerCalls() - before).toBe(2);
  });

  localIt('a request without a token costs no authorizer call', CALLS, async ({ authorizerCalls }) => {
    const before = authorizerCalls();
    isUnauthorized(await request(guarded()));
    expect(authorizerCalls() - before).toBe(0);
  });

  localIt('a cached Allow does not outlive the token', 'it takes a token that lives for seconds', async (control) => {
    await withToken(guarded(), await tokenFor(guarded())); // starts the functions, which takes a busy machine seconds
    const exp = Math.floor(Date.now() / 1000) + 2;
    const token = await control.mint({ claims: { exp, scope: SCOPES.join(' ') } });
    const before = control.authorizerCalls();
    reachesHandler(await withToken(guarded(), token));
    await new Promise((resolve) => setTimeout(resolve, exp * 1000 - Date.now() + 20));
    const answer = await withToken(guarded(), token);
    expect(answer).toMatchObject({ status: 401, body: unauthorized });
    expect(answer.headers['x-amzn-remapped-www-authenticate']).toBe(challenge.invalidToken);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(control.authorizerCalls() - before).toBe(1);
  });
});

describe('the description of the API', () => {
  const { paths } = openApiDocument(table) as {
    paths: Record<string, Record<string, { security: readonly unknown[]; responses: Record<string, unknown> }>>;
  };

  it.each(named(table))('has the refusals of %s', async (_name, route) => {
    const operation = paths[route.path.replace('+}', '}')]?.[methodOf(route).toLowerCase()];
    expect(operation?.security.length === 0).toBe(route.access === 'public');
    const token = await target.token(hasScopes ? SCOPES.join(' ') || undefined : undefined);
    for (const answer of [await request(route), await withToken(route, token)]) {
      if (!refusals.includes(answer.status)) continue; // what handlers answer is not in the table
      expect(Object.keys(operation?.responses ?? {})).toContain(String(answer.status));
      expect(answer.headers['content-type']).toBe('application/json');
    }
  });
});

describe('the issuer', () => {
  const why = 'it takes an issuer of our own';
  beforeEach(() => target.control?.stack.recycle()); // each case meets an authorizer that has no keys yet

  localIt('may rotate its key without a restart of ours', why, async ({ issuer, stack }) => {
    const old = await tokenFor(guarded());
    reachesHandler(await withToken(guarded(), old));
    await issuer.rotate('overlap');
    reachesHandler(await withToken(guarded(), await tokenFor(guarded())));
    stack.clearAuthorizerCache();
    reachesHandler(await withToken(guarded(), old));
  });

  localIt('may withdraw a key at once', why, async ({ issuer, stack }) => {
    const old = await tokenFor(guarded());
    reachesHandler(await withToken(guarded(), old));
    await issuer.rotate('sudden');
    reachesHandler(await withToken(guarded(), await tokenFor(guarded())));
    stack.clearAuthorizerCache();
    isUnauthorized(await withToken(guarded(), old));
  });

  localIt('may fail: 503 with Retry-After, never 401, and back to 200 by itself', why, async ({ issuer, stack }) => {
    const token = await tokenFor(guarded());
    await issuer.stop();
    try {
      stack.recycle();
      const answer = await withToken(guarded(), token);
      expect(answer).toMatchObject({
        status: 503,
        body: { error: 'Service Unavailable', message: expect.any(String) },
      });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      for (const route of publicRoutes) reachesHandler(await request(route));
    } finally {
      await issuer.start();
    }
    let status = 503;
    while (status === 503) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      ({ status } = await withToken(guarded(), token));
    }
    expect(refusals).not.toContain(status);
  });

  localIt('may fail unnoticed while its keys are cached', why, async ({ issuer, mint, stack }) => {
    reachesHandler(await withToken(guarded(), await tokenFor(guarded())));
    await issuer.stop();
    try {
      stack.clearAuthorizerCache();
      reachesHandler(await withToken(guarded(), await mint({ claims: { scope: SCOPES.join(' ') } })));
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
