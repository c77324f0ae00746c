import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { projectRoot } from '../../infra/bundling';
import { type Console, startConsole } from '../../local/console/console';
import { consoleRun } from '../../local/console/run';
import { type LocalStack, startLocalStack } from '../../local/local-stack';

const SCREENSHOTS = join(projectRoot, 'reports', 'screenshots');

let browser: Browser;
let stack: LocalStack;
let shown: Console;
let page: Page;
/** What the browser complained about: errors of the script, of the policy, of the network. */
let complaints: string[];

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  // No tenant, whatever the environment and .env say.
  stack = await startLocalStack({ port: 0, issuerPort: 0, environment: { PATH: process.env.PATH } });
  browser = await chromium.launch({
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
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
});

async function open(
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Page> {
  const opened = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
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

const choose = (name: string) => page.getByRole('radio', { name, exact: false }).check();
const send = (route: string) => page.getByRole('button', { name: `Send ${route}`, exact: true }).click();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const told = () => page.locator('#sentence').textContent();
/** Waits until the newest request is one with this outcome. */
const newest = (status: number, gist: string) =>
  page
    .locator('#requests > li:first-child button')
    .filter({ hasText: String(status) })
    .filter({ hasText: gist })
    .waitFor();
const facts = (station: string) => page.locator(`#at-${station} li`).allTextContents();

describe('the console in a browser', () => {
  test('opens without a complaint and asks nobody else for anything', async () => {
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Console');
    expect(await page.locator('#api').textContent()).toBe(stack.url);
    expect(complaints).toEqual([]);
  });

  test('tells the way of a request that carries no token', async () => {
    await send('GET /protected');
    await newest(401, 'no token');
    expect(await told()).toContain('without asking the authorizer');
    expect(await facts('authorizer')).toEqual(['not reached']);
    expect(await facts('client')).toContain('401 Unauthorized');
  });

  test('shows a cache miss, then a hit, then a miss again once the cache is cleared', async () => {
    await choose('Plain');
    await send('GET /protected');
    await newest(200, 'allowed');
    expect(await facts('gateway')).toEqual(['cache miss']);
    await send('GET /protected');
    await newest(200, 'allowed, cached');
    expect(await facts('gateway')).toEqual(['cache hit']);
    await page.getByText('1 decision in the cache').waitFor();
    await press('Clear cache');
    await page.getByText('0 decisions in the cache').waitFor();
    await send('GET /protected');
    await page.locator('#requests > li').nth(2).waitFor();
    expect(await facts('gateway')).toEqual(['cache miss']);
    expect(complaints).toEqual([]);
  });

  test('shows the answer as the caller got it, and what is inside a token', async () => {
    await choose('With scopes');
    await page.getByText('What is inside (not verified)').click();
    await page.getByText('"read:messages"').waitFor();
    await send('GET /scoped');
    await newest(200, 'allowed');
    await page.getByText('The answer as the caller got it').click();
    await page.getByText('This is a scoped message!').waitFor();
  });

  test.each([
    ['Plain', 'GET /scoped', 403, 'insufficient_scope'],
    ['Expired', 'GET /protected', 401, 'expired'],
    ['Wrong audience', 'GET /protected', 401, 'wrong_audience'],
    ['Forged', 'GET /protected', 401, 'bad_signature'],
    ['No token', 'GET /nowhere', 403, 'no such route'],
    ['No token', 'GET /public', 200, 'public'],
  ])('names the reason: token "%s", %s, %s %s', async (token, route, status, reason) => {
    await choose(token);
    await send(route);
    await newest(status, reason);
  });

  test('takes a token that was pasted', async () => {
    await choose('Pasted');
    await page.getByLabel('Access token').fill(`Bearer ${await stack.issuer?.mint()}`);
    await send('GET /protected');
    await newest(200, 'allowed');
  });

  test('shows requests of other clients as they come', async () => {
    await fetch(`${stack.url}/protected`, { headers: { authorization: 'Bearer opaque' } });
    await newest(401, 'malformed_token');
  });

  test('rotates the issuer’s key, and the API accepts tokens of the new one', async () => {
    const before = await page.locator('#keys code').first().getAttribute('title');
    await press('Rotate key');
    await page.locator('#keys li').nth(1).waitFor();
    const [first, second] = await page.locator('#keys code').all();
    expect(await first?.getAttribute('title')).not.toBe(before);
    expect(await second?.getAttribute('title')).toBe(before);
    await choose('Plain');
    await send('GET /protected');
    await newest(200, 'allowed');
    expect(await facts('authorizer')).toContain('fetched the keys');
  });

  test('stops and starts the issuer: an outage is 503, and over when it is over', async () => {
    await choose('Plain');
    await page.getByRole('button', { name: 'Get another' }).waitFor();
    await press('Stop issuer');
    await page.locator('#issuer-state', { hasText: 'stopped' }).waitFor();
    await press('Restart Lambdas');
    await send('GET /protected');
    await newest(503, 'keys_unavailable');
    expect(await told()).toContain('Not 401');
    await page.screenshot({ path: join(SCREENSHOTS, 'issuer-stopped.png') });
    await press('Get another');
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    await press('Start issuer');
    await page.locator('#issuer-state', { hasText: 'running' }).waitFor();
    await press('Restart Lambdas');
    await send('GET /protected');
    await newest(200, 'allowed');
  });

  test('works by keyboard alone, with the focus to be seen', async () => {
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'OpenAPI document' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Tab');
    await page.locator('input[value=none]:focus').waitFor();
    for (const _step of ['plain', 'scoped']) await page.keyboard.press('ArrowDown');
    await page.locator('input[value=scoped]:focus:checked').waitFor();
    await page.getByRole('button', { name: 'Copy token' }).waitFor();
    const target = page.locator('button:focus', { hasText: 'Send' });
    for (let step = 0; step < 12 && (await target.count()) === 0; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await newest(200, 'public');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Send');
  });

  test('lets an older request be looked at while newer ones come', async () => {
    await send('GET /public');
    await newest(200, 'public');
    await send('GET /nowhere');
    await newest(403, 'no such route');
    await page.locator('#requests > li').nth(1).getByRole('button').click();
    expect(await told()).toContain('/public is public');
    await fetch(`${stack.url}/protected`);
    await newest(401, 'no token');
    expect(await told()).toContain('/public is public');
  });

  test('finds its way to the next run when this one ends', async () => {
    const { port } = new URL(shown.url);
    await shown.stop();
    await page.getByText('Reconnecting…').waitFor();
    const reloaded = page.waitForEvent('load');
    shown = await startConsole(consoleRun(stack, {}), Number(port));
    await reloaded;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('#routes li').first().waitFor();
    await send('GET /public');
    await newest(200, 'public');
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('has nothing out of sight: %s, %i px wide', async (scheme, width) => {
    await page.close();
    page = await open({ width, height: 960 }, scheme);
    await choose('Expired');
    await send('GET /protected');
    await newest(401, 'expired');
    await choose('With scopes');
    await send('GET /public');
    await send('GET /scoped');
    await newest(200, 'allowed');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(complaints).toEqual([]);
    const name = `${scheme}-${width}.png`;
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(SCREENSHOTS, name), fullPage: width < 1000 });
  });

  test('looks like its picture in the README', async () => {
    await send('GET /public');
    await newest(200, 'public');
    await send('GET /protected');
    await newest(401, 'no token');
    await choose('Plain');
    await send('GET /protected');
    await newest(200, 'allowed');
    await send('GET /protected');
    await newest(200, 'allowed, cached');
    await send('GET /scoped');
    await newest(403, 'not allowed');
    await choose('Expired');
    await send('GET /protected');
    await newest(401, 'expired');
    await choose('Forged');
    await page.getByRole('button', { name: 'Copy token' }).waitFor();
    await send('GET /protected');
    await newest(401, 'bad_signature');
    expect(await page.locator('#requests > li').count()).toBe(7);
    await page.evaluate('document.activeElement.blur()');
    await page.mouse.move(0, 0);
    await page.evaluate('scrollTo(0, 0)');
    const path = process.env.UPDATE_SCREENSHOT ? join(projectRoot, 'docs', 'images') : SCREENSHOTS;
    await page.screenshot({ path: join(path, 'console.png') });
  });
});
