import type { LogLine } from '../../../lambdas/authorizer/log';
import type { AuthorizerAnswer, RequestEvent } from '../../../lambdas/authorizer/rest-api';
import { requestEvent } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, SUBJECT, signToken } from '../../../samples/tokens';

const key = signingKey('key-1');
const settings = { AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE };
const seeded = { ...settings, AUTHACTION_JWKS: JSON.stringify(jwks(key)) };
const before = process.env;

type Handler = (event: RequestEvent) => Promise<AuthorizerAnswer>;

/** Loads the module as Lambda does: once, with its environment in place. */
function load(env: Record<string, string>): Handler {
  process.env = { ...before, ...env };
  let handler: Handler | undefined;
  jest.isolateModules(() => {
    ({ handler } = require('../../../lambdas/authorizer/handler') as { handler: Handler });
  });
  if (!handler) throw new Error('There is no handler');
  return handler;
}

/** What gets logged, by level. */
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

test('decides with the settings of its environment', async () => {
  const lines = logged();
  const handler = load(seeded);
  const answer = await handler(requestEvent({ authorization: `Bearer ${signToken(key)}` }));
  expect(answer.principalId).toBe(SUBJECT);
  const expired = signToken(key, goodClaims({ exp: Math.floor(Date.now() / 1000) }));
  await expect(handler(requestEvent({ authorization: `Bearer ${expired}` }))).rejects.toThrow(/^Unauthorized$/);
  expect(lines.map(([level, line]) => [level, line.decision])).toEqual([
    ['info', 'allow'],
    ['info', 'refuse'],
  ]);
});

test('says so when the decision that init rehearses goes wrong', async () => {
  const lines = logged();
  jest.spyOn(Date, 'now').mockReturnValue(253402300800_000); // past the end of the token it has for that
  load(seeded);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual([['error', expect.objectContaining({ event: 'warm_up_failed' })]]);
});

test('asks for the keys during init, says when it failed, and fails no init by that', async () => {
  const lines = logged();
  const handler = load({ ...settings, AUTHACTION_DOMAIN: 'localhost:1' });
  for (let waited = 0; lines.length === 0 && waited < 5_000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(lines).toMatchObject([['warn', { event: 'keys_fetch_failed', failure: 'network', code: 'ECONNREFUSED' }]]);
  const token = signToken(key, goodClaims({ iss: 'https://localhost:1' }));
  await expect(handler(requestEvent({ authorization: `Bearer ${token}` }))).rejects.toThrow(/^Keys unavailable$/);
});

test('init fails with every problem of the settings at once', () => {
  expect(() => load({ AUTHACTION_DOMAIN: '', AUTHACTION_AUDIENCE: '' })).toThrow(
    /AUTHACTION_DOMAIN is missing.*\n.*AUTHACTION_AUDIENCE is missing/,
  );
});
