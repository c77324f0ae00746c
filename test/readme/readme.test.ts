import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from '../../infra/bundling';
import { readLocalRun } from '../../local/local-run';
import { samples } from '../../scripts/samples';
import { installPackage } from '../package/built-package';

/** A fenced block of README. */
interface Block {
  readonly language: string;
  readonly text: string;
}

const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const blocks: readonly Block[] = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({
    language,
    text,
  }),
);
const scripts = (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { scripts: object }).scripts;
const used = new Set<Block>();

/** The block that holds a text; noted as one that a test takes care of. */
function block(language: string, containing: string): string {
  const found = blocks.filter((candidate) => candidate.language === language && candidate.text.includes(containing));
  expect(found).toHaveLength(1);
  for (const one of found) used.add(one);
  return found[0]?.text ?? '';
}

const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AUTHACTION_'))),
  NO_COLOR: '1',
};

/** Runs a script as a reader would paste it. */
const bash = (script: string, more: NodeJS.ProcessEnv = {}, cwd = projectRoot): string =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { ...environment, ...more },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Runs a command that starts an API, at free ports, until it has started. */
async function startedBy(command: string, cwd: string): Promise<{ process: ChildProcess; port: string }> {
  const child = spawn('bash', ['-c', `exec ${command}`], {
    cwd,
    env: { ...environment, PORT: '0', ISSUER_PORT: '0', CONSOLE_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const port = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      const found = /API ready at http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (found && output.includes('Ctrl-C ends.')) resolve(found);
    });
    child.once('exit', () => reject(new Error(output)));
  });
  return { process: child, port };
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGINT');
  await exit;
}

let started: ChildProcess | undefined;
let port = '';

beforeAll(async () => {
  if (existsSync(join(projectRoot, '.env'))) throw new Error('Move .env away: README starts without one');
  if (readLocalRun(projectRoot)) throw new Error('End the running "npm start" first');
  const [, start = ''] = block('bash', 'npm ci && npm start').trim().split(' && ');
  ({ process: started, port } = await startedBy(start, projectRoot));
});

afterAll(() => ended(started));

test('the calls get the answers that stand below them', () => {
  const calls = block('bash', 'curl -i http://127.0.0.1:3000/public')
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
    .replaceAll('curl -i', `curl -s -w '\\n%{http_code}\\n'`);
  const lines = bash(calls).trim().split('\n');
  const answers = lines.flatMap((line, index) => (index % 2 === 1 ? [`${line} ${lines[index - 1]}`] : []));
  expect(answers).toEqual(block('text', 'This is a public message!').trim().split('\n'));
});

test('the token with a scope opens the scoped route', () => {
  const command = 'npm run -s token -- --scope read:messages';
  expect(page).toContain(`\`${command}\``);
  const script = `curl -s -H "Authorization: Bearer $(${command})" http://127.0.0.1:${port}/scoped`;
  expect(JSON.parse(bash(script))).toMatchObject({ message: 'This is a scoped message!' });
});

test("the tenant's token call is what an issuer answers", () => {
  const run = readLocalRun(projectRoot);
  const answer = bash(block('bash', 'curl https://$AUTHACTION_DOMAIN/oauth2/m2m/token').replace('curl', 'curl -s'), {
    AUTHACTION_DOMAIN: run?.issuer?.url.replace('https://', ''),
    AUTHACTION_CLIENT_ID: run?.issuer?.clientId,
    AUTHACTION_CLIENT_SECRET: run?.issuer?.clientSecret,
    AUTHACTION_AUDIENCE: run?.issuer?.audience,
    CURL_CA_BUNDLE: run?.issuer?.caFile,
  });
  expect(JSON.parse(answer)).toMatchObject({ token_type: 'Bearer', access_token: expect.stringMatching(/^eyJ/) });
});

test('the doctor finds nothing wrong, with and without a token', () => {
  expect(bash('npm run -s doctor')).toContain('Nothing wrong found.');
  expect(bash(block('sh', 'npm run -s doctor -- --token -'))).toContain('Nothing wrong found.');
});

test('one function answers one event, without Docker', () => {
  for (const command of block('bash', 'npm run invoke AuthorizerFunction').trim().split('\n')) {
    const [, functionId = '', event = ''] = /^npm run invoke (\S+) events\/(\S+)$/.exec(command) ?? [];
    const sample = samples.find((candidate) => candidate.functionId === functionId && candidate.event === event);
    const answer: unknown = JSON.parse(bash(command.replace('npm run', 'npm run -s')));
    expect({ answer }).toEqual(sample?.expected);
  }
});

test('the template for SAM is where its command looks for it, and npm run test:sam runs such a sample', () => {
  const [synth = '', invoke = ''] = block('bash', 'sam local invoke').split(/^(?=sam )/m);
  rmSync(join(projectRoot, 'cdk.out'), { recursive: true, force: true });
  bash(synth);
  const option = (name: string) => new RegExp(`--${name} (\\S+)`).exec(invoke)?.[1] ?? '';
  for (const name of ['template', 'event', 'env-vars']) expect(existsSync(join(projectRoot, option(name)))).toBe(true);
  expect(samples.map(({ event }) => `events/${event}`)).toContain(option('event'));
});

test('npm run rehearse runs the commands of a deployment', () => {
  const rehearsal = readFileSync(join(projectRoot, 'scripts', 'rehearse.ts'), 'utf8');
  const commands = block('bash', 'npx cdk bootstrap').trim().split('\n');
  expect(commands.map((command) => command.split('    #')[0])).toEqual([
    'cp .env.example .env',
    'npm ci',
    'npx cdk bootstrap',
    'npm run deploy',
  ]);
  expect(scripts).toMatchObject({ deploy: 'cdk deploy' });
  for (const command of ['bootstrap', 'deploy']) expect(rehearsal).toContain(`await cdk('${command}'`);
});

test('the lines for an app of your own make an API that starts and answers', async () => {
  const app = mkdtempSync(join(tmpdir(), 'readme-app-'));
  expect(block('sh', 'npm install').trim()).toBe('npm install authaction-aws');
  const [, routes = '', stack = '', handler = ''] = block('ts', 'new ProtectedApi').split(/^\/\/ .*$/m);
  const [start = '', call = ''] = block('sh', 'npx authaction start').trim().split('\n');
  const [, imports = '', construct = ''] = /^([\s\S]*?)^(new ProtectedApi[\s\S]*)/m.exec(stack) ?? [];
  try {
    await installPackage(app, ['aws-cdk-lib', 'constructs', 'tsx']);
    const files = {
      'package.json': '{}',
      'cdk.json': '{ "app": "node --require tsx/cjs lib/app.ts" }',
      'lib/routes.ts': routes,
      'lambda/me.ts': handler,
      'lib/app.ts': `import { App, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
${imports}
class YourStack extends Stack {
  constructor(app: App) {
    super(app, 'YourStack');
    const me = new Function(this, 'Me', { runtime: Runtime.NODEJS_24_X, handler: 'me.handler', code: Code.fromAsset('dist') });
    ${construct}
  }
}
new YourStack(new App());
`,
    };
    for (const folder of ['lib', 'lambda', 'dist']) mkdirSync(join(app, folder));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(app, name), text);
    const bundle = { bundle: true, platform: 'node', format: 'cjs' } as const;
    buildSync({ ...bundle, entryPoints: [join(app, 'lambda', 'me.ts')], outfile: join(app, 'dist', 'me.js') });

    const running = await startedBy(start.split('    #')[0] ?? '', app);
    try {
      const script = call.replace('127.0.0.1:3000', `127.0.0.1:${running.port}`).replace('curl', 'curl -s');
      expect(JSON.parse(bash(script, {}, app))).toEqual({ sub: 'local-client' });
    } finally {
      await ended(running.process);
    }
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
});

test('every block is taken care of: here, or by the test that adds a route', () => {
  const others = blocks.filter(
    (one) => !used.has(one) && one.language !== 'mermaid' && !/^\/\/ lambdas\//.test(one.text),
  );
  expect(others).toEqual([]);
});
