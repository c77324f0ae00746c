import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { projectRoot } from '../../infra/bundling';
import { findApp } from '../../local/app';
import { type Console, startConsole } from '../../local/console/console';
import { consoleRun } from '../../local/console/run';
import { type LocalStack, startLocalStack } from '../../local/local-stack';
import { projectCopy } from '../support/project-copy';
import { largeApi } from './large-api';
import { launchBrowser } from './launch';

const SCREENSHOTS = join(projectRoot, 'reports', 'screenshots');

const SIZES = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const;

let browser: Browser;
let copy: ReturnType<typeof projectCopy>;
let stack: LocalStack;
let shown: Console;
let page: Page;
/** What the browser complained about: errors of the script, of the policy, of the network. */
let complaints: string[];

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  copy = projectCopy();
  // No tenant, whatever the environment and .env say.
  stack = await startLocalStack({
    app: findApp(copy.root),
    port: 0,
    issuerPort: 0,
    environment: { PATH: process.env.PATH },
  });
  browser = await launchBrowser();
});
beforeEach(async () => {
  shown = await startConsole(consoleRun(stack, {}), 0);
  complaints = [];
  page = await open({ width: 1280, height: 960 });
});
afterEach(async () => {
  await page.close();
  await shown.stop();
  await stack.issuer?.start();
  stack.recycle();
  stack.clearAuthorizerCache();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  copy.remove();
});

async function open(
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Page> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const opened = await browser.newPage({ viewport, colorScheme, permissions });
  opened.setDefaultTimeout(10_000); // says which step failed, before the test's own time is over
  opened.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  opened.on('pageerror', (error) => complaints.push(String(error)));
  opened.on('request', (request) => {
    if (!request.url().startsWith(shown.url)) complaints.push(`request to ${request.url()}`);
  });
  await opened.goto(shown.url);
  await opened.getByText('Live', { exact: true }).waitFor();
  return opened;
}

const chooseToken = (name: string) => page.getByRole('combobox', { name: 'Token' }).selectOption({ label: name });
const chooseRoute = (name: string) => page.getByRole('radio', { name }).check();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
async function send(route: string): Promise<void> {
  await chooseRoute(route);
  await press('Send');
}
const sentence = () => page.locator('#sentence').textContent();
/** Waits until the newest request is one with this outcome. */
const newest = (status: number, summary: string) =>
  page
    .locator('#requests > li:first-child button')
    .filter({ hasText: String(status) })
    .filter({ hasText: summary })
    .waitFor();
const facts = (step: string) => page.locator(`#step-${step} li`).allTextContents();
/** Text of a panel below the steps. */
const panel = (name: string) => page.locator('#details > div').filter({ has: page.getByRole('heading', { name }) });
const clipboard = () => page.evaluate('navigator.clipboard.readText()') as Promise<string>;

describe('the console in a browser', () => {
  test('opens without an error and requests nothing from elsewhere', async () => {
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Console');
    expect(await page.locator('#api').textContent()).toBe(stack.url);
    expect(complaints).toEqual([]);
  });

  test('shows the steps of a request without a token', async () => {
    await send('GET /protected');
    await newest(401, 'no token');
    expect(await sentence()).toContain('without the authorizer');
    expect(await facts('authorizer')).toEqual(['not reached']);
    expect(await facts('client')).toContain('401 Unauthorized');
  });

  test('shows a cache miss, then a hit, then a miss again once the cache is cleared', async () => {
    await chooseToken('Valid, without scopes');
    await send('GET /protected');
    await newest(200, 'allowed');
    expect(await facts('gateway')).toEqual(['cache miss']);
    await send('GET /protected');
    await newest(200, 'allowed, cached');
    expect(await facts('gateway')).toEqual(['cache hit']);
    await page.getByText('1 decision cached (TTL 300 s)').waitFor();
    await press('Clear cache');
    await page.getByText('Cache empty (TTL 300 s)').waitFor();
    await send('GET /protected');
    await page.locator('#requests > li').nth(2).waitFor();
    expect(await facts('gateway')).toEqual(['cache miss']);
    expect(complaints).toEqual([]);
  });

  test('shows answer and log lines, and the claims of a token', async () => {
    await chooseToken('Valid, with every scope');
    await page.getByText('Header and claims (not verified)').click();
    await page.getByText('"read:messages"').waitFor();
    await send('GET /scoped');
    await newest(200, 'allowed');
    await panel('Answer').getByText('This is a scoped message!').waitFor();
    await panel('Log').getByText('"decision": "allow"').waitFor();
  });

  test.each([
    ['Valid, without scopes', 'GET /scoped', 403, 'insufficient_scope'],
    ['Expired a minute ago', 'GET /protected', 401, 'expired'],
    ['For another audience', 'GET /protected', 401, 'wrong_audience'],
    ['Forged: signed with another key', 'GET /protected', 401, 'bad_signature'],
    ['No token', 'Another request', 403, 'no such route'],
    ['No token', 'GET /public', 200, 'public'],
  ])('names the reason: token "%s", %s, %s %s', async (token, route, status, reason) => {
    await chooseToken(token);
    await send(route);
    await newest(status, reason);
  });

  test('takes a token that was pasted', async () => {
    await chooseToken('Paste a token');
    const token = await stack.issuer?.mint();
    const field = page.getByLabel('Token, Authorization header or token response');
    await field.fill(JSON.stringify({ access_token: token, token_type: 'Bearer' }));
    await page.getByText('Header and claims (not verified)').waitFor();
    await send('GET /protected');
    await newest(200, 'allowed');
    await field.fill('');
    await press('Send');
    await page.getByRole('alert').filter({ hasText: 'Paste a token first.' }).waitFor();
    expect(await page.locator('#requests > li').count()).toBe(1);
  });

  test.each(SIZES)('revokes the subject of a token, and takes that back: %s, %i px wide', async (scheme, width) => {
    await page.close();
    page = await open({ width, height: 960 }, scheme);
    await chooseToken('Valid, without scopes');
    await send('GET /protected');
    await newest(200, 'allowed');
    const revoke = page.getByRole('button', { name: 'Revoke this token’s subject', exact: true });
    const undo = page.getByRole('button', { name: 'Accept this subject again', exact: true });
    await revoke.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Revoked', { exact: true }).waitFor();
    expect(await undo.evaluate(isFocused)).toBe(true);
    await press('Send');
    await newest(401, 'revoked');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.screenshot({ path: join(SCREENSHOTS, `revoked-${scheme}-${width}.png`), fullPage: width < 1000 });
    await undo.click();
    await revoke.waitFor();
    await press('Send');
    await newest(200, 'allowed');
    expect(complaints).toEqual([]);
  });

  test('shows requests of other clients as they come', async () => {
    await fetch(`${stack.url}/protected`, { headers: { authorization: 'Bearer opaque' } });
    await newest(401, 'malformed_token');
    await panel('Answer').getByText('Missing or invalid access token').waitFor();
    await panel('Log').getByText('"reason": "malformed_token"').waitFor();
  });

  test('sends any other request, with a body and its content type', async () => {
    await chooseRoute('Another request');
    await page.getByRole('combobox', { name: 'Method' }).selectOption('POST');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SELECT');
    await page.getByLabel('Path', { exact: true }).fill('/items/a b');
    await page.getByLabel('Query', { exact: true }).fill('limit=1');
    await page.getByLabel('Body', { exact: true }).fill('{"a":1}');
    await press('Send');
    await newest(403, 'no such route');
    expect(await sentence()).toContain('POST /items/a%20b?limit=1 matches no route');
  });

  test('copies the request as a curl command', async () => {
    await chooseToken('Valid, without scopes');
    await chooseRoute('GET /protected');
    await page.getByLabel('Query', { exact: true }).fill('limit=1');
    await press('Copy as curl');
    await page.getByText('Copied').waitFor();
    expect(await clipboard()).toMatch(
      new RegExp(`^curl -i '${stack.url}/protected\\?limit=1' -H 'Authorization: Bearer [\\w-]+\\.[\\w-]+\\.[\\w-]+'$`),
    );
    expect(await page.locator('#requests > li').count()).toBe(0);
  });

  test('rotates the issuer’s key, and the API accepts tokens of the new one', async () => {
    const before = await page.locator('#keys code').first().getAttribute('title');
    await press('Rotate key');
    await page.locator('#keys li').nth(1).waitFor();
    const [first, second] = await page.locator('#keys code').all();
    expect(await first?.getAttribute('title')).not.toBe(before);
    expect(await second?.getAttribute('title')).toBe(before);
    await chooseToken('Valid, without scopes');
    await send('GET /protected');
    await newest(200, 'allowed');
    expect(await facts('authorizer')).toContain('fetched the keys');
  });

  test('stops and starts the issuer: an outage is 503, and over when it is over', async () => {
    await chooseToken('Valid, without scopes');
    await page.getByRole('button', { name: 'Get another' }).waitFor();
    await press('Stop issuer');
    await page.locator('#issuer-state', { hasText: 'stopped' }).waitFor();
    await press('Restart Lambdas');
    await send('GET /protected');
    await newest(503, 'keys_unavailable');
    expect(await sentence()).toContain('It is not 401');
    await page.screenshot({ path: join(SCREENSHOTS, 'issuer-stopped.png') });
    await press('Get another');
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    await press('Start issuer');
    await page.locator('#issuer-state', { hasText: 'running' }).waitFor();
    await press('Restart Lambdas');
    await send('GET /protected');
    await newest(200, 'allowed');
  });

  test('works by keyboard alone, with a visible focus', async () => {
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'OpenAPI document' }).and(page.locator(':focus')).waitFor();
    const focused = page.locator(':focus');
    const tabTo = async (target: Locator): Promise<void> => {
      for (let step = 0; step < 15 && (await target.and(focused).count()) === 0; step += 1) {
        await page.keyboard.press('Tab');
      }
      await target.and(focused).waitFor();
    };
    await tabTo(page.getByRole('combobox', { name: 'Token' }));
    await page.keyboard.type('Valid, with every');
    await page.getByRole('button', { name: 'Copy token' }).waitFor();
    await tabTo(page.getByRole('radio', { name: 'GET /public' }));
    await page.keyboard.press('ArrowDown');
    await page.getByRole('radio', { name: 'GET /protected', checked: true }).and(focused).waitFor();
    await page.keyboard.press('Enter');
    await newest(200, 'allowed');
    await tabTo(page.getByRole('button', { name: 'Send', exact: true }));
    await page.keyboard.press('Enter');
    await newest(200, 'allowed, cached');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Send');
  });

  test('keeps showing an older request while newer ones come', async () => {
    await send('GET /public');
    await newest(200, 'public');
    await send('Another request');
    await newest(403, 'no such route');
    await page.locator('#requests > li').nth(1).getByRole('button').click();
    expect(await sentence()).toContain('/public is public');
    await fetch(`${stack.url}/protected`);
    await newest(401, 'no token');
    expect(await sentence()).toContain('/public is public');
  });

  test('connects to the next run when this one ends', async () => {
    const { port } = new URL(shown.url);
    await shown.stop();
    await page.getByText('Reconnecting…').waitFor();
    const reloaded = page.waitForEvent('load');
    shown = await startConsole(consoleRun(stack, {}), Number(port));
    await reloaded;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('radio', { name: 'GET /public' }).waitFor();
    await send('GET /public');
    await newest(200, 'public');
  });

  test.each(SIZES)('has nothing out of sight: %s, %i px wide', async (scheme, width) => {
    await page.close();
    page = await open({ width, height: 960 }, scheme);
    await chooseToken('Expired a minute ago');
    await send('GET /protected');
    await newest(401, 'expired');
    await chooseToken('Valid, with every scope');
    await send('GET /scoped');
    await newest(200, 'allowed');
    expect(await page.locator('#sentence').evaluate(isInSight)).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(complaints).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(SCREENSHOTS, `${scheme}-${width}.png`), fullPage: width < 1000 });
  });

  test.each(['light', 'dark'] as const)('looks like its picture in the README: %s', async (scheme) => {
    await page.close();
    page = await open({ width: 1200, height: 960 }, scheme);
    await send('GET /public');
    await newest(200, 'public');
    await send('GET /protected');
    await newest(401, 'no token');
    await chooseToken('Valid, without scopes');
    await send('GET /protected');
    await newest(200, 'allowed');
    await press('Send');
    await newest(200, 'allowed, cached');
    await send('GET /scoped');
    await newest(403, 'not allowed');
    await chooseToken('Expired a minute ago');
    await send('GET /protected');
    await newest(401, 'expired');
    await chooseToken('Forged: signed with another key');
    await page.getByRole('button', { name: 'Copy token' }).waitFor();
    await press('Send');
    await newest(401, 'bad_signature');
    expect(await page.locator('#requests > li').count()).toBe(7);
    await page.evaluate('document.activeElement.blur()');
    await page.mouse.move(0, 0);
    const folder = process.env.UPDATE_SCREENSHOT ? join(projectRoot, 'docs', 'images') : SCREENSHOTS;
    await page.screenshot({ path: join(folder, `console-${scheme}.png`) });
  });
});

describe('the console of a large API', () => {
  let api: ReturnType<typeof largeApi>;
  beforeEach(async () => {
    await page.close();
    await shown.stop();
    api = largeApi();
    shown = await startConsole(api.run, 0);
    page = await open({ width: 1280, height: 960 });
  });

  test('fills in path variables, and asks for those that are missing', async () => {
    await chooseRoute('POST /v1/organizations/{organizationId}/customers/{customerId}/invoices');
    await page.getByLabel('organizationId', { exact: true }).fill('a/b');
    await page.getByLabel('customerId', { exact: true }).fill('');
    await press('Send');
    expect(await page.getByLabel('customerId', { exact: true }).evaluate(isFocused)).toBe(true);
    expect(api.actions).toEqual([]);
    await page.getByLabel('customerId', { exact: true }).fill('42');
    await page.getByLabel('Content type', { exact: true }).fill('application/merge-patch+json');
    await page.getByLabel('Body', { exact: true }).fill('{"paid":true}');
    await press('Send');
    const path = '/v1/organizations/a%2Fb/customers/42/invoices';
    const contentType = 'application/merge-patch+json';
    const call = { method: 'POST', path, body: '{"paid":true}', contentType };
    await expectEventually(() => expect(api.actions).toEqual([{ action: 'call', call }]));
    await chooseRoute('GET /v1/organizations/{organizationId}/customers/{customerId}/invoices invoices:read');
    expect(await page.getByLabel('customerId', { exact: true }).inputValue()).toBe('42');
    expect(await page.getByLabel('Body', { exact: true }).count()).toBe(0);
  });

  test('says that the tenant is unreachable, and why', async () => {
    await page.locator('#issuer-state', { hasText: 'unreachable' }).waitFor();
    await page.getByText('ENOTFOUND: there is no such host name').waitFor();
    expect(await page.getByRole('button', { name: 'Rotate key' }).isVisible()).toBe(false);
  });

  test('has a color of its own for crashes and for unavailable keys', async () => {
    api.send(4);
    await newest(502, 'handler failed');
    const colors = await page.locator('.request strong').evaluateAll(colorsOf);
    expect(new Set(colors).size).toBe(4);
    await panel('Error').getByText('invoices/handler.ts:17:55').waitFor();
  });

  test.each(SIZES)('has nothing stacked or out of sight: %s, %i px wide', async (scheme, width) => {
    await page.close();
    page = await open({ width, height: 960 }, scheme);
    api.send(4);
    await newest(502, 'handler failed');
    await chooseRoute('POST /v1/organizations/{organizationId}/customers/{customerId}/invoices');
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(SCREENSHOTS, `large-${scheme}-${width}.png`), fullPage: width < 1000 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    for (const text of ['.route code', '.route small', '.request code', '#sentence']) {
      const widths = await page.locator(text).evaluateAll(widthsOf);
      expect(Math.min(...widths.filter((found) => found > 0))).toBeGreaterThan(100);
    }
    expect(complaints).toEqual([]);
  });
});

/** What runs in the page: no type of the browser is known here. */
type Shown = { getBoundingClientRect(): { top: number; bottom: number; width: number } };
const isFocused = (element: unknown): boolean =>
  (globalThis as unknown as { document: { activeElement: unknown } }).document.activeElement === element;
const isInSight = (element: unknown): boolean => {
  const { top, bottom } = (element as Shown).getBoundingClientRect();
  return top >= 0 && bottom <= (globalThis as unknown as { innerHeight: number }).innerHeight;
};
const widthsOf = (elements: unknown[]): number[] =>
  elements.map((element) => (element as Shown).getBoundingClientRect().width);
const colorsOf = (elements: unknown[]): string[] => {
  const { getComputedStyle } = globalThis as unknown as { getComputedStyle(element: unknown): { color: string } };
  return elements.map((element) => getComputedStyle(element).color);
};

async function expectEventually(check: () => void): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return check();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  check();
}
