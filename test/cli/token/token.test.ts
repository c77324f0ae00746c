import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tenantOrLocalRun } from '../../../cli/target';
import { decoded } from '../../../cli/token/decode';
import { tokenRequest } from '../../../client/credentials';
import { requestToken, type TokenRequest, TokenRequestError } from '../../../client/request-token';
import { localRunFile } from '../../../local/local-run';
import { signingKey } from '../../../samples/keys';
import { AUDIENCE, goodClaims, signToken } from '../../../samples/tokens';
import { type Provider, startProvider } from '../../support/provider';
import { runTool } from '../../support/run-tool';

const PATH = '/oauth2/m2m/token';
const SECRET = 'the "client" secret';
const token = signToken(signingKey('key-1'));

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
beforeEach(() => {
  provider.requests.length = 0;
  provider.answers.set(PATH, { body: { access_token: token, token_type: 'Bearer', expires_in: 86400 } });
});
afterAll(() => provider.close());

const run = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  runTool('token', args, {
    AUTHACTION_DOMAIN: provider.domain,
    AUTHACTION_AUDIENCE: AUDIENCE,
    AUTHACTION_CLIENT_ID: 'client-1',
    AUTHACTION_CLIENT_SECRET: SECRET,
    NODE_EXTRA_CA_CERTS: provider.caFile,
    ...env,
  });

describe('authaction token', () => {
  test('prints the token alone on standard output', async () => {
    expect(await run()).toEqual({ code: 0, stdout: `${token}\n`, stderr: '' });
    const [request] = provider.requests;
    expect(request).toMatchObject({ method: 'POST', url: PATH, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      client_id: 'client-1',
      client_secret: SECRET,
      audience: AUDIENCE,
      grant_type: 'client_credentials',
    });
  });

  test('asks for the scopes and the audience named', async () => {
    await run(['--scope', 'read:messages write:messages', '--audience', 'https://other.example']);
    expect(JSON.parse(provider.requests[0]?.body ?? '')).toMatchObject({
      audience: 'https://other.example',
      scope: 'read:messages write:messages',
    });
  });

  test('shows the token decoded beside it, not in it', async () => {
    const { stdout, stderr } = await run(['--decode']);
    expect(stdout).toBe(`${token}\n`);
    expect(stderr).toContain('not verified');
    expect(stderr).toContain('"sub": "client-1@clients"');
    expect(stderr).toMatch(/exp {2}\d{4}-\d\d-\d\dT.*Z, in (59 minutes|1 hour)/);
  });

  test('explains a refusal on standard error, without the secret, and exits with 1', async () => {
    const body = { error: 'invalid_client', error_description: `no client with ${SECRET}` };
    provider.answers.set(PATH, { status: 401, body });
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('401 "invalid_client", "no client with [secret]"');
    expect(stderr).toContain('AUTHACTION_CLIENT_SECRET');
    expect(stderr).not.toContain('the \\"client');
  });

  test('lists what is missing', async () => {
    const { code, stdout, stderr } = await run([], { AUTHACTION_CLIENT_ID: '', AUTHACTION_CLIENT_SECRET: '' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('AUTHACTION_CLIENT_ID and AUTHACTION_CLIENT_SECRET are missing');
    expect(stderr).toContain('Or run "npx authaction start"');
  });

  test('exits with 2 when the command is not understood', async () => {
    const { code, stdout } = await run(['--nonsense']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('the token request', () => {
  const request = (changes: Partial<TokenRequest> = {}): Promise<string> =>
    requestToken({
      endpoint: `${provider.issuer}${PATH}`,
      clientId: 'client-1',
      clientSecret: SECRET,
      audience: AUDIENCE,
      ca: readFileSync(provider.caFile, 'utf8'),
      ...changes,
    });

  test.each([
    ['invalid_client', 'AUTHACTION_CLIENT_ID'],
    ['unauthorized_client', 'client credentials grant'],
    ['access_denied', 'Authorize this client'],
    ['invalid_target', 'AUTHACTION_AUDIENCE'],
    ['invalid_scope', '--scope'],
    ['invalid_request', 'AUTHACTION_AUDIENCE'],
    ['unsupported_grant_type', 'client credentials'],
    ['constructor', 'RFC 6749 does not define'],
  ])('that fails with %s says what to do', async (error, todo) => {
    provider.answers.set(PATH, { status: 400, body: { error } });
    await expect(request()).rejects.toThrow(new RegExp(`400 "${error}"[^]*${todo}`));
  });

  test.each([
    ['is no JSON', { status: 200, body: '<html>' }, 'not with JSON'],
    ['is not found', { status: 404, body: 'nothing' }, 'check AUTHACTION_DOMAIN'],
    ['fails', { status: 502, body: 'bad gateway' }, 'try again later'],
    ['has no token', { body: { token_type: 'Bearer' } }, 'without an access_token'],
    ['is an error with a token in it', { status: 400, body: { access_token: 'x', error: 'invalid_scope' } }, '--scope'],
    ['has no error code', { status: 400, body: { message: 'no' } }, 'without an error code'],
    ['is a redirect', { status: 302, headers: { location: '/elsewhere' }, body: '{}' }, '302'],
  ])('whose answer %s says so', async (_what, answer, problem) => {
    provider.answers.set(PATH, answer);
    await expect(request()).rejects.toThrow(TokenRequestError);
    await expect(request()).rejects.toThrow(problem);
  });

  test('that reaches nobody says why', async () => {
    await expect(request({ endpoint: `https://localhost:1${PATH}` })).rejects.toThrow('nothing listens there');
    await expect(request({ endpoint: `https://no-such-host.invalid${PATH}` })).rejects.toThrow(
      /no such host|name server/,
    );
    await expect(request({ ca: undefined })).rejects.toThrow('SELF_SIGNED');
  });
});

describe('a decoded token', () => {
  const now = Date.now() / 1000;

  test('that is none is said to be none', () => {
    expect(decoded('opaque', now)).toContain('not a JWT');
  });

  test('cannot move the cursor', () => {
    expect(decoded(signToken(signingKey('k'), goodClaims({ sub: '\u009b2J' })), now)).toContain('\\u009b2J');
  });

  test('shows no time for what is no date', () => {
    expect(decoded(signToken(signingKey('k'), goodClaims({ exp: 'soon', iat: 1e300 })), now)).not.toContain('  exp  ');
  });
});

describe('whom the tools talk to', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'target-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function leaveRun(pid: number, ownIssuer = false): void {
    mkdirSync(dirname(localRunFile(root)), { recursive: true });
    const run = {
      pid,
      apiUrl: 'http://localhost:3000',
      routes: [],
      authorizer: { AUTHACTION_DOMAIN: provider.issuer, AUTHACTION_AUDIENCE: 'local-api' },
      issuer: {
        url: provider.issuer,
        audience: 'local-api',
        caFile: provider.caFile,
        clientId: 'local-client',
        clientSecret: 'local-secret',
      },
      ownIssuer,
    };
    writeFileSync(localRunFile(root), JSON.stringify(run));
  }

  test('is the running local issuer when no tenant is configured', async () => {
    leaveRun(process.pid);
    const target = tenantOrLocalRun(root, {});
    expect(target).toMatchObject({ caFile: provider.caFile, env: { AUTHACTION_AUDIENCE: 'local-api' } });
    await requestToken(tokenRequest(target));
    expect(JSON.parse(provider.requests[0]?.body ?? '')).toMatchObject({
      client_id: 'local-client',
      client_secret: 'local-secret',
      audience: 'local-api',
    });
  });

  test('is the configured tenant even while a local issuer runs', () => {
    leaveRun(process.pid);
    expect(tenantOrLocalRun(root, { AUTHACTION_DOMAIN: 'tenant.example' })).toEqual({
      env: { AUTHACTION_DOMAIN: 'tenant.example' },
      origin: 'environment and .env',
    });
  });

  test('is the local issuer, without a setting of the tenant, while one runs that was asked for', () => {
    leaveRun(process.pid, true);
    const tenant = { AUTHACTION_DOMAIN: 'tenant.example', AUTHACTION_ALLOWED_CLIENTS: 'somebody', STAGE: 'test' };
    expect(tenantOrLocalRun(root, tenant)).toMatchObject({
      env: {
        AUTHACTION_DOMAIN: provider.issuer,
        AUTHACTION_AUDIENCE: 'local-api',
        AUTHACTION_ALLOWED_CLIENTS: '',
        STAGE: 'test',
      },
      localIssuer: { clientId: 'local-client' },
    });
  });

  test('is the tenant of the stage, when that has settings of its own', () => {
    writeFileSync(join(root, '.env'), 'AUTHACTION_DOMAIN=dev.example\nAUTHACTION_AUDIENCE=api');
    writeFileSync(join(root, '.env.prod'), 'AUTHACTION_DOMAIN=prod.example');
    expect(tenantOrLocalRun(root, {}).env.AUTHACTION_DOMAIN).toBe('dev.example');
    expect(tenantOrLocalRun(root, { STAGE: 'prod' }).env).toMatchObject({
      AUTHACTION_DOMAIN: 'prod.example',
      AUTHACTION_AUDIENCE: 'api',
    });
  });

  test('is nobody when a run has left its file behind', () => {
    leaveRun(2 ** 30);
    expect(tenantOrLocalRun(root, {}).localIssuer).toBeUndefined();
  });
});
