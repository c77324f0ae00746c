import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { requestToken } from '../../client/request-token';
import { findApp } from '../../local/app';
import { type LocalStack, startLocalStack } from '../../local/local-stack';
import { projectCopy } from '../support/project-copy';
import { launchBrowser } from './launch';
import { type AppServer, startAppServer } from './single-page-app';

/** What a script of a page sees of an answer; the name of the error where the browser keeps the answer from it. */
interface Seen {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly error?: string;
}

interface Call {
  readonly token?: string;
  readonly credentials?: 'include' | 'omit';
  readonly headers?: Readonly<Record<string, string>>;
}

const REFUSED_BY_BROWSER = { error: 'TypeError' };

let browser: Browser;
let copy: ReturnType<typeof projectCopy>;
/** Three single-page apps; settings list none, the first, or the first two of them. */
let apps: readonly [AppServer, AppServer, AppServer];
let pages: readonly [Page, Page, Page];

beforeAll(async () => {
  copy = projectCopy();
  apps = [await startAppServer(), await startAppServer(), await startAppServer()];
  browser = await launchBrowser();
  const open = async ({ origin }: AppServer) => {
    const page = await browser.newPage();
    await page.goto(origin);
    return page;
  };
  pages = [await open(apps[0]), await open(apps[1]), await open(apps[2])];
});
afterAll(async () => {
  await browser?.close();
  for (const app of apps ?? []) await app.close();
  copy?.remove();
});

/** The API with settings, for the tests of a block. */
function serve(settings: () => Readonly<Record<string, string>>) {
  let stack: LocalStack;
  beforeAll(async () => {
    const environment = { PATH: process.env.PATH, CORS_ALLOW_HEADERS: 'X-Request-Id', ...settings() };
    stack = await startLocalStack({ app: findApp(copy.root), port: 0, issuerPort: 0, environment });
    const { issuer } = stack;
    if (!issuer) throw new Error('There is no embedded issuer');
    const ca = readFileSync(issuer.certificateFile, 'utf8');
    const { url, clientId, clientSecret, audience } = issuer;
    const getToken = (scope: string | undefined) =>
      requestToken({ endpoint: `${url}/oauth2/m2m/token`, clientId, clientSecret, audience, scope, ca });
    for (const app of apps) app.getTokensFrom(getToken);
  });
  afterAll(() => stack?.stop());
  return () => stack;
}

/** Calls the API from a page's script. */
const callFrom = (page: Page, url: string, { token, credentials, headers = {} }: Call = {}): Promise<Seen> =>
  page.evaluate(
    async ([address, init]) => {
      try {
        const answer = await fetch(address, init);
        const seen = Object.fromEntries(answer.headers as unknown as Iterable<[string, string]>);
        return { status: answer.status, headers: seen, body: await answer.json() };
      } catch (error) {
        return { error: (error as Error).name };
      }
    },
    [
      url,
      {
        headers: { ...headers, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
        ...(credentials && { credentials }),
      },
    ] as const,
  );

/** A token that the page gets from the server of its own origin. */
const tokenOf = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const answer = await fetch('/token');
    return answer.text();
  });

/** What every page that may call sees. */
function testAnswers(stack: () => LocalStack, page: () => Page, credentials: 'include' | 'omit'): void {
  const call = async (path: string, options: Call = {}) =>
    callFrom(page(), `${stack().url}${path}`, { credentials, ...options });
  const ids = { 'x-amzn-requestid': expect.any(String), 'x-amz-apigw-id': expect.any(String) };

  test('200 without a token, and after a preflight with one', async () => {
    expect(await call('/public')).toMatchObject({ status: 200, headers: ids });
    const answer = await call('/protected', { token: await tokenOf(page()) });
    expect(answer).toMatchObject({ status: 200, headers: ids, body: { sub: 'local-client' } });
  });

  test('401 with its challenge, for no token and for a bad one', async () => {
    for (const options of [{}, { token: 'garbage' }]) {
      expect(await call('/protected', options)).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': expect.stringMatching(/^Bearer/), ...ids },
        body: { error: 'Unauthorized' },
      });
    }
  });

  test('401 of the handler, whose challenge API Gateway renames', async () => {
    const mint = () => stack().issuer?.mint({ claims: { exp: Math.floor(Date.now() / 1000) + 2 } });
    let token: string | undefined;
    let answer: Seen;
    do {
      token = await mint();
      answer = await call('/protected', { token: token ?? '' });
    } while (answer.status === 401); // it expired before the first call
    expect(answer.status).toBe(200);
    while (answer.status === 200) answer = await call('/protected', { token: token ?? '' });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'x-amzn-remapped-www-authenticate': expect.stringContaining('error="invalid_token"') },
    });
  });

  test('403 with its challenge, for a scope that is missing', async () => {
    expect(await call('/scoped', { token: await tokenOf(page()) })).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': expect.stringContaining('error="insufficient_scope"'), ...ids },
    });
  });

  test("403 of an unknown route, in the API's shape", async () => {
    expect(await call('/nowhere')).toMatchObject({ status: 403, body: { error: 'Forbidden' } });
  });

  test('503 with the time to wait, while the provider is down', async () => {
    const token = await tokenOf(page());
    await stack().issuer?.stop();
    stack().recycle();
    try {
      expect(await call('/protected', { token })).toMatchObject({
        status: 503,
        headers: { 'retry-after': expect.stringMatching(/^\d+$/), ...ids },
        body: { error: 'Service Unavailable' },
      });
    } finally {
      await stack().issuer?.start();
      stack().recycle();
      stack().clearAuthorizerCache();
    }
  });

  test('a further header that is allowed goes through the preflight, another one does not', async () => {
    expect(await call('/public', { headers: { 'X-Request-Id': '1' } })).toMatchObject({ status: 200 });
    expect(await call('/public', { headers: { 'X-Other': '1' } })).toEqual(REFUSED_BY_BROWSER);
  });
}

describe('where every origin may call, a page sees', () => {
  const stack = serve(() => ({}));
  testAnswers(stack, () => pages[2], 'omit');

  test('nothing with credentials', async () => {
    expect(await callFrom(pages[2], `${stack().url}/public`, { credentials: 'include' })).toEqual(REFUSED_BY_BROWSER);
  });
});

describe.each(['false', 'true'])('where one origin may call, credentials %s, its page sees', (allowed) => {
  const stack = serve(() => ({ CORS_ALLOW_ORIGIN: apps[0].origin, CORS_ALLOW_CREDENTIALS: allowed }));
  testAnswers(stack, () => pages[0], allowed === 'true' ? 'include' : 'omit');

  test(`${allowed === 'true' ? 'the same' : 'nothing'} with credentials`, async () => {
    const seen = await callFrom(pages[0], `${stack().url}/public`, { credentials: 'include' });
    expect(seen).toMatchObject(allowed === 'true' ? { status: 200 } : REFUSED_BY_BROWSER);
  });

  test('and the page of another origin nothing, with a token or without', async () => {
    const token = await tokenOf(pages[1]);
    for (const [path, options] of [
      ['/public', {}],
      ['/protected', {}],
      ['/protected', { token }],
    ] as const) {
      expect(await callFrom(pages[1], `${stack().url}${path}`, options)).toEqual(REFUSED_BY_BROWSER);
    }
  });
});

describe.each(['false', 'true'])('where two origins may call, credentials %s,', (allowed) => {
  const stack = serve(() => ({
    CORS_ALLOW_ORIGIN: `${apps[0].origin}, ${apps[1].origin}`,
    CORS_ALLOW_CREDENTIALS: allowed,
  }));

  describe('the page of the second sees', () => {
    testAnswers(stack, () => pages[1], allowed === 'true' ? 'include' : 'omit');
  });

  test('the page of the first sees answers, too', async () => {
    const token = await tokenOf(pages[0]);
    for (const [path, status] of [
      ['/public', 200],
      ['/protected', 200],
      ['/scoped', 403],
    ] as const) {
      expect(await callFrom(pages[0], `${stack().url}${path}`, { token })).toMatchObject({ status });
    }
  });

  test('credentials are refused unless they are allowed', async () => {
    const seen = await callFrom(pages[1], `${stack().url}/public`, { credentials: 'include' });
    expect(seen).toMatchObject(allowed === 'true' ? { status: 200 } : REFUSED_BY_BROWSER);
  });

  test('a page of a third origin cannot send a token, nor read what a handler says', async () => {
    const token = await tokenOf(pages[2]);
    expect(await callFrom(pages[2], `${stack().url}/protected`, { token })).toEqual(REFUSED_BY_BROWSER);
    expect(await callFrom(pages[2], `${stack().url}/public`)).toEqual(REFUSED_BY_BROWSER);
  });

  test('it can read the fixed text of a refusal, which API Gateway shows to all', async () => {
    expect(await callFrom(pages[2], `${stack().url}/protected`)).toMatchObject({ status: 401 });
  });
});
