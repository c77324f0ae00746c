import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Issuer, type IssuerEvent, startIssuer } from '../../../local/issuer/issuer';
import { type Answer, httpsJson } from './https-json';

const AUDIENCE = 'https://api.example.test';
const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
const events: IssuerEvent[] = [];
let issuer: Issuer;

beforeAll(async () => {
  issuer = await startIssuer({
    port: 0,
    audience: AUDIENCE,
    scopes: ['read:messages', 'write:messages'],
    claims: { org_id: 'org-1', roles: ['admin'], iss: 'other', sub: 'other', aud: 'other', exp: 1 },
    folder,
    onEvent: (event) => events.push(event),
  });
});
afterAll(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

const get = (path: string): Promise<Answer> => httpsJson(`${issuer.url}${path}`, issuer.certificateFile);
const post = (body: unknown, contentType = 'application/json', method = 'POST'): Promise<Answer> =>
  httpsJson(`${issuer.url}/oauth2/m2m/token`, issuer.certificateFile, {
    method,
    headers: { 'Content-Type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const goodRequest = () => ({
  grant_type: 'client_credentials',
  client_id: issuer.clientId,
  client_secret: issuer.clientSecret,
  audience: AUDIENCE,
});

/** Header and claims of a token whose signature holds under the published key it names. */
async function verified(token: string): Promise<{ header: Record<string, unknown>; claims: Record<string, unknown> }> {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const header = parse(head);
  const { keys } = (await get('/.well-known/jwks.json')).body as { keys: (JsonWebKey & { kid: string })[] };
  const jwk = keys.find(({ kid }) => kid === header.kid);
  if (!jwk) throw new Error('The key is not published');
  const isGood = verify(
    'sha256',
    Buffer.from(`${head}.${payload}`),
    createPublicKey({ key: jwk, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );
  if (!isGood) throw new Error('The signature does not hold');
  return { header, claims: parse(payload) };
}

describe('a token request', () => {
  it('gets an RS256 access token for the audience, for a day', async () => {
    const { status, headers, body } = await post(goodRequest());
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 86_400 } });
    expect(headers['cache-control']).toBe('no-store');
    const { header, claims } = await verified(String(body.access_token));
    expect(header).toMatchObject({ alg: 'RS256', kid: issuer.kids()[0] });
    expect(claims).toMatchObject({ iss: issuer.url, aud: AUDIENCE, sub: issuer.clientId });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(86_400);
    expect(claims).not.toHaveProperty('scope');
  });

  it('gets the scopes it asks for', async () => {
    const { body } = await post({ ...goodRequest(), scope: 'read:messages' });
    expect(body.scope).toBe('read:messages');
    expect((await verified(String(body.access_token))).claims.scope).toBe('read:messages');
  });

  it('may be a form', async () => {
    const form = new URLSearchParams(goodRequest()).toString();
    await expect(post(form, 'application/x-www-form-urlencoded')).resolves.toMatchObject({ status: 200 });
  });

  it('with a parameter twice is refused', async () => {
    const form = `${new URLSearchParams(goodRequest())}&grant_type=client_credentials`;
    await expect(post(form, 'application/x-www-form-urlencoded')).resolves.toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it.each<[string, unknown, number, string]>([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['an unknown audience', { audience: 'https://other.example.test' }, 400, 'invalid_target'],
    ['an unknown audience that is no URI', { audience: 'other' }, 400, 'invalid_target'],
    ['no audience', { audience: undefined }, 400, 'invalid_request'],
    ['no secret', { client_secret: '' }, 400, 'invalid_request'],
    ['an unknown scope', { scope: 'admin' }, 400, 'invalid_scope'],
    ['an unknown grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a parameter that is no string', { audience: [AUDIENCE] }, 400, 'invalid_request'],
  ])('with %s is refused', async (_case, change, status, error) => {
    await expect(post({ ...goodRequest(), ...(change as object) })).resolves.toMatchObject({
      status,
      body: { error, error_description: expect.any(String) },
    });
  });

  it.each<[string, string, string, string, number]>([
    ['that is no JSON', '{"client_secret": "local-', 'application/json', 'POST', 400],
    ['that is no object', '[]', 'application/json', 'POST', 400],
    ['without a content type', '{}', '', 'POST', 400],
    ['that is huge', `"${'x'.repeat(20_000)}"`, 'application/json', 'POST', 413],
    ['by PUT', '{}', 'application/json', 'PUT', 405],
  ])('%s is refused without an echo', async (_case, body, contentType, method, status) => {
    const answer = await post(body, contentType, method);
    expect(answer).toMatchObject({ status, body: { error: 'invalid_request' } });
    expect(JSON.stringify(answer.body)).not.toContain('local-');
  });
});

it('publishes discovery with AuthAction’s paths', async () => {
  await expect(get('/.well-known/openid-configuration')).resolves.toMatchObject({
    body: {
      issuer: issuer.url,
      jwks_uri: `${issuer.url}/.well-known/jwks.json`,
      authorization_endpoint: `${issuer.url}/oauth2/authorize`,
      token_endpoint: `${issuer.url}/oauth2/token`,
      registration_endpoint: `${issuer.url}/oauth2/register`,
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['openid', 'offline_access', 'profile', 'email', 'read:messages', 'write:messages'],
    },
  });
});

it('publishes the same document where OAuth clients look for it (RFC 8414 3)', async () => {
  const [oauth, openid] = await Promise.all(
    ['oauth-authorization-server', 'openid-configuration'].map((name) => get(`/.well-known/${name}`)),
  );
  expect(oauth?.status).toBe(200);
  expect(oauth?.body).toEqual(openid?.body);
});

it('publishes no private half of a key', async () => {
  const { keys } = (await get('/.well-known/jwks.json')).body as { keys: object[] };
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

it('keeps publishing the old key when it rotates with overlap, and drops it when it rotates suddenly', async () => {
  const before = await issuer.mint();
  await issuer.rotate('overlap');
  const { body } = await post(goodRequest());
  expect((await verified(String(body.access_token))).header.kid).toBe(issuer.kids()[0]);
  await expect(verified(before)).resolves.toBeDefined();
  await issuer.rotate('sudden');
  await expect(verified(before)).rejects.toThrow('not published');
  await expect(verified(await issuer.mint())).resolves.toBeDefined();
  expect(events).toContainEqual({ type: 'issuer-keys', change: 'rotated', kids: issuer.kids() });
});

it('gives other scopes once they are allowed, with the same key', async () => {
  const [key] = issuer.kids();
  await issuer.issueFor({ audience: AUDIENCE, scopes: ['read:messages', 'read:orders'] });
  const { body } = await post({ ...goodRequest(), scope: 'read:orders' });
  const { header, claims } = await verified(String(body.access_token));
  expect({ kid: header.kid, scope: claims.scope }).toEqual({ kid: key, scope: 'read:orders' });
  await expect(post({ ...goodRequest(), scope: 'write:messages' })).resolves.toMatchObject({ status: 400 });
  await issuer.issueFor({ audience: AUDIENCE, scopes: ['read:messages', 'write:messages'] });
});

it.each([
  ['an API whose routes need no scopes', { audience: AUDIENCE, scopes: [] }],
  ['an audience that is no URI', { audience: 'orders #1', scopes: ['read:messages'] }],
])('issues tokens for %s', async (_title, target) => {
  await issuer.issueFor(target);
  const { status, body } = await post({ ...goodRequest(), audience: target.audience });
  expect({ status, body }).toMatchObject({ status: 200 });
  expect((await verified(String(body.access_token))).claims.aud).toBe(target.audience);
  await expect(post({ ...goodRequest(), audience: target.audience, scope: 'admin' })).resolves.toMatchObject({
    body: { error: 'invalid_scope' },
  });
  await issuer.issueFor({ audience: AUDIENCE, scopes: ['read:messages', 'write:messages'] });
});

it('puts its further claims into every token, in place of none that every token has', async () => {
  const { body } = await post(goodRequest());
  for (const token of [String(body.access_token), await issuer.mint()]) {
    const { claims } = await verified(token);
    expect(claims).toMatchObject({ org_id: 'org-1', roles: ['admin'] });
    expect(claims).toMatchObject({ iss: issuer.url, sub: issuer.clientId, aud: AUDIENCE });
    expect(claims.exp).toBeGreaterThan(Date.now() / 1000);
  }
});

it('mints tokens with chosen claims and headers', async () => {
  const { header, claims } = await verified(
    await issuer.mint({ claims: { exp: 1, sub: undefined }, header: { typ: 'JWT' } }),
  );
  expect(header.typ).toBe('JWT');
  expect(claims).toMatchObject({ iss: issuer.url, aud: AUDIENCE, exp: 1 });
  expect(claims).not.toHaveProperty('sub');
});

it('mints tokens with a foreign signature', async () => {
  await expect(verified(await issuer.mint({ key: 'foreign' }))).rejects.toThrow('does not hold');
});

it('is gone while it is stopped, and comes back at the same address with the same keys', async () => {
  const token = await issuer.mint();
  await issuer.stop();
  expect(issuer.isRunning()).toBe(false);
  await expect(get('/.well-known/jwks.json')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await issuer.start();
  await expect(verified(token)).resolves.toBeDefined();
});

it('says which port is taken', async () => {
  const port = Number(new URL(issuer.url).port);
  await expect(startIssuer({ port, audience: AUDIENCE, scopes: [], folder })).rejects.toThrow(`Port ${port} is taken`);
});

it('is only trusted by whoever trusts its certificate', async () => {
  await expect(fetch(`${issuer.url}/.well-known/jwks.json`)).rejects.toThrow('fetch failed');
});
