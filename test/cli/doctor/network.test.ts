/** What a person must find in the report about the way to the provider, case by case. */
import { join } from 'node:path';
import { examineProxy } from '../../../cli/doctor/proxy';
import { projectRoot } from '../../../infra/bundling';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, goodClaims, signToken } from '../../../samples/tokens';
import { type ConnectProxy, connectProxy } from '../../support/connect-proxy';
import { type Provider, startProvider } from '../../support/provider';
import { runTool } from '../../support/run-tool';
import { sampleApp } from '../../support/sample-app';
import { silentServer } from '../../support/silent-server';

const HOST = 'tenant.example.test';
const JWKS = '/.well-known/jwks.json';
const key = signingKey('key-1');

let app: Awaited<ReturnType<typeof sampleApp>>;
let provider: Provider;
let port: number;
/** One whose answers no test changes. */
let steady: Provider;
const portOf = ({ domain }: Provider): number => Number(domain.split(':')[1]);
const ofSteady = () => ({ AUTHACTION_DOMAIN: `${HOST}:${portOf(steady)}`, NODE_EXTRA_CA_CERTS: steady.caFile });
beforeAll(async () => {
  app = await sampleApp();
  provider = await startProvider({ host: HOST });
  port = portOf(provider);
  steady = await startProvider({ host: HOST });
  steady.answers.set(JWKS, { body: jwks(key) });
});
beforeEach(() => provider.answers.set(JWKS, { body: jwks(key) }));
afterAll(async () => {
  await provider.close();
  await steady.close();
  app.remove();
});

/** Runs the doctor where the provider's name has these addresses. */
const doctor = (
  addresses: readonly string[],
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  input = '',
) =>
  runTool(
    'doctor',
    args,
    {
      AUTHACTION_DOMAIN: `${HOST}:${port}`,
      AUTHACTION_AUDIENCE: AUDIENCE,
      AUTHACTION_KEYS_TIMEOUT_SECONDS: '1',
      NODE_EXTRA_CA_CERTS: provider.caFile,
      NODE_OPTIONS: `--require ${JSON.stringify(join(projectRoot, 'test/support/fake-dns.cjs'))}`,
      FAKE_DNS: JSON.stringify({ [HOST]: addresses }),
      ...env,
    },
    input,
    app.root,
  );

describe('a slow provider', () => {
  test('is slower than the deadline, with both numbers, the steps and the setting', async () => {
    provider.answers.set(JWKS, { body: jwks(key), delayMs: 1_500 });
    const { code, stdout } = await doctor(['127.0.0.1']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ jwks .*no complete answer in time/);
    expect(stdout).toContain('1 problem found');
    expect(stdout).toMatch(
      /✗ times +slower than the authorizer's deadline: the key set took 1[5-9]\d\d ms \(after: DNS \d+ ms, TCP \d+ ms, TLS \d+ ms, first byte 1[5-9]\d\d ms\); the authorizer's deadline is 1000 ms/,
    );
    expect(stdout).toContain('Set AUTHACTION_KEYS_TIMEOUT_SECONDS to 3 and deploy');
  });

  test('is close to the deadline', async () => {
    provider.answers.set(JWKS, { body: jwks(key), delayMs: 2_000 });
    const { code, stdout } = await doctor(['127.0.0.1'], { AUTHACTION_KEYS_TIMEOUT_SECONDS: '3' });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /! times +close to the authorizer's deadline: the key set took 2\d\d\d ms .*deadline is 3000 ms/,
    );
  });
});

describe('the key set', () => {
  test('may begin with a byte order mark', async () => {
    provider.answers.set(JWKS, { body: `\uFEFF${JSON.stringify(jwks(key))}` });
    const { code, stdout } = await doctor(['127.0.0.1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ jwks .*begins with a byte order mark, which is ignored/);
    expect(stdout).toMatch(/✓ key +"key-1"/);
  });

  test('has too many keys under one kid, and one that ends', async () => {
    const five = [1, 2, 3, 4, 5].map(() => signingKey('shared').jwk);
    const ends = { ...key.jwk, exp: Math.floor(Date.now() / 1000) + 7_200 };
    provider.answers.set(JWKS, { body: { keys: [...five, ends] } });
    const { stdout } = await doctor(['127.0.0.1']);
    expect(stdout).toContain('5 usable keys share the kid "shared"; the authorizer tries the first 4');
    expect(stdout).toMatch(/! key ends +"key-1" says exp .*in 1 hour/);
  });

  test('differs between replicas', async () => {
    const answers = [jwks(key), jwks(key, signingKey('new'))];
    provider.answers.set(JWKS, () => ({ body: answers.shift() }));
    const { stdout } = await doctor(['127.0.0.1']);
    expect(stdout).toMatch(
      /! replicas +two requests at the same time brought different keys: "new" in one answer only/,
    );
  });

  test('has another key under the kid of AUTHACTION_JWKS', async () => {
    const old = signingKey('key-1');
    const token = signToken(key, goodClaims({ iss: `https://${HOST}:${port}` }));
    const { code, stdout } = await doctor(
      ['127.0.0.1'],
      { AUTHACTION_JWKS: JSON.stringify(jwks(old)) },
      ['--token', '-'],
      token,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('"key-1" has been replaced by another key under the same kid');
    expect(stdout).toMatch(/! signature .*\(now: bad_signature\).*accepts the token in the same call/);
    expect(stdout).toMatch(/✓ GET \/protected/);
  });

  test('is elsewhere: the answer redirects', async () => {
    provider.answers.set(JWKS, { status: 301, headers: { location: 'https://id.example.test/jwks' } });
    const { stdout } = await doctor(['127.0.0.1']);
    expect(stdout).toMatch(
      /✗ jwks .*not 200 \(redirects are not followed\) but 301, to "https:\/\/id\.example\.test\/jwks"/,
    );
    expect(stdout).toContain('Set AUTHACTION_DOMAIN to the host that answers without a redirect');
  });

  test.each([
    ['a key alone', key.jwk, 'the answer is JSON, but no key set: it has no array "keys"'],
    ['an empty set', { keys: [] }, 'the key set is empty'],
  ])('is none: %s', async (_title, body, sentence) => {
    provider.answers.set(JWKS, { body });
    const { code, stdout } = await doctor(['127.0.0.1']);
    expect(code).toBe(1);
    expect(stdout).toContain(sentence);
    expect(stdout).toContain('Have the provider publish its keys as {"keys": [ … ]}');
    expect(stdout).not.toContain('See the keys below');
  });

  test('has no usable key: each is named with its problem', async () => {
    const curve = { kty: 'EC', crv: 'P-256', kid: 'curve', x: 'a', y: 'b' };
    provider.answers.set(JWKS, { body: { keys: [signingKey('weak', { bits: 1024 }).jwk, curve] } });
    const { stdout } = await doctor(['127.0.0.1']);
    expect(stdout).toMatch(/✗ jwks .*no key that can verify RS256/);
    expect(stdout).toMatch(/· key +"weak": .*not used: .*1024/);
    expect(stdout).toMatch(/· key +"curve": no alg, not used: kty is not RSA/);
    const token = signToken(signingKey('weak'), goodClaims({ iss: `https://${HOST}:${port}` }));
    const withToken = await doctor(['127.0.0.1'], {}, ['--token', '-'], token);
    expect(withToken.stdout).toMatch(/✗ key +"weak" is published, but cannot be used: .*1024\. No other key is usable/);
  });
});

describe('a discovery document with another issuer', () => {
  test('is worth knowing only, when the issuer of the token is accepted', async () => {
    provider.answers.set('/.well-known/openid-configuration', { body: { issuer: 'https://elsewhere.example.test' } });
    const token = signToken(key, goodClaims({ iss: `https://${HOST}:${port}` }));
    const { code, stdout } = await doctor(['127.0.0.1'], {}, ['--token', '-'], token);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/! discovery/) });
    expect((await doctor(['127.0.0.1'])).code).toBe(1);
    provider.answers.delete('/.well-known/openid-configuration');
  });
});

describe('a proxy', () => {
  const PROXY = 'http://user:secret-password@proxy.example.test:8080';
  const isSupported = Number(process.versions.node.split('.')[0]) >= 24;

  test('that is configured and not used explains a name that cannot be resolved', async () => {
    const { stdout } = await doctor([], { HTTPS_PROXY: PROXY });
    expect(stdout).toMatch(
      /✗ dns .*cannot be resolved here \(ENOTFOUND\)\. HTTPS_PROXY names "proxy\.example\.test:8080", but it is not used: NODE_USE_ENV_PROXY is not 1/,
    );
    expect(stdout).toContain('Set NODE_USE_ENV_PROXY=1 here and in the function, with Node 24');
    expect(stdout).not.toContain('secret-password');
    expect(stdout).not.toContain('AUTHACTION_DOMAIN.');
  });

  const supported = isSupported ? test : test.skip;
  supported('that is used and does not run is the cause (Node 24 and later)', async () => {
    const { stdout } = await doctor([], { HTTPS_PROXY: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' });
    expect(stdout).toMatch(/✗ jwks .*the connection failed on the way through the proxy, ECONNREFUSED/);
    expect(stdout).toContain('Check the proxy: whether it runs');
  });

  supported('that is used carries the requests, and resolves the name (Node 24 and later)', async () => {
    const proxy: ConnectProxy = await connectProxy('127.0.0.1', port);
    const { code, stdout } = await doctor([], { HTTPS_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' });
    await proxy.close();
    expect(stdout).toMatch(/✓ proxy +HTTPS_PROXY names "127\.0\.0\.1:\d+"; it is used/);
    expect(stdout).toMatch(/· dns .*cannot be resolved here; the proxy does that/);
    expect(stdout).toMatch(/✓ jwks/);
    expect(code).toBe(0);
    expect(proxy.tunnels).toContain(`${HOST}:${port}`);
  });

  test.each([
    ['is not switched on', { HTTPS_PROXY: PROXY }, false, 'v24.21.0', 'warn', 'NODE_USE_ENV_PROXY is not 1'],
    [
      'is switched on, in a Node without support',
      { https_proxy: PROXY, NODE_USE_ENV_PROXY: '1' },
      false,
      'v20.20.2',
      'warn',
      'Node v20.20.2 does not support that',
    ],
    ['is used', { HTTPS_PROXY: PROXY, NODE_USE_ENV_PROXY: '1' }, true, 'v24.21.0', 'pass', 'it is used'],
    [
      'is not meant for this host',
      { HTTPS_PROXY: PROXY, NO_PROXY: 'x.test, .example.test' },
      true,
      'v24.21.0',
      'pass',
      'NO_PROXY exempts',
    ],
    [
      'is meant for this host, not for its subdomains',
      { HTTPS_PROXY: PROXY, NO_PROXY: `*.${HOST}` },
      true,
      'v24.21.0',
      'pass',
      'it is used',
    ],
    [
      'is not meant for subdomains, of which this host is one',
      { HTTPS_PROXY: PROXY, NO_PROXY: '*.example.test' },
      true,
      'v24.21.0',
      'pass',
      'NO_PROXY exempts',
    ],
    [
      'is not meant for this port',
      { HTTPS_PROXY: PROXY, no_proxy: `${HOST}:443` },
      true,
      'v24.21.0',
      'pass',
      'NO_PROXY exempts',
    ],
    ['is meant for this port', { HTTPS_PROXY: PROXY, no_proxy: `${HOST}:444` }, true, 'v24.21.0', 'pass', 'it is used'],
    ['is named for other programs', { ALL_PROXY: PROXY }, true, 'v24.21.0', 'warn', 'Node reads HTTPS_PROXY only'],
    ['is no address', { HTTPS_PROXY: 'http://[', NODE_USE_ENV_PROXY: '1' }, true, 'v24.21.0', 'pass', 'no address'],
  ])('that %s', (_what, env, supports, version, status, sentence) => {
    const { check } = examineProxy(env, HOST, 443, supports, version);
    expect(check).toMatchObject({ status, detail: expect.stringContaining(sentence) });
    expect(JSON.stringify(check)).not.toContain('secret-password');
  });

  test('that is not configured is not mentioned', () => {
    expect(examineProxy({}, HOST, 443)).toEqual({ isUsed: false });
  });
});

// They wait at silent addresses, one as long as the doctor does: beside the tests above.
describe('addresses', () => {
  test.concurrent('one that is silent beside one that answers: both are named, with their times', async () => {
    const silent = await silentServer('127.0.0.2', portOf(steady));
    const { code, stdout } = await doctor(['127.0.0.2', '127.0.0.1'], ofSteady());
    await silent.close();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /! address +IPv4 address 127\.0\.0\.2 does not answer \(no TLS handshake within 1000 ms\); IPv4 address 127\.0\.0\.1 answers within \d+ ms/,
    );
    expect(stdout).toMatch(/✓ jwks/);
  });

  test.concurrent('IPv6 that leads nowhere beside IPv4 that answers', async () => {
    const { code, stdout } = await doctor(['2001:db8::1', '127.0.0.1'], ofSteady());
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /! address +IPv6 address 2001:db8::1 does not answer .*IPv4 address 127\.0\.0\.1 answers within \d+ ms/,
    );
    expect(stdout).toContain('Give this network a way out over IPv6');
  });

  test.concurrent('none that answers: what each does, and that callers get 503', async () => {
    const silent = await silentServer('127.0.0.4', portOf(steady));
    const { code, stdout } = await doctor(['127.0.0.4', '127.0.0.3'], ofSteady());
    await silent.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ tls .*127\.0\.0\.4: no TLS handshake within 1000 ms; IPv4 address 127\.0\.0\.3: ECONNREFUSED/,
    );
    expect(stdout).toContain('callers get 503');
  });

  test.concurrent('a name that does not exist', async () => {
    const { stdout } = await doctor([], ofSteady());
    expect(stdout).toMatch(/✗ dns .*cannot be resolved here \(ENOTFOUND\): no such name/);
    expect(stdout).toContain('Check the spelling of AUTHACTION_DOMAIN');
  });
});
