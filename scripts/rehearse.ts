/**
 * Deploys the unchanged app to an AWS emulator on this machine and tests it there: `npm run rehearse`.
 *
 * Needs Python for the emulator (MiniStack, in a virtual environment under `.cache/`). Starts the emulator and the
 * embedded issuer on loopback, runs the real `cdk bootstrap` and `cdk deploy`, runs the acceptance suite against the
 * deployed URL, and destroys the stack.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { routes } from '../infra/app-routes';
import { projectRoot } from '../infra/bundling';
import { requiredScopes } from '../lambdas/shared/route-table';
import { startIssuer } from '../local/issuer/issuer';
import { listen, shut } from '../local/listen';
import { takesNoArguments } from '../terminal/usage';
import { pythonPrograms } from './python';

const MINISTACK = 'ministack==1.5.33';
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const STAGE = 'dev';
const STACK = `authaction-api-${STAGE}`;

async function main(): Promise<void> {
  const programs = pythonPrograms('ministack', [MINISTACK]);
  const folder = mkdtempSync(join(tmpdir(), 'authaction-rehearsal-'));
  const scopes = routes.flatMap(({ access }) => requiredScopes(access));
  const issuer = await startIssuer({ port: 0, audience: 'https://api.example.com', scopes, folder });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AUTHACTION_DOMAIN: issuer.domain,
    AUTHACTION_AUDIENCE: issuer.audience,
    AUTHACTION_CLIENT_ID: issuer.clientId,
    AUTHACTION_CLIENT_SECRET: issuer.clientSecret,
    NODE_EXTRA_CA_CERTS: issuer.certificateFile,
    STAGE,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
  };
  // The emulator runs each Lambda as a child process, which so trusts the issuer's certificate, too. An endpoint in
  // their environment would make the emulator redirect what they ask of loopback, hence the issuer, to itself.
  const emulator = spawn(join(programs, 'ministack'), [], {
    cwd: folder,
    env: { ...environment, AWS_ENDPOINT_URL: '' },
    stdio: 'ignore',
  });
  const cdk = (...args: string[]) =>
    run(`cdk ${args.join(' ')}`, 'npx', ['cdk', ...args, '--output', join(folder, 'cdk.out')], environment);
  try {
    await answers(`${endpoint}/_ministack/health`, emulator);
    const outputs = join(folder, 'outputs.json');
    await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
    try {
      await run('npm run test:acceptance', 'npm', ['run', '--silent', 'test:acceptance'], {
        ...environment,
        API_URL: emulatedUrl(outputs, endpoint),
        CLIENT_SCOPES: scopes.join(' '),
      });
    } finally {
      await cdk('destroy', '--force');
    }
  } finally {
    emulator.kill();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The deployed API under the emulator's address: `https://{api}.execute-api…/{stage}/` leads to AWS. */
function emulatedUrl(outputsFile: string, endpoint: string): string {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  const url = new URL(outputs[STACK]?.ApiUrl ?? '');
  return `${endpoint}/_aws/execute-api/${url.hostname.split('.')[0]}/${STAGE}`;
}

/** Runs a command with its output shown. */
async function run(title: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  console.log(`\n▸ ${title}`);
  const child = spawn(command, args, { cwd: projectRoot, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${title} failed`);
}

async function answers(url: string, emulator: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    if (emulator.exitCode !== null) throw new Error('The emulator ended by itself');
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(200);
  }
  throw new Error('The emulator does not answer');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, 0);
  await shut(probe);
  return port;
}

takesNoArguments(
  'npm run rehearse: deploys to an emulator on this machine, runs the acceptance suite there, and destroys it. Needs Python.',
);
main().then(
  () => console.log('\nRehearsed: deployed, tested and destroyed.'),
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
