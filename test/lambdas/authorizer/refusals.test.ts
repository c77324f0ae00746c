import { parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { reasons } from '../../../lambdas/authorizer/decision';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import type { HeaderFields } from '../../../lambdas/authorizer/token/bearer';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { AUDIENCE, DOMAIN, ISSUER } from '../../../samples/tokens';
import { type AuthorizerProcess, startAuthorizer } from '../../support/authorizer-process';
import { certificate } from '../../support/certificates';
import { httpsServer, json, type ScriptedServer } from '../../support/https-server';
import {
  acceptances,
  document,
  keyedRefusals,
  keylessRefusals,
  REVOKED,
  unsupportedEvents,
} from '../../support/refusals';
import { sourceAuthorizer } from '../../support/source-authorizer';

const starters = {
  'the source': (env: Record<string, string>, ca: string) => Promise.resolve(sourceAuthorizer(env, ca)),
  'the bundle': (env: Record<string, string>, ca: string) => startAuthorizer({ env, ca }),
};

describe.each(Object.keys(starters) as (keyof typeof starters)[])('%s', (form) => {
  let server: ScriptedServer;
  let authorizer: Pick<AuthorizerProcess, 'invoke' | 'lines' | 'stop'>;
  let issuer: string;

  beforeAll(async () => {
    const own = await certificate();
    server = await httpsServer(own, json(document));
    issuer = `https://${server.host}`;
    const env = { AUTHACTION_DOMAIN: server.host, AUTHACTION_AUDIENCE: AUDIENCE, AUTHACTION_REVOKED: REVOKED };
    authorizer = await starters[form](env, own.cert);
  });
  afterAll(async () => {
    await authorizer.stop();
    await server.close();
  });

  /** Invokes and returns the outcome with the lines that this call logged. */
  async function invoke(event: unknown) {
    const before = authorizer.lines.length;
    const outcome = await authorizer.invoke(event);
    const lines = authorizer.lines.slice(before).filter((line) => line.includes('"decision"'));
    return { ...outcome, lines };
  }

  async function expectRefusal(event: unknown, reason: string) {
    const { answer, error, lines } = await invoke(event);
    expect(answer).toBeUndefined();
    expect(error?.errorMessage).toBe('Unauthorized');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ decision: 'refuse', reason });
    expect(Buffer.byteLength(lines[0] ?? '')).toBeLessThanOrEqual(300);
  }

  test.each(keylessRefusals)('refuses $title: $reason', async ({ event, reason }) => {
    await expectRefusal(event(issuer), reason);
  });

  test.each(unsupportedEvents)('fails for $title: unsupported_event', async ({ event }) => {
    const { answer, error, lines } = await invoke(event(issuer));
    expect(answer).toBeUndefined();
    expect(error).toEqual({ errorType: 'Error', errorMessage: 'The token cannot be checked' });
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { decision: 'fail', reason: 'unsupported_event', received: expect.any(String), supported: expect.any(String) },
    ]);
  });

  test('requests nothing from the provider for tokens that can never be accepted', async () => {
    await authorizer.invoke(acceptances[0]?.event(issuer)); // the first fetch has ended after this
    expect(server.paths).toEqual(['/.well-known/jwks.json']);
  });

  test.each(keyedRefusals)('refuses $title: $reason', async ({ event, reason }) => {
    await expectRefusal(event(issuer), reason);
  });

  test.each(acceptances)('allows $title', async ({ event }) => {
    const { answer, lines } = await invoke(event(issuer));
    expect(answer?.policyDocument.Statement).toMatchObject([{ Effect: 'Allow' }]);
    expect(lines).toMatchObject([expect.stringContaining('"decision":"allow"')]);
  });

  test('requests only the key set from the provider, at most four times', () => {
    expect(new Set(server.paths)).toEqual(new Set(['/.well-known/jwks.json']));
    expect(server.paths.length).toBeLessThanOrEqual(4);
  });

  test('logs one JSON object a line, without any part of a token', () => {
    for (const line of authorizer.lines) {
      expect(JSON.parse(line)).toEqual(expect.any(Object));
      expect(line).not.toMatch(/[\r\n]|eyJ|@clients|api\.example|evil\.example/);
    }
  });
});

test('a cold authorizer requests no keys for tokens that can never be accepted', async () => {
  const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE });
  let fetches = 0;
  const keyStore = createKeyStore({
    fetchKeySet: () => {
      fetches += 1;
      return Promise.reject(new Error('There is no provider'));
    },
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: 1_000,
    observe: () => {},
  });
  const parts = { config, keyStore, verify: createVerify(config), nowSeconds: () => Date.now() / 1000 };
  for (const { title, event, reason } of keylessRefusals) {
    const { headers, multiValueHeaders } = (event(ISSUER) ?? {}) as HeaderFields;
    const decision = await decide(parts, { headers, multiValueHeaders, sourceIp: '192.0.2.1', route: undefined });
    expect({ title, ...decision }).toMatchObject({ title, outcome: 'refuse', reason });
  }
  expect(fetches).toBe(0);
});

test('the table has a case for each reason to refuse a request', () => {
  const covered = new Set([...keylessRefusals, ...keyedRefusals].map(({ reason }) => reason));
  expect(covered).toEqual(new Set(reasons.refuse));
});
