import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examination } from '../../../cli/doctor/doctor';
import type { Check, Report } from '../../../cli/doctor/report';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, goodClaims, signToken } from '../../../samples/tokens';
import { daysFromNow } from '../../support/certificates';
import { type Examiner, startExaminer } from '../../support/examiner';
import { projectCopy } from '../../support/project-copy';
import { type Provider, startProvider } from '../../support/provider';
import { runTool, type ToolRun } from '../../support/run-tool';
import { sampleApp } from '../../support/sample-app';
import { sampleRoutes } from '../../support/sample-routes';

const JWKS = '/.well-known/jwks.json';
const DISCOVERY = '/.well-known/openid-configuration';
const key = signingKey('key-1');
const weak = signingKey('weak', { bits: 1024 });

let app: Awaited<ReturnType<typeof sampleApp>>;
let provider: Provider;
let examiner: Examiner;
beforeAll(async () => {
  app = await sampleApp();
  provider = await startProvider();
  examiner = startExaminer(provider.caFile);
});
beforeEach(() => {
  provider.answers.set(JWKS, { body: jwks(key) });
  provider.answers.set(DISCOVERY, { body: { issuer: `${provider.issuer}/`, jwks_uri: `${provider.issuer}${JWKS}` } });
});
afterAll(async () => {
  examiner.stop();
  await provider.close();
  app.remove();
});

/** Runs the doctor on the provider, trusting its certificate. */
const doctor = (
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  input = '',
  root = app.root,
): Promise<ToolRun> =>
  runTool(
    'doctor',
    args,
    {
      AUTHACTION_DOMAIN: provider.domain,
      AUTHACTION_AUDIENCE: AUDIENCE,
      NODE_EXTRA_CA_CERTS: provider.caFile,
      ...env,
    },
    input,
    root,
  );

const byName = ({ sections }: Report): Record<string, Check> =>
  Object.fromEntries(sections.flatMap(({ checks }) => checks).map((check) => [check.name, check]));

/** The checks of an examination, by name. */
const checks = async (
  env: Readonly<Record<string, string>> = {},
  asked: Pick<Examination, 'token' | 'url'> = {},
): Promise<Record<string, Check>> =>
  byName(
    await examiner.examine({
      env: { AUTHACTION_DOMAIN: provider.domain, AUTHACTION_AUDIENCE: AUDIENCE, ...env },
      origin: 'test',
      routes: sampleRoutes,
      ...asked,
    }),
  );

/** The checks of a run with `--json`, by name. */
const checksOfCommand = async (env: Readonly<Record<string, string>>): Promise<Record<string, Check>> =>
  byName(JSON.parse((await doctor(['--json'], env)).stdout) as Report);

const token = (claims: Readonly<Record<string, unknown>> = {}): string =>
  signToken(key, goodClaims({ iss: provider.issuer, ...claims }));

describe('npm run doctor, without a token', () => {
  test('finds nothing wrong with a healthy provider, and exits with 0', async () => {
    provider.answers.set(JWKS, { body: { keys: [...jwks(key, weak).keys, { kty: 'EC', kid: 'ec' }] } });
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Nothing wrong found.');
    expect(stdout).toMatch(/✓ tls .*TLSv1\.\d, certificate from "localhost test [\d.]+", valid for \d+ \w+/);
    expect(stdout).toMatch(/✓ jwks .*1 usable key,/);
    expect(stdout).toMatch(/✓ key +"key-1": alg "RS256", 2048 bits, used/);
    expect(stdout).toMatch(/· key +"weak": .*not used: .*2048 to 8192 bits/);
    expect(stdout).toMatch(/· key +"ec": .*not used: kty is not RSA/);
    expect(stdout).toMatch(/✓ discovery/);
    expect(stdout).toMatch(/✓ clock/);
  });

  test('lists every problem of the settings, and exits with 1', async () => {
    const { code, stdout } = await doctor([], { AUTHACTION_DOMAIN: 'http://x', AUTHACTION_AUDIENCE: 'a b' });
    expect(code).toBe(1);
    expect(stdout).toContain('2 problems found.');
    expect(stdout).toMatch(/✗ AUTHACTION_DOMAIN .*https/);
    expect(stdout).toMatch(/✗ AUTHACTION_AUDIENCE .*space/);
  });

  test.each([
    ['an error of the provider', { status: 500 }, 'not 200'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'redirects are not followed'],
    ['a page', { body: '<html>' }, 'not JSON'],
    ['no usable key', { body: jwks(weak) }, 'no key that can verify RS256'],
    ['a compressed answer', { headers: { 'content-encoding': 'gzip' }, body: '{}' }, 'compressed'],
  ])('fails on %s where the keys should be', async (_what, answer, problem) => {
    provider.answers.set(JWKS, answer);
    const { jwks: check } = await checks();
    expect(check).toMatchObject({ status: 'fail', detail: expect.stringContaining(problem) });
  });

  test('only warns of missing keys when there are some to start from', async () => {
    provider.answers.set(JWKS, { status: 500 });
    const { jwks: check } = await checks({ AUTHACTION_JWKS: JSON.stringify(jwks(key)) });
    expect(check?.status).toBe('warn');
  });

  test('warns of a key to start from that the provider has withdrawn', async () => {
    const { AUTHACTION_JWKS: check } = await checks({ AUTHACTION_JWKS: JSON.stringify(jwks(signingKey('old'))) });
    expect(check).toMatchObject({ status: 'warn', detail: expect.stringContaining('"old" no longer published') });
  });

  test('fails when the provider goes by another name', async () => {
    provider.answers.set(DISCOVERY, { body: { issuer: 'https://elsewhere.example' } });
    expect((await checks()).discovery).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('"https://elsewhere.example"'),
    });
  });

  test('compares the clocks', async () => {
    const date = new Date(Date.now() - 3_660_000).toUTCString();
    provider.answers.set(JWKS, { headers: { date }, body: jwks(key) });
    const { clock } = await checks();
    expect(clock).toMatchObject({ status: 'fail', detail: 'this clock is 1 hour ahead of the server' });
  });

  test.each([
    ['600', 600],
    ['1e400', 0],
    ['-5', 0],
  ])('adds the time %s that a cache has kept the answer, where that is one', async (age, seconds) => {
    const date = new Date(Date.now() - seconds * 1000).toUTCString();
    provider.answers.set(JWKS, { headers: { date, age }, body: jwks(key) });
    expect((await checks()).clock).toMatchObject({ status: 'pass' });
  });

  test('says what is wrong with a certificate', async () => {
    const { tls } = await checksOfCommand({ NODE_EXTRA_CA_CERTS: '' });
    expect(tls).toMatchObject({ status: 'fail', detail: expect.stringContaining('SELF_SIGNED') });

    const expired = await startProvider({ notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) });
    const wrongHost = await startProvider({ host: 'elsewhere.example' });
    const of = async ({ domain, caFile }: Provider) =>
      (await checksOfCommand({ AUTHACTION_DOMAIN: domain, NODE_EXTRA_CA_CERTS: caFile })).tls;
    expect((await of(expired))?.detail).toContain('has expired');
    expect((await of(wrongHost))?.detail).toContain('another host name');
    await Promise.all([expired.close(), wrongHost.close()]);
  });

  test('trusts the authority that --ca names', async () => {
    expect((await doctor(['--ca', provider.caFile], { NODE_EXTRA_CA_CERTS: '' })).code).toBe(0);
    expect((await doctor(['--ca', '/nowhere.pem'], { NODE_EXTRA_CA_CERTS: '' })).code).toBe(2);
  });

  test('says that a host does not exist, or does not listen', async () => {
    expect((await checks({ AUTHACTION_DOMAIN: 'no-such-host.invalid' })).dns).toMatchObject({ status: 'fail' });
    expect((await checks({ AUTHACTION_DOMAIN: 'localhost:1' })).tls?.detail).toContain('nothing listens');
  });
});

describe('npm run doctor, with a token', () => {
  test('takes it as an argument, from a file and from standard input, and finds a good one good', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    const file = join(folder, 'token');
    const good = token({ scope: 'read:messages' });
    writeFileSync(file, `${good}\n`);
    const runs = await Promise.all([
      doctor(['--token', good]),
      doctor(['--token-file', file]),
      doctor(['--token', '-'], {}, `Bearer ${good}\n`),
      doctor(['--token-file', '-'], {}, good),
    ]);
    rmSync(folder, { recursive: true });
    for (const { code, stdout, stderr } of runs) {
      expect(code).toBe(0);
      expect(stdout).toContain('open to this token');
      expect(`${stdout}${stderr}`).not.toContain(good.slice(0, 60));
    }
  });

  test('synthesizes the app for its route table, whatever the settings are', async () => {
    const { root, remove } = projectCopy();
    // More keys than the environment of a Lambda holds: the app would not synthesize with them.
    const keys = Array.from({ length: 12 }, (_, index) => ({ ...key.jwk, kid: `key-${index}` }));
    const env = { AUTHACTION_JWKS: JSON.stringify({ keys }) };
    const { stdout } = await doctor(['--token', '-'], env, token({ scope: 'read:messages' }), root);
    remove();
    expect(stdout).toMatch(/✓ GET \/scoped/);
  });

  test('synthesizes nothing when the settings cannot be used', async () => {
    const root = mkdtempSync(join(tmpdir(), 'no-app-'));
    writeFileSync(join(root, 'cdk.json'), '{"app":"exit 7"}');
    const malformed = await doctor(['--token', '-'], { AUTHACTION_REVOKED: 'malformed' }, token(), root);
    rmSync(root, { recursive: true });
    expect(malformed).toMatchObject({ code: 1, stderr: '', stdout: expect.stringContaining('✗ AUTHACTION_REVOKED') });
  });

  test('says why a token is refused and what to do, without the token or its subject', async () => {
    const bad = token({ aud: 'https://other.example', sub: 'private-subject' });
    const { code, stdout } = await doctor(['--token', '-'], {}, bad);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ aud .*"https:\/\/other.example"; expected "https:\/\/api.example.test"[^\n]*\n +\[wrong_audience\]/,
    );
    expect(stdout).toContain('callers get 401, the log says wrong_audience');
    expect(stdout).toContain('1 problem found.');
    expect(stdout).toContain('set AUTHACTION_AUDIENCE');
    expect(stdout).not.toContain('private-subject');
    for (const part of bad.split('.')) expect(stdout).not.toContain(part);
  });

  test.each([[['secret-token']], [['--token-file', '/nowhere']], [['--token', '']]])(
    'exits with 2 for %j, and does not repeat it',
    async (args) => {
      const { code, stdout, stderr } = await doctor(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Exit codes:');
      expect(stderr).not.toContain('secret-token');
    },
  );
});

describe('npm run doctor, with the address of the API', () => {
  const cors = { 'access-control-allow-origin': '*' };
  const json = (status: number, extra: Readonly<Record<string, string>> = {}) => ({
    status,
    headers: { ...cors, ...extra },
    body: { error: 'E', message: 'M' },
  });
  const hasToken = (headers: Readonly<Record<string, unknown>>) => headers.authorization !== undefined;

  /** An API that answers as the route table says. */
  beforeEach(() => {
    const preflight = { ...json(204), headers: { ...cors, 'access-control-allow-headers': 'Authorization' } };
    provider.answers.set('/dev/public', ({ method }) => (method === 'OPTIONS' ? preflight : json(200)));
    provider.answers.set('/dev/protected', ({ headers }) => json(hasToken(headers) ? 200 : 401));
    provider.answers.set('/dev/scoped', ({ headers }) => json(hasToken(headers) ? 403 : 401));
  });

  const withUrl = (token?: string) => checks({}, { url: `${provider.issuer}/dev/`, token });

  test('passes an API that decides as the authorizer here does', async () => {
    const { code, stdout } = await doctor(['--url', `${provider.issuer}/dev`, '--token', '-'], {}, token());
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ GET \/protected, no token .*401: refused, no token$/m);
    expect(stdout).toMatch(/✓ GET \/protected, token .*200/);
    expect(stdout).toMatch(/✓ GET \/scoped, token .*403: the token is good, but/);
    expect(stdout).toMatch(/✓ OPTIONS, preflight/);
    expect(stdout).toMatch(/· metadata +not published/);
  });

  test('compares the metadata with this address and with the discovery document', async () => {
    const path = '/dev/.well-known/oauth-protected-resource';
    const document = { resource: `${provider.issuer}/dev`, authorization_servers: [provider.issuer] };
    provider.answers.set(path, { headers: cors, body: document });
    const { metadata, 'authorization server': server } = await withUrl();
    provider.answers.delete(path);
    expect(metadata).toMatchObject({ status: 'pass' });
    expect(server).toMatchObject({ status: 'fail', detail: expect.stringContaining(`"${provider.issuer}/"`) });
  });

  test('says OPEN when a protected route answers without a token', async () => {
    provider.answers.set('/dev/protected', json(200));
    const found = (await withUrl())['GET /protected, no token'];
    expect(found).toMatchObject({ status: 'fail', advice: expect.stringContaining('OPEN to every caller') });
  });

  test('explains an answer that is not the one expected', async () => {
    provider.answers.set('/dev/protected', ({ headers }) => json(hasToken(headers) ? 503 : 401));
    const found = (await withUrl(token()))['GET /protected, token'];
    expect(found).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining("provider's keys, or failed; expected 200"),
    });
  });

  test('passes refusals that name the origin of the request, as those of several origins with credentials do', async () => {
    provider.answers.set('/dev/protected', ({ headers: { origin } }) => {
      return { ...json(401), headers: typeof origin === 'string' ? { 'access-control-allow-origin': origin } : {} };
    });
    expect((await withUrl())['GET /protected, no token']).toMatchObject({ status: 'pass' });
  });

  test('warns of an answer without CORS, and fails a preflight that does not allow a token', async () => {
    provider.answers.set('/dev/public', { status: 200, body: {} });
    const found = await withUrl();
    expect(found['GET /public, no token']).toMatchObject({ status: 'warn', detail: expect.stringContaining('200') });
    expect(found['OPTIONS, preflight']).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('preflight must need no authorizer'),
    });
  });

  test.each([
    [
      'covers the token with *, which does not',
      { status: 204, headers: { ...cors, 'access-control-allow-headers': '*' } },
      '* does not cover it',
    ],
    [
      'allows a header with a similar name',
      { status: 204, headers: { ...cors, 'access-control-allow-headers': 'X-Authorization' } },
      'preflight must need no authorizer',
    ],
    ['fails where every body is binary', json(500), 'CONVERT_TO_TEXT'],
    ['is throttled', json(429), 'Try again later'],
  ])('fails a preflight that %s', async (_what, preflight, todo) => {
    provider.answers.set('/dev/public', ({ method }) => (method === 'OPTIONS' ? preflight : json(200)));
    expect((await withUrl())['OPTIONS, preflight']).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining(todo),
    });
  });

  test('passes an answer of a handler that is larger than the doctor reads', async () => {
    const large = { ...json(200), body: 'a'.repeat(400_000) };
    provider.answers.set('/dev/protected', ({ headers }) => (hasToken(headers) ? large : json(401)));
    expect((await withUrl(token()))['GET /protected, token']).toMatchObject({ status: 'pass' });
  });

  test('says that an address is that of a route, which explains what fails below it', async () => {
    const missing = { status: 403, headers: cors, body: { message: 'Missing Authentication Token' } };
    for (const path of ['/public', '/protected', '/scoped']) provider.answers.set(`/dev/protected${path}`, missing);
    const found = await checks({}, { url: `${provider.issuer}/dev/protected/` });
    expect(found.address).toMatchObject({
      status: 'warn',
      advice: `Give the address of the API: --url ${provider.issuer}/dev`,
    });
    expect(found['OPTIONS, preflight']?.advice).toContain('must end with the stage');
    expect(await withUrl()).not.toHaveProperty('address');
  });
});
