import { join } from 'node:path';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { bundleLambda, esbuildOptions, projectRoot } from '../../../infra/bundling';
import type { ClaimKind } from '../../../lambdas/shared/claim-kinds';
import { encodeClaims } from '../../../lambdas/shared/context-claims';
import type { Route } from '../../../lambdas/shared/route-table';
import { collectTraces } from '../../../local/console/traces';
import type { Trace } from '../../../local/console/view';
import { type Gateway, type GatewayEvent, startGateway } from '../../../local/gateway/gateway';
import { readTemplate } from '../../../local/gateway/read-template';
import { type LocalFunction, startFunction } from '../../../local/lambda/start-function';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, signToken } from '../../../samples/tokens';
import { call } from '../../acceptance/call';
import { bundle } from '../lambda/bundle';
import { addMethod, baseTemplate } from './template';

/** Sets of claims; PROPERTY_RUNS sets another number (`npm run test:properties`). */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 200);
const NAMES = ['org_id', 'roles', 'https://example.com/roles', 'a b', '"', 'principalId', 'toString', '__proto__'];
const routes: readonly Route[] = [{ method: 'GET', path: '/claims', handler: 'claims', access: 'token' }];
const key = signingKey('key-1');

/** Declares the claims that its query says, and answers with what it gets of them. */
const HANDLER = `
import { json, withCaller } from './index';
const answer = ({ claims }) => json(200, { claims });
export const handler = (event) => {
  const claims = JSON.parse(event.queryStringParameters.kinds);
  return withCaller(${JSON.stringify(routes)}, answer, { claims })(event);
};`;

const closers: (() => unknown)[] = [];
const events: GatewayEvent[] = [];
let gateway: Gateway;
let authorizerLogs: () => readonly unknown[];

beforeAll(async () => {
  const template = baseTemplate();
  addMethod(template, 'GET', '/claims');
  const api = readTemplate(template, '/assembly');
  const stdin = { contents: HANDLER, resolveDir: join(projectRoot, 'lambdas', 'shared') };
  const [handler] = buildSync({ ...esbuildOptions, stdin, write: false }).outputFiles;
  const [authorizer] = bundleLambda('authorizer');
  const files: Record<string, Record<string, string>> = {
    AuthorizerFunction: {
      'index.js': Buffer.from(authorizer?.contents ?? '').toString(),
      'routes.json': JSON.stringify(routes),
    },
    HandlerFunction: { 'index.js': handler?.text ?? '' },
  };
  const environment = {
    AUTHACTION_DOMAIN: DOMAIN,
    AUTHACTION_AUDIENCE: AUDIENCE,
    AUTHACTION_JWKS: JSON.stringify(jwks(key)),
    AUTHACTION_CONTEXT_CLAIMS: NAMES.join(','),
  };
  const functions = new Map<string, LocalFunction>();
  for (const model of api.functions.values()) {
    const { path, remove } = bundle(files[model.id] ?? {});
    const lambda = startFunction({ ...model, environment, timeoutSeconds: 30, assetPath: path });
    functions.set(model.id, lambda);
    closers.push(() => lambda.stop(), remove);
  }
  authorizerLogs = () => functions.get('AuthorizerFunction')?.logs ?? [];
  gateway = await startGateway(0, { api, functions }, (event) => events.push(event));
  closers.push(() => gateway.close());
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const tokenWith = (claims: Readonly<Record<string, unknown>>): string => signToken(key, goodClaims(claims));

function callWith(token: string, kinds: Readonly<Record<string, ClaimKind>>) {
  const path = `/claims?kinds=${encodeURIComponent(JSON.stringify(kinds))}`;
  return call(gateway.url, path, { headers: ['Authorization', `Bearer ${token}`] });
}

/** Own members, `__proto__` among them, in one order. */
const membersOf = (object: unknown) => Object.entries(object ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));

const claimsIn = (body: unknown): unknown => (body as { claims?: unknown }).claims;

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.string({ maxLength: 8, unit: fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom('true', 'null', '7', '["a"]', '\0', '\u{1F511}', '\ud800', ''),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const handedOn = fc.oneof(
  fc.tuple(fc.constantFrom('string', 'string?'), text),
  fc.tuple(fc.constantFrom('number', 'number?'), number),
  fc.tuple(fc.constantFrom('boolean', 'boolean?'), fc.boolean()),
  fc.tuple(fc.constantFrom('string[]', 'string[]?'), fc.array(text, { maxLength: 3 })),
);
const leftOut = fc.tuple(
  fc.constant('string?' as const),
  fc.constantFrom<unknown>(null, {}, { a: 'x' }, ['x', 7], [['x']], [null]),
);
const claimSets = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...NAMES), claim: fc.oneof({ weight: 5, arbitrary: handedOn }, leftOut) }),
  { selector: ({ name }) => name, maxLength: NAMES.length },
);

test(`${RUNS} sets of claims reach the handler as the token has them`, async () => {
  const check = fc.asyncProperty(claimSets, async (set) => {
    const claims = Object.fromEntries(set.map(({ name, claim: [, value] }) => [name, value]));
    const kinds = Object.fromEntries(set.map(({ name, claim: [kind] }) => [name, kind]));
    const expected = set.filter(({ claim: [, value] }) => isHandedOn(value)).map(({ name }) => [name, claims[name]]);
    const { status, body } = await callWith(tokenWith(claims), kinds);
    expect(status).toBe(200);
    // As JSON has them: it writes -0 as 0.
    expect(membersOf(claimsIn(body))).toEqual(JSON.parse(JSON.stringify(expected.sort())));
  });
  await fc.assert(check, { numRuns: RUNS });
}, 600_000);

function isHandedOn(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return ['string', 'number', 'boolean'].includes(typeof value);
}

test('a cached decision has the claims of its own token', async () => {
  const tokens = ['one', 'two'].map((org_id) => ({ org_id, token: tokenWith({ org_id }) }));
  const before = events.length;
  for (let round = 0; round < 3; round += 1) {
    for (const { org_id, token } of tokens) {
      expect(claimsIn((await callWith(token, { org_id: 'string' })).body)).toEqual({ org_id });
    }
  }
  const sources = events.slice(before).flatMap((event) => (event.type === 'authorizer' ? [event.source] : []));
  expect(sources).toEqual(['called', 'called', 'cached', 'cached', 'cached', 'cached']);
});

test('a token with too many claims is refused with 401, one that lacks what the handler needs with 403', async () => {
  const { status } = await callWith(tokenWith({ roles: Array<string>(300).fill('member') }), {});
  expect(status).toBe(401);
  expect(await callWith(tokenWith({}), { org_id: 'string' })).toMatchObject({ status: 403 });
  expect(await callWith(tokenWith({ org_id: 7 }), { org_id: 'string?' })).toMatchObject({ status: 403 });
});

test('neither the log nor the trace of a request has a claim, as it is or encoded', async () => {
  const claims = { org_id: 'a-private-claim' };
  const before = events.length;
  expect((await callWith(tokenWith(claims), {})).status).toBe(200);
  const traces: Trace[] = [];
  const collect = collectTraces((trace) => traces.push(trace));
  for (const event of events.slice(before)) collect(event);
  expect(traces).toMatchObject([{ decision: { outcome: 'allow' }, logs: [expect.stringContaining('allow')] }]);
  const shown = JSON.stringify([traces, authorizerLogs()]);
  expect(shown).not.toContain('a-private-claim');
  expect(shown).not.toContain(encodeClaims(claims, new Set(NAMES)));
});
