import { join } from 'node:path';
import { examineMetadata } from '../../cli/doctor/metadata';
import { findApp } from '../../local/app';
import { withPlaceholders } from '../../local/issuer-settings';
import { type LocalStack, startLocalStack } from '../../local/local-stack';
import { synthesize } from '../../local/synthesize';
import { type ApiAnswer, call } from '../acceptance/call';
import { projectCopy } from '../support/project-copy';
import { sampleRoutes } from '../support/sample-routes';
import { httpsJson } from './issuer/https-json';

const PATH = '/.well-known/oauth-protected-resource';

let copy: ReturnType<typeof projectCopy>;
let stack: LocalStack;
beforeAll(async () => {
  copy = projectCopy();
  const app = findApp(copy.root);
  // A slash that this run's issuer does not have: the tenant's spelling is not that of the issuer in its place.
  const metadata = { RESOURCE_METADATA: 'on', RESOURCE_METADATA_ISSUER: 'https://tenant.example.com/' };
  const assembly = await synthesize(app, join(copy.root, 'cdk.out'), withPlaceholders(metadata));
  stack = await startLocalStack({
    app: { ...app, source: { assembly } }, // for the redeployment as well
    port: 0,
    issuerPort: 0,
    environment: {},
  });
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  copy.remove();
});

/** Parameters of the Bearer challenge. */
function challengeOf({ headers }: ApiAnswer): Readonly<Record<string, string>> {
  const [, parameters = ''] = /^Bearer (.*)$/.exec(String(headers['www-authenticate'])) ?? [];
  return Object.fromEntries([...parameters.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

test('a refusal leads from the URL alone to the authorization server, with nothing configured', async () => {
  const refusal = await call(stack.url, '/protected');
  expect(refusal.status).toBe(401);
  const { resource_metadata: address = '', ...rest } = challengeOf(refusal);
  expect(rest).toEqual({ error: 'invalid_token' });
  expect(address).toBe(`${stack.url}${PATH}`);

  const { status, headers, body } = await call(address, '');
  expect(status).toBe(200);
  expect(body).toEqual({
    resource: stack.url,
    authorization_servers: [stack.issuer?.url],
    scopes_supported: ['read:messages'],
    bearer_methods_supported: ['header'],
  });
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=3600',
  });

  const [server] = (body as { authorization_servers: [string] }).authorization_servers;
  const file = stack.issuer?.certificateFile ?? '';
  const discovery = await httpsJson(`${server}/.well-known/openid-configuration`, file);
  expect(discovery.body.issuer).toBe(server);
});

test('the doctor finds nothing wrong with them', async () => {
  const checks = await examineMetadata({
    url: stack.url,
    routes: stack.table(),
    discoveredIssuer: stack.issuer?.url,
  });
  expect(checks.map(({ name, status }) => [name, status])).toEqual([
    ['challenge', 'pass'],
    ['metadata', 'pass'],
    ['authorization server', 'pass'],
  ]);
});

test('a token without the scope of its route gets the same address', async () => {
  const token = await stack.issuer?.mint();
  const refusal = await call(stack.url, '/scoped', { headers: ['Authorization', `Bearer ${token}`] });
  expect(refusal.status).toBe(403);
  expect(challengeOf(refusal)).toEqual({
    error: 'insufficient_scope',
    resource_metadata: `${stack.url}${PATH}`,
  });
});

test('a page of any origin may ask for the metadata with headers of its own', async () => {
  const headers = ['Origin', 'https://app.example.com', 'Access-Control-Request-Method', 'GET'];
  const preflight = await call(stack.url, PATH, { method: 'OPTIONS', headers });
  expect(preflight).toMatchObject({
    status: 204,
    headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
  });
});

test('the metadata stay those of this run after a change of the app', async () => {
  await stack.redeploy();
  const { body } = await call(stack.url, PATH);
  expect(body).toMatchObject({ resource: stack.url, authorization_servers: [stack.issuer?.url] });
});

test('the metadata are no route: the list of routes is that of the table', () => {
  expect(stack.routes().map(({ path }) => path)).toEqual(sampleRoutes.map(({ path }) => path));
  expect(stack.metadataPaths()).toEqual([PATH]);
});
