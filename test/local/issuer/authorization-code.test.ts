import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpAnswer, httpRequest } from '../../../client/http-request';
import { type Issuer, startIssuer } from '../../../local/issuer/issuer';

const AUDIENCE = 'https://api.example.test';
const API = 'http://127.0.0.1:3000';
const REDIRECT = 'http://127.0.0.1:8999/callback';
const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
let issuer: Issuer;

const target = { audience: AUDIENCE, scopes: ['read:messages', 'write:messages'] };
const printed: unknown[][] = [];
beforeAll(async () => {
  for (const method of ['info', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...args) => void printed.push(args));
  }
  issuer = await startIssuer({ port: 0, ...target, folder });
});
afterAll(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

type Fields = Readonly<Record<string, string | undefined>>;

const form = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  ).toString();
const send = (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
  httpRequest({ url: `${issuer.url}${path}`, ca: readFileSync(issuer.certificateFile, 'utf8'), ...options });
const json = ({ body }: HttpAnswer): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;

const register = (metadata: object = {}): Promise<HttpAnswer> =>
  send('/oauth2/register', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    }),
  });
const registered = async (metadata: object = {}): Promise<string> => String(json(await register(metadata)).client_id);

const verifier = randomBytes(32).toString('base64url');

/** What the authorization endpoint sends back to the client. */
async function authorize(client_id: string, change: Fields = {}): Promise<URLSearchParams> {
  const query = form({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    scope: 'read:messages',
    resource: API,
    state: 'xyz',
    ...change,
  });
  const { status, headers } = await send(`/oauth2/authorize?${query}`);
  expect(status).toBe(303);
  const to = new URL(String(headers.location));
  expect(`${to.origin}${to.pathname}`).toBe(change.redirect_uri ?? REDIRECT);
  return to.searchParams;
}

const requestToken = (fields: Fields): Promise<HttpAnswer> =>
  send('/oauth2/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form(fields),
  });
const exchange = (client_id: string, code: string | null, change: Fields = {}): Promise<HttpAnswer> =>
  requestToken({
    grant_type: 'authorization_code',
    client_id,
    code: String(code),
    code_verifier: verifier,
    redirect_uri: REDIRECT,
    ...change,
  });

const claimsOf = (answer: HttpAnswer): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(json(answer).access_token).split('.')[1] ?? '', 'base64url').toString());

describe('a client that registers itself', () => {
  it('gets a token of the local user for the API, with the scope it asked for, without cookies or a page', async () => {
    const client = await registered();
    const answer = await authorize(client);
    expect({ state: answer.get('state'), iss: answer.get('iss') }).toEqual({ state: 'xyz', iss: issuer.url });
    const token = await exchange(client, answer.get('code'));
    expect(json(token)).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, scope: 'read:messages' });
    expect(claimsOf(token)).toMatchObject({
      iss: issuer.url,
      aud: AUDIENCE,
      sub: 'local-user',
      client_id: client,
      scope: 'read:messages',
    });
  });

  it('gets a token with a refresh token, once for each', async () => {
    const client = await registered();
    const { refresh_token } = json(await exchange(client, (await authorize(client)).get('code')));
    const fields = { grant_type: 'refresh_token', client_id: client, refresh_token: String(refresh_token) };
    const refreshed = await requestToken(fields);
    expect(claimsOf(refreshed)).toMatchObject({ aud: AUDIENCE, sub: 'local-user', scope: 'read:messages' });
    expect(json(await requestToken(fields))).toMatchObject({ error: 'invalid_grant' });
  });

  it('gets a token without a scope when it asks for none', async () => {
    const client = await registered();
    const token = await exchange(client, (await authorize(client, { scope: undefined })).get('code'));
    expect(claimsOf(token)).toMatchObject({ aud: AUDIENCE, sub: 'local-user' });
    expect(claimsOf(token).scope).toBeFalsy();
  });

  it('gets a secret unless it says that it is public, and has to use it (RFC 7591 2)', async () => {
    const { client_id, client_secret } = json(await register({ token_endpoint_auth_method: undefined }));
    const client = String(client_id);
    const code = (await authorize(client)).get('code');
    expect(json(await exchange(client, code))).toMatchObject({ error: 'invalid_client' });
    expect((await exchange(client, code, { client_secret: String(client_secret) })).status).toBe(200);
  });

  it('may name the scopes that it will ask for (RFC 7591 2), and gets no others', async () => {
    const client = await registered({ scope: 'openid offline_access read:messages' });
    const code = (await authorize(client, { scope: 'openid offline_access read:messages', prompt: 'consent' })).get(
      'code',
    );
    expect(claimsOf(await exchange(client, code))).toMatchObject({ sub: 'local-user', scope: 'read:messages' });
    expect((await authorize(client, { scope: 'write:messages' })).get('error')).toBe('invalid_scope');
  });

  it('gets no refresh token without that grant type', async () => {
    const client = await registered({ grant_types: ['authorization_code'] });
    const token = json(await exchange(client, (await authorize(client)).get('code')));
    expect(token).toHaveProperty('access_token');
    expect(token).not.toHaveProperty('refresh_token');
  });

  it('may ask for consent, for OpenID Connect and for the audience by AuthAction’s name', async () => {
    const client = await registered();
    const scope = 'openid offline_access read:messages';
    const answer = await authorize(client, { prompt: 'consent', scope, resource: undefined, audience: AUDIENCE });
    const token = await exchange(client, answer.get('code'));
    expect(json(token)).toHaveProperty('id_token');
    expect(claimsOf(token)).toMatchObject({ aud: AUDIENCE, scope: 'read:messages' });
  });

  it('stays registered when a key rotates and when routes change', async () => {
    const client = await registered();
    await issuer.rotate('sudden');
    await issuer.issueFor(target);
    expect((await exchange(client, (await authorize(client)).get('code'))).status).toBe(200);
  });

  it('uses a code once', async () => {
    const client = await registered();
    const code = (await authorize(client)).get('code');
    const { refresh_token } = json(await exchange(client, code));
    expect(json(await exchange(client, code))).toMatchObject({ error: 'invalid_grant' });
    const fields = { grant_type: 'refresh_token', client_id: client, refresh_token: String(refresh_token) };
    expect(json(await requestToken(fields))).toMatchObject({ error: 'invalid_grant' });
  });

  it.each<[string, Fields]>([
    ['the verifier of another challenge', { code_verifier: randomBytes(32).toString('base64url') }],
    ['no verifier', { code_verifier: undefined }],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:8999/other' }],
  ])('gets no token with %s', async (_case, change) => {
    const client = await registered();
    const answer = await exchange(client, (await authorize(client)).get('code'), change);
    expect(json(answer)).toMatchObject({ error: 'invalid_grant' });
  });

  it.each<[string, Fields, string]>([
    ['without a challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for another resource', { resource: 'https://other.example.test' }, 'invalid_target'],
    ['for another audience', { resource: undefined, audience: 'other' }, 'invalid_target'],
    ['for no resource', { resource: undefined }, 'invalid_target'],
    ['for a scope that no route has', { scope: 'admin' }, 'invalid_scope'],
  ])('gets no code %s', async (_case, change, error) => {
    const answer = await authorize(await registered(), change);
    expect({ error: answer.get('error'), code: answer.get('code') }).toEqual({ error, code: null });
  });
});

it.each(['http://localhost:8999/callback', 'http://[::1]:8999/callback', 'app.example:/callback'])(
  'sends a code to %s',
  async (redirect_uri) => {
    const client = await registered({ redirect_uris: [redirect_uri], application_type: 'native' });
    const { location } = (await send(`/oauth2/authorize?${form({ ...basic(client), redirect_uri })}`)).headers;
    expect(String(location)).toMatch(/[?&]code=/);
  },
);

it.each(['https://client.example.test/callback', 'https://localhost.example.test/callback'])(
  'sends no code to %s, which is not this machine',
  async (redirect_uri) => {
    const client = await registered({ redirect_uris: [redirect_uri] });
    const answer = await authorize(client, { redirect_uri });
    expect({ error: answer.get('error'), code: answer.get('code') }).toEqual({ error: 'access_denied', code: null });
  },
);

it('sends no code to a redirect URI that is not registered', async () => {
  const { status, headers, body } = await send(
    `/oauth2/authorize?${form({ ...basic(await registered()), redirect_uri: 'http://127.0.0.1:8999/other' })}`,
  );
  expect({ status, location: headers.location }).toEqual({ status: 400, location: undefined });
  expect(body).toMatch(/^invalid_redirect_uri: /);
});

const basic = (client_id: string): Fields => ({
  response_type: 'code',
  client_id,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  scope: 'read:messages',
  resource: API,
});

describe('client credentials at the token endpoint of the discovery document', () => {
  const credentials = () => ({
    grant_type: 'client_credentials',
    client_id: issuer.clientId,
    client_secret: issuer.clientSecret,
    scope: 'read:messages',
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost:3000/dev', AUDIENCE])(
    'get a token for the resource %s',
    async (resource) => {
      const token = await requestToken({ ...credentials(), resource });
      expect(claimsOf(token)).toMatchObject({ aud: AUDIENCE, sub: issuer.clientId, scope: 'read:messages' });
    },
  );

  it('may be in the Authorization header', async () => {
    const { client_id, client_secret, ...fields } = credentials();
    const answer = await send('/oauth2/token', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
      },
      body: form({ ...fields, resource: API }),
    });
    expect(claimsOf(answer)).toMatchObject({ aud: AUDIENCE, sub: issuer.clientId });
  });

  it.each<[string, Fields, string]>([
    ['another resource', { resource: 'https://other.example.test' }, 'invalid_target'],
    ['a resource that only looks local', { resource: 'http://127.0.0.1.example.test' }, 'invalid_target'],
    ['no resource', {}, 'invalid_target'],
    ['a wrong secret', { resource: API, client_secret: 'wrong' }, 'invalid_client'],
  ])('get no token with %s', async (_case, change, error) => {
    expect(json(await requestToken({ ...credentials(), ...change }))).toMatchObject({ error });
  });
});

it.each([
  ['http://localhost:5173', 'http://localhost:5173'],
  ['https://app.example.test', undefined],
])('lets a page of %s read the answers of the token endpoint: %s', async (Origin, allowed) => {
  const answer = await send('/oauth2/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin },
    body: form({ grant_type: 'authorization_code', client_id: await registered(), code: 'x', redirect_uri: REDIRECT }),
  });
  expect(answer.headers['access-control-allow-origin']).toBe(allowed);
});

it('prints nothing in all of this', () => {
  expect(printed).toEqual([]);
});
