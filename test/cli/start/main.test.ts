import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listen, shut } from '../../../local/listen';
import { projectCopy } from '../../support/project-copy';
import { builtCli, runTool } from '../../support/run-tool';
import { sampleApp, sampleAssembly } from '../../support/sample-app';
import { environmentWithoutSettings } from '../../support/without-settings';
import { type Run, run } from './run';

const ANY_PORT = ['--port', '0', '--issuer-port', '0'];
const hasCurl = spawnSync('curl', ['--version']).status === 0;

const cleaners: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleaners.splice(0).reverse()) await clean();
});

async function start(args: readonly string[], options?: Parameters<typeof run>[1]): Promise<Run> {
  const started = await run(args, options);
  cleaners.push(() => started.remove());
  return started;
}

/** A copy of the project, for the tests whose app must be synthesized. */
let copy: ReturnType<typeof projectCopy>;
beforeAll(() => {
  copy = projectCopy();
});
afterAll(() => copy.remove());

/** Writes a file of the copy, which is as before when the test has ended. */
function write(name: string, text: string): void {
  const file = join(copy.root, name);
  const before = existsSync(file) ? readFileSync(file) : undefined;
  cleaners.push(() => (before ? writeFileSync(file, before) : rmSync(file)));
  writeFileSync(file, text);
}

/** The folder of a copy of the project, or of an app that is synthesized already, until the test has ended. */
async function rootOf(app: ReturnType<typeof projectCopy> | ReturnType<typeof sampleApp>): Promise<string> {
  const { root, remove } = await app;
  cleaners.push(remove);
  return root;
}

/** A port that is taken until the test has ended. */
function takenPort(): Promise<number> {
  const server = createServer();
  cleaners.push(() => shut(server));
  return listen(server, 0);
}

const urlIn = (output: string): string => /API ready at (\S+)/.exec(output)?.[1] ?? '';

/** What `authaction token` prints in the folder of an app. */
async function tokenOf(root: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runTool('token', args, { ENV_FILES: '' }, '', root);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** Waits until a condition holds; a condition that never does fails the test at its time-out. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('npm run dev', () => {
  let root: string;
  let started: Run;
  let output: string;
  const publicHandler = (): string => join(root, 'lambdas', 'public', 'handler.ts');
  beforeAll(async () => {
    ({ root } = projectCopy());
    const handler = publicHandler();
    const source = readFileSync(handler, 'utf8').replace('=>\n', '=>\n  event.queryStringParameters ? fail() :\n');
    writeFileSync(handler, `${source}\nfunction fail(): never {\n  throw new RangeError('on purpose');\n}\n`);
    started = await run([...ANY_PORT, '--console-port', '0', '--watch'], { root, fromSource: true });
    output = await started.until('Ctrl-C ends.');
  });
  afterAll(() => {
    started?.remove();
    rmSync(root, { recursive: true });
  });

  it('prints where everything is', () => {
    for (const line of [
      /API ready at http:\/\/127\.0\.0\.1:\d+ {2}\(\d+\.\d s\)/,
      /GET \/public +public$/m,
      /GET \/protected +token$/m,
      /GET \/scoped +token with read:messages$/m,
      /console +http:\/\/localhost:\d+\/$/m,
      /issuer +https:\/\/localhost:\d+$/m,
      /client id +local-client$/m,
      /client secret +local-secret$/m,
      /audience +https:\/\/api\.example\.com$/m,
    ]) {
      expect(output).toMatch(line);
    }
  });

  const commandsWork = 'prints commands that work as they are pasted, and logs the requests';
  (hasCurl ? it : it.skip)(`${commandsWork}${hasCurl ? '' : ' (skipped: there is no curl)'}`, async () => {
    const commands = /Try it:\n((?: {2}\S.*\n)+)/.exec(output)?.[1] ?? '';
    const { stdout } = await promisify(execFile)('bash', ['-c', commands]);
    expect(stdout.match(/HTTP\/1\.1 \d+|\{.*\}/gm)).toEqual([
      'HTTP/1.1 200',
      '{"message":"This is a public message!"}',
      'HTTP/1.1 200',
      '{"message":"This is a protected message!","sub":"local-client"}',
      'HTTP/1.1 200',
      '{"message":"This is a scoped message!","sub":"local-client","scope":"read:messages"}',
    ]);
    await fetch(`${urlIn(output)}/protected`, { headers: { Authorization: 'Bearer garbage' } });
    const log = await started.until('401 GET /protected');
    expect(log).toMatch(
      /^200 GET \/protected {2}allowed, authorizer \d.* ms, ProtectedFunction \d.* ms, \d.* ms in total$/m,
    );
    expect(log).toMatch(/^200 GET \/scoped {2}allowed, cached/m);
    expect(log).toMatch(/^401 GET \/protected {2}malformed_token, authorizer/m);
    expect(log).toMatch(/AuthorizerFunction INFO \{"decision":"refuse","reason":"malformed_token"/);
    expect(log).not.toContain('garbage');
  });

  it('shows a Lambda’s stack in TypeScript', async () => {
    expect((await fetch(`${urlIn(output)}/public?fail`)).status).toBe(502);
    const log = await started.until('502 GET /public');
    const line = readFileSync(publicHandler(), 'utf8').split('\n').length - 2;
    expect(log).toContain('PublicFunction ERROR RangeError: on purpose');
    expect(log).toContain(`${publicHandler()}:${line}:9`);
    expect(log).toMatch(/^502 GET \/public.* .*handler: on purpose/m);
  });

  it('swaps what is saved, keeps the last good build, and serves a new route', async () => {
    const url = urlIn(output);
    const message = async (path = '/public') =>
      ((await (await fetch(`${url}${path}`)).json()) as { message: string }).message;
    await expect(message()).resolves.toBe('This is a public message!');

    const handler = publicHandler();
    const good = readFileSync(handler, 'utf8').replace('a public message!', 'another message!');
    writeFileSync(handler, good);
    await started.until(/rebuilt in \d+ ms: PublicFunction$/m);
    await expect(message()).resolves.toBe('This is another message!');

    writeFileSync(handler, `${good}\nconst broken = ;\n`);
    await started.until(
      /not rebuilt, the last good build keeps running: lambdas\/public\/handler\.ts:\d+:16: Unexpected ";"$/m,
    );
    await expect(message()).resolves.toBe('This is another message!');
    const stack = join(root, 'infra', 'stack.ts');
    const warning = "require('aws-cdk-lib').Annotations.of(this).addWarning('Mind the gap');";
    writeFileSync(stack, readFileSync(stack, 'utf8').replace(/^ *Tags\.of/m, `${warning}\n$&`));
    writeFileSync(handler, good);
    await started.until('no function changed');
    await started.until(/^ {2}authaction-api-dev: Mind the gap$/m);
    const tableLine = /^ {2}GET \/protected +token$/gm;
    expect(started.output().match(tableLine)).toHaveLength(1);

    const table = join(root, 'lambdas', 'routes.ts');
    const route = "{ method: 'GET', path: '/also', handler: 'protected', access: { scopes: ['read:also'] } },";
    writeFileSync(table, readFileSync(table, 'utf8').replace(/(export const routes = \[)/, `$1\n  ${route}`));
    await started.until(/rebuilt in \d+ ms: .*AuthorizerFunction.*\n( {2}.*\n)* {2}GET \/also +token with read:also$/m);
    await started.until(/rebuilt in \d+ ms: .*AuthorizerFunction.*\n( {2}.*\n)* {2}GET \/protected +token$/m);
    expect(started.output().match(tableLine)).toHaveLength(2);
    expect(started.output().match(/Mind the gap/g)).toHaveLength(1);

    const page = /console +(\S+)/.exec(output)?.[1] ?? '';
    const { paths } = (await (await fetch(`${page}openapi.json`)).json()) as { paths: Record<string, unknown> };
    expect(paths['/also']).toMatchObject({ get: { security: [{ accessToken: ['read:also'] }] } });
    const withToken = async (...scope: string[]) => {
      const headers = { authorization: `Bearer ${await tokenOf(root, ...scope)}` };
      return (await fetch(`${url}/also`, { headers })).status;
    };
    await expect(withToken()).resolves.toBe(403);
    await expect(withToken('--scope', 'read:also')).resolves.toBe(200);
  });

  it('opens a console and tells the tools; both end with it, and nothing is left behind', async () => {
    const page = /console +(\S+)/.exec(output)?.[1] ?? '';
    expect(await (await fetch(page)).text()).toContain('<title>Console');
    const headers = { authorization: `Bearer ${await tokenOf(root)}` };
    expect((await fetch(`${urlIn(output)}/protected`, { headers })).status).toBe(200);

    expect(started.leftFiles()).not.toEqual([]);
    expect(started.leftProcesses().length).toBeGreaterThanOrEqual(4);
    started.process.kill('SIGINT');
    await expect(started.ended).resolves.toBe(130);
    expect(started.leftFiles()).toEqual([]);
    expect(started.leftProcesses()).toEqual([]);
    await expect(fetch(page)).rejects.toThrow();
    await expect(tokenOf(root)).rejects.toThrow('AUTHACTION_DOMAIN is missing');
  });
});

describe('npm start', () => {
  it('leaves nothing behind when it is ended while it starts', async () => {
    const started = await start(ANY_PORT);
    await eventually(() => started.leftFiles().length > 0);
    started.process.kill('SIGINT');
    await expect(started.ended).resolves.toBe(130);
    expect(started.leftFiles()).toEqual([]);
    expect(started.leftProcesses()).toEqual([]);
  });

  it('says nothing when Ctrl-C ends it, and what it has started, while it starts', async () => {
    const root = await rootOf(projectCopy());
    const cdkJson = join(root, 'cdk.json');
    const app = join(root, 'infra', 'app.ts'); // by its whole path, to be found among the processes
    writeFileSync(cdkJson, readFileSync(cdkJson, 'utf8').replace('infra/app.ts', app));
    const started = await start(ANY_PORT, { root, detached: true });
    const processes = () => execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' });
    await eventually(() => processes().includes(app));
    process.kill(-(started.process.pid ?? Number.NaN), 'SIGINT');
    await expect(started.ended).resolves.toBe(130);
    expect(started.output()).toBe('');
    expect(started.leftFiles()).toEqual([]);
    expect(processes()).not.toContain(root);
  });

  it('prints its options', async () => {
    const started = await start(['--help']);
    await expect(started.ended).resolves.toBe(0);
    for (const option of [
      '--port',
      '--issuer-port',
      '--console-port',
      '--no-console',
      '--own-issuer',
      '--claims',
      '--tenant',
      '--app',
      '--api',
      '--watch',
      'PORT',
      'ISSUER_PORT',
      'NO_COLOR',
    ]) {
      expect(started.output()).toContain(option);
    }
  });

  it.each(['--port', '--issuer-port', '--console-port'])(
    'says that the port given with %s is taken, before it synthesizes',
    async (option) => {
      const root = mkdtempSync(join(tmpdir(), 'no-app-'));
      cleaners.push(() => rmSync(root, { recursive: true }));
      writeFileSync(join(root, 'cdk.json'), '{"app":"exit 7"}');
      const port = await takenPort();
      const started = await start([...ANY_PORT, option, String(port)], { root });
      await expect(started.ended).resolves.toBe(1);
      expect(started.output()).toBe(
        `Port ${port} is taken\nChoose another with --port, --issuer-port or --console-port; see npx authaction start --help\n`,
      );
      expect(started.leftFiles()).toEqual([]);
      expect(started.leftProcesses()).toEqual([]);
    },
  );

  it.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['an unknown option', ['--prot', '1'], {}, 2, /Unknown option '--prot'/],
    [
      'claims for a tenant',
      ['--claims', '{}'],
      { AUTHACTION_DOMAIN: 'tenant.example.com' },
      2,
      /--claims is for the embedded issuer/,
    ],
    [
      'half a tenant and a wrong setting',
      ANY_PORT,
      { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHORIZER_CACHE_TTL_SECONDS: '-1' },
      1,
      /AUTHACTION_AUDIENCE is missing[\s\S]* AUTHORIZER_CACHE_TTL_SECONDS is not/,
    ],
  ])('says what is wrong with %s', async (_case, args, env, code, message) => {
    const started = await start(args, { env });
    await expect(started.ended).resolves.toBe(code);
    expect(started.output()).toMatch(message);
    expect(started.output()).not.toMatch(/^\s+at /m);
    expect(started.leftFiles()).toEqual([]);
  });

  it('has its own issuer with --own-issuer, which the tools use, too; ends when its output is no longer read', async () => {
    const { root } = copy;
    const tenant = {
      AUTHACTION_DOMAIN: 'tenant.invalid',
      AUTHACTION_AUDIENCE: 'https://api.example.test',
      AUTHACTION_ALLOWED_CLIENTS: 'somebody-else',
    };
    const lines = Object.entries(tenant).map(([name, value]) => `${name}=${value}\n`);
    write('.env', lines.join(''));
    // In the environment and in .env, which is read here: no setting may come back from either.
    const started = await start([...ANY_PORT, '--own-issuer'], { env: { ...tenant, ENV_FILES: '' }, root });
    const output = await started.until('Ctrl-C ends.');
    expect(output).toMatch(/issuer +https:\/\/localhost:\d+$/m);
    const headers = { authorization: `Bearer ${await tokenOf(root)}` };
    expect((await fetch(`${urlIn(output)}/protected`, { headers })).status).toBe(200);

    started.process.stdout?.destroy();
    await fetch(`${urlIn(output)}/public`).catch(() => undefined); // it may have noticed by then
    await expect(started.ended).resolves.toBe(1);
    expect(started.leftFiles()).toEqual([]);
    expect(started.leftProcesses()).toEqual([]);
  });

  it('leaves no process behind when it is killed, whatever its Lambdas wait for', async () => {
    const root = await rootOf(sampleApp());
    const assembly = join(root, 'cdk.out');
    cpSync(await sampleAssembly(), assembly, { recursive: true });
    for (const name of readdirSync(assembly)) {
      if (name.startsWith('asset.'))
        appendFileSync(join(assembly, name, 'index.js'), '\nsetInterval(() => {}, 1000);\n');
    }
    const started = await start([...ANY_PORT, '--no-console', '--app', assembly], { root });
    await started.until('Ctrl-C ends.');
    expect(started.leftProcesses().length).toBeGreaterThanOrEqual(4);
    started.process.kill('SIGKILL');
    await started.ended;
    await eventually(() => started.leftProcesses().length === 0);
  });

  it.each(['lambdas/public/handler.ts', 'lambdas/authorizer/handler.ts', 'lambdas/routes.ts'])(
    'says where %s is broken from the start, and ends',
    async (file) => {
      write(file, 'export const handler = ;\n');
      const started = await start(ANY_PORT, { root: copy.root });
      await expect(started.ended).resolves.toBe(1);
      expect(started.output()).toBe(`${file}:1:24: Unexpected ";"\n`);
      expect(started.leftFiles()).toEqual([]);
    },
  );
});

describe('npm start that npm runs', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'npm-'));
  let app: Awaited<ReturnType<typeof sampleApp>>;
  let npm: ChildProcess;
  let output = '';
  beforeAll(async () => {
    app = await sampleApp();
    const command = [process.execPath, await builtCli(), 'start', ...ANY_PORT, '--console-port', '0'];
    // npm's shell waits for the command; `true` keeps it from being replaced by it.
    const script = `require('node:child_process').spawn('sh', ['-c', '"$@"; true', 'sh', ...${JSON.stringify(command)}], { stdio: 'inherit' })`;
    const env = { ...environmentWithoutSettings(), npm_lifecycle_event: 'start', TMPDIR: temporary };
    npm = spawn(process.execPath, ['-e', script], { cwd: app.root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    npm.stdout?.on('data', (text) => {
      output += text;
    });
    await eventually(() => output.includes('Ctrl-C ends.'));
  });
  afterAll(() => {
    npm?.kill('SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
    app.remove();
  });

  it('is named by another run of the same project, whose port it has', async () => {
    const page = /console +(\S+)/.exec(output)?.[1];
    const second = await start([...ANY_PORT, '--port', new URL(urlIn(output)).port], { root: app.root });
    await expect(second.ended).resolves.toBe(1);
    expect(second.output()).toContain(`This project is already running: API at ${urlIn(output)}, console at ${page}\n`);
  });

  it('ends when its npm is killed', async () => {
    npm.kill('SIGKILL');
    await eventually(() => readdirSync(temporary).every((name) => !name.startsWith('authaction-')));
    await eventually(() => !execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).includes(temporary));
  });
});

describe('npm start with a tenant, in a read-only home', () => {
  let started: Run;
  let output: string;
  beforeAll(async () => {
    const env = {
      XDG_CACHE_HOME: join(__filename, 'no-folder'),
      AUTHACTION_DOMAIN: 'https://Tenant.invalid/',
      AUTHACTION_AUDIENCE: 'https://api.example.test, https://second.example.test',
    };
    started = await run(ANY_PORT, { env, root: copy.root });
    output = await started.until('Ctrl-C ends.');
  });
  afterAll(() => started?.remove());

  it('says that the tools will not find it', () => {
    expect(output).toMatch(/^The commands token and doctor will not find this run: ENOTDIR/m);
  });

  it('takes the tenant’s tokens instead of its own, and leaves nothing behind', async () => {
    expect(output).toMatch(/issuer +https:\/\/tenant\.invalid \(your tenant\)$/m);
    expect(output).not.toContain('local-secret');
    expect(output).not.toContain('second.example.test');
    expect(output).toContain('TOKEN=$(curl -s https://tenant.invalid/oauth2/m2m/token');
    expect(output).toMatch(
      /^ +Your tenant's keys cannot be fetched \(.+\): protected routes answer 503 until they can\.$/m,
    );
    expect((await fetch(`${urlIn(output)}/protected`)).status).toBe(401);
    started.process.kill('SIGTERM');
    await expect(started.ended).resolves.toBe(143);
    expect(started.leftFiles()).toEqual([]);
    expect(started.leftProcesses()).toEqual([]);
  });
});
