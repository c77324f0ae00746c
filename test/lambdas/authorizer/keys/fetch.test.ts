import { gzipSync } from 'node:zlib';
import {
  type FetchFailure,
  httpsKeySet,
  KeyFetchError,
  MAX_BODY_BYTES,
  readKeySet,
} from '../../../../lambdas/authorizer/keys/fetch';
import { jwks, signingKey } from '../../../../samples/keys';
import { certificate } from '../../../support/certificates';
import {
  drip,
  hang,
  hangInBody,
  httpsServer,
  huge,
  json,
  raw,
  reset,
  type Script,
  type ScriptedServer,
  truncated,
} from '../../../support/https-server';

const keySet = jwks(signingKey('key-1'));
const good = json(keySet);

let server: ScriptedServer;
let ca: string;
let uri: string;

beforeAll(async () => {
  const own = await certificate();
  ca = own.cert;
  server = await httpsServer(own, good);
  uri = `https://${server.host}/keys.json`;
});
afterAll(() => server.close());

const fetched = (script: Script, timeoutMs = 5_000) => {
  server.script = script;
  return httpsKeySet(uri, ca)(timeoutMs);
};

test('leaves no timer behind', async () => {
  const started = jest.spyOn(globalThis, 'setTimeout');
  const cleared = jest.spyOn(globalThis, 'clearTimeout');
  await fetched(good, 54_321);
  await fetched(raw('', 500), 54_321).catch(() => {});
  const ours = started.mock.results.filter((_, call) => started.mock.calls[call]?.[1] === 54_321);
  expect(ours).toHaveLength(2);
  for (const { value } of ours) expect(cleared).toHaveBeenCalledWith(value);
  jest.restoreAllMocks();
});

test('gets the usable keys of the document', async () => {
  expect([...(await fetched(good)).keys()]).toEqual(['key-1']);
});

test('asks for JSON, unpacked, and names itself', async () => {
  const asked = new Promise((resolve) => {
    server.script = (response, request, count) => {
      resolve({ method: request.method, url: request.url, headers: request.headers });
      good(response, request, count);
    };
  });
  await httpsKeySet(uri, ca)(5_000);
  expect(await asked).toEqual({
    method: 'GET',
    url: '/keys.json',
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'authaction-aws-api',
      connection: 'close',
      host: server.host,
    },
  });
});

test('opens a connection of its own for each fetch', async () => {
  const before = server.connections();
  await fetched(good);
  await fetched(good);
  expect(server.connections() - before).toBe(2);
});

test.each<[string, Script]>([
  ['declared as identity', json(keySet)],
  ['with a header for it', raw(JSON.stringify(keySet), 200, { 'content-encoding': 'identity' })],
  ['with that header in capitals', raw(JSON.stringify(keySet), 200, { 'content-encoding': 'Identity' })],
  ['with that header empty', raw(JSON.stringify(keySet), 200, { 'content-encoding': '' })],
  ['after a byte order mark', raw(`\uFEFF${JSON.stringify(keySet)}`)],
  ['after a byte order mark, between white space', raw(`\uFEFF \r\n\t${JSON.stringify(keySet)}\n\n`)],
  ['of exactly the size limit', raw(JSON.stringify(keySet).padEnd(MAX_BODY_BYTES))],
  [
    'in chunks',
    (response) => {
      const text = JSON.stringify(keySet);
      response.write(text.slice(0, 100));
      setTimeout(() => response.end(text.slice(100)), 20);
    },
  ],
])('takes a body %s', async (_title, script) => {
  expect((await fetched(script)).size).toBe(1);
});

test.each<[string, FetchFailure, boolean, Script]>([
  ['status 500', 'status', true, raw('', 500)],
  ['status 503 over a good body', 'status', true, json(keySet, 503)],
  ['status 499', 'status', false, raw('', 499)],
  ['status 404', 'status', false, raw('', 404)],
  ['status 201 over a good body', 'status', false, json(keySet, 201)],
  ['a redirect', 'status', false, (response) => response.writeHead(302, { location: uri }).end()],
  ['gzip', 'encoding', false, raw(gzipSync(JSON.stringify(keySet)), 200, { 'content-encoding': 'gzip' })],
  ['an encoding after another', 'encoding', false, raw('', 200, { 'content-encoding': 'gzip, identity' })],
  ['an unknown encoding', 'encoding', false, raw(JSON.stringify(keySet), 200, { 'content-encoding': 'xidentity' })],
  ['a body one byte above the limit', 'too_large', false, raw(JSON.stringify(keySet).padEnd(MAX_BODY_BYTES + 1))],
  ['a body without end', 'too_large', false, huge(10_000_000)],
  ['text', 'malformed', false, raw('<html>')],
  ['a body that is not UTF-8', 'malformed', false, raw(Buffer.from([0x22, 0xff, 0x22]))],
  ['an empty set', 'no_usable_key', false, json({ keys: [] })],
  ['a body with two byte order marks', 'malformed', false, raw(`\uFEFF\uFEFF${JSON.stringify(keySet)}`)],
  ['half of a body', 'network', true, truncated(keySet)],
  ['a broken connection', 'network', true, reset],
])('fails on %s: %s', async (_title, failure, transient, script) => {
  const error = await fetched(script).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(KeyFetchError);
  expect(error).toMatchObject({
    name: 'KeyFetchError',
    failure,
    transient,
    message: `The key set could not be fetched: ${failure}`,
  });
});

test.each<[string, Script]>([
  ['silence', hang],
  ['half of a body and silence', hangInBody(keySet)],
  ['a byte now and then', drip(keySet)],
])('gives %s no more than the total time', async (_title, script) => {
  const startedAt = performance.now();
  await expect(fetched(script, 450)).rejects.toMatchObject({ failure: 'timeout', transient: true });
  expect(performance.now() - startedAt).toBeGreaterThan(440);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test('carries the HTTP status of an answer that it does not take', async () => {
  await expect(fetched(raw('', 429))).rejects.toMatchObject({ failure: 'status', status: 429 });
});

test('closes the connection of an answer it does not take', async () => {
  let closed = false;
  await fetched((response, request, count) => {
    response.on('close', () => {
      closed = true;
    });
    huge(50_000_000)(response, request, count);
  }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(closed).toBe(true);
});

test('trusts no certificate that is not told to, and names the reason', async () => {
  server.script = good;
  const error = await httpsKeySet(uri)(5_000).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ failure: 'network', transient: true, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('names the reason of a connection that is refused', async () => {
  const error = await httpsKeySet('https://localhost:1/')(5_000).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ failure: 'network', code: 'ECONNREFUSED' });
});

test('has no code when there is no reason of the system', () => {
  expect(new KeyFetchError('status', true).code).toBeUndefined();
  expect(new KeyFetchError('network', true, { cause: new Error('x') }).code).toBeUndefined();
  expect(
    new KeyFetchError('network', true, { cause: Object.assign(new Error('x'), { code: 7 }) }).code,
  ).toBeUndefined();
  expect(new KeyFetchError('network', true, { cause: null }).code).toBeUndefined();
  expect(new KeyFetchError('network', true, { cause: 'X' }).code).toBeUndefined();
});

test('keeps nothing of a document it cannot read', () => {
  const secret = 'secret-text';
  for (const document of [secret, `{"keys": ${secret}`, JSON.stringify({ keys: [secret] })]) {
    let caught: unknown;
    try {
      readKeySet(Buffer.from(document));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(KeyFetchError);
    expect(String(caught) + String((caught as KeyFetchError).cause)).not.toContain('secret');
  }
});
