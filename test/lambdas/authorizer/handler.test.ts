import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { entryOf, esbuildOptions } from '../../../infra/bundling';
import { ROUTES_FILE } from '../../../lambdas/authorizer/deployed-routes';
import type { LogLine } from '../../../lambdas/authorizer/log';
import type { RestApiAuthorizer } from '../../../lambdas/authorizer/rest-api';
import type { Route } from '../../../lambdas/shared/route-table';
import { requestEvent, STAGE_ARN } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, SUBJECT, signToken } from '../../../samples/tokens';

const key = signingKey('key-1');
const settings = { AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE };
const seeded = { ...settings, AUTHACTION_JWKS: JSON.stringify(jwks(key)) };
const routes: Route[] = [{ method: 'GET', path: '/mine', handler: 'any', access: 'token' }];
const before = process.env;

/** The folder of a deployed authorizer: the bundle, and its route table beside it. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'handler-'));
  buildSync({ ...esbuildOptions, entryPoints: [entryOf('authorizer')], outfile: join(folder, 'index.js') });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads the module as Lambda does: once, with its environment and its route table in place. */
function load(env: Record<string, string>, table = JSON.stringify(routes)): RestApiAuthorizer {
  process.env = { ...before, ...env };
  writeFileSync(join(folder, ROUTES_FILE), table);
  let handler: RestApiAuthorizer | undefined;
  jest.isolateModules(() => {
    ({ handler } = require(join(folder, 'index.js')) as { handler: RestApiAuthorizer });
  });
  if (!handler) throw new Error('There is no handler');
  return handler;
}

/** What is logged, by level. */
function logged() {
  const lines: [string, LogLine][] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.spyOn(console, level).mockImplementation((...line: unknown[]) => void lines.push([level, line[0] as LogLine]));
  }
  return lines;
}

afterEach(() => {
  process.env = before;
  jest.restoreAllMocks();
});

test('decides with the settings of its environment and the routes of routes.json beside it', async () => {
  const lines = logged();
  const handler = load(seeded);
  const answer = await handler(requestEvent({ authorization: `Bearer ${signToken(key)}` }));
  expect(answer.principalId).toBe(SUBJECT);
  expect(answer.policyDocument.Statement).toMatchObject([{ Effect: 'Allow', Resource: [`${STAGE_ARN}GET/mine`] }]);
  const expired = signToken(key, goodClaims({ exp: Math.floor(Date.now() / 1000) }));
  await expect(handler(requestEvent({ authorization: `Bearer ${expired}` }))).rejects.toThrow(/^Unauthorized$/);
  expect(lines.map(([level, line]) => [level, line.decision])).toEqual([
    ['info', 'allow'],
    ['info', 'refuse'],
  ]);
});

test('logs warm_up_failed when init refuses its own token for another reason than its signature', async () => {
  const lines = logged();
  jest.spyOn(Date, 'now').mockReturnValue(253402300800_000); // past the exp of the warm-up token
  load(seeded);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual([['error', expect.objectContaining({ event: 'warm_up_failed' })]]);
});

test('fetches the keys during init, logs keys_fetch_failed when that fails, and still starts', async () => {
  const lines = logged();
  const handler = load({ ...settings, AUTHACTION_DOMAIN: 'localhost:1' });
  for (let waited = 0; lines.length === 0 && waited < 5_000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(lines).toMatchObject([['warn', { event: 'keys_fetch_failed', failure: 'network', code: 'ECONNREFUSED' }]]);
  const token = signToken(key, goodClaims({ iss: 'https://localhost:1' }));
  await expect(handler(requestEvent({ authorization: `Bearer ${token}` }))).rejects.toThrow(
    /^The token cannot be checked$/,
  );
});

test('fails init with every problem of the settings at once', () => {
  expect(() => load({ AUTHACTION_DOMAIN: '', AUTHACTION_AUDIENCE: '' })).toThrow(
    /^Settings: AUTHACTION_DOMAIN missing, AUTHACTION_AUDIENCE missing$/,
  );
});

test.each(['', '{}', '[{"method":"GET"}]'])('fails init when routes.json holds no route table: %j', (table) => {
  expect(() => load(seeded, table)).toThrow(/routes\.json|JSON/);
});
