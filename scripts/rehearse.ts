/**
 * Deploys the app, but for its monitoring, to an AWS emulator on this machine and tests it there: `npm run rehearse`.
 *
 * Needs Python for the emulator (MiniStack, in a virtual environment under `.cache/`). Starts the emulator and the
 * embedded issuer on loopback, runs the real `cdk bootstrap` and `cdk deploy`, runs the acceptance suite against the
 * deployed URL, revokes the client and lets it in again, and destroys the stack. With `--conformance`, it tries the
 * conformance rows there instead.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { routes } from '../infra/app-routes';
import { projectRoot } from '../infra/bundling';
import { requiredScopes } from '../lambdas/shared/route-table';
import { startIssuer } from '../local/issuer/issuer';
import { emulatedUrl, REGION, startEmulator } from './emulator';
import { rehearseConformance } from './rehearse-conformance';
import { rehearseRevocation } from './rehearse-revocation';

const ACCOUNT = '000000000000';
const STAGE = 'dev';
const STACK = `authaction-api-${STAGE}`;

async function rehearse(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'authaction-rehearsal-'));
  const scopes = routes.flatMap(({ access }) => requiredScopes(access));
  const issuer = await startIssuer({ port: 0, audience: 'https://api.example.com', scopes, folder });
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
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
    MONITORING: 'none', // the emulator knows no alarm on an expression
  };
  try {
    // The emulator runs each Lambda as a child process, which so trusts the issuer's certificate, too.
    const emulator = await startEmulator(folder, environment);
    try {
      await deployAndTest({ ...environment, AWS_ENDPOINT_URL: emulator.endpoint }, emulator.endpoint, folder, scopes);
    } finally {
      emulator.stop();
    }
  } finally {
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deployAndTest(
  environment: NodeJS.ProcessEnv,
  endpoint: string,
  folder: string,
  scopes: readonly string[],
): Promise<void> {
  const cdk = (...args: string[]) =>
    run(`cdk ${args.join(' ')}`, 'npx', ['cdk', ...args, '--output', join(folder, 'cdk.out')], environment);
  const outputs = join(folder, 'outputs.json');
  await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
  try {
    const apiUrl = deployedUrl(outputs, endpoint);
    await run('npm run test:acceptance', 'npm', ['run', '--silent', 'test:acceptance'], {
      ...environment,
      API_URL: apiUrl,
      CLIENT_SCOPES: scopes.join(' '),
    });
    await rehearseRevocation({ stackName: STACK, apiUrl, environment });
  } finally {
    await cdk('destroy', '--force');
  }
}

/** Where the emulator serves the deployed API. */
function deployedUrl(outputsFile: string, endpoint: string): string {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  const [apiId = ''] = new URL(outputs[STACK]?.ApiUrl ?? '').hostname.split('.');
  return emulatedUrl(endpoint, apiId, STAGE);
}

/** Runs a command with its output shown. */
async function run(title: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  console.log(`\n▸ ${title}`);
  const child = spawn(command, args, { cwd: projectRoot, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${title} failed`);
}

const USAGE = `npm run rehearse [-- --conformance]: deploys to an emulator on this machine, runs the acceptance suite there, and
destroys it. Needs Python.

  --conformance  tries the conformance rows there instead, and writes the scores into docs/local-gateway.md
  --help`;

async function main(): Promise<string> {
  const { values } = parseArgs({
    options: { conformance: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return USAGE;
  if (values.conformance) {
    await rehearseConformance();
    return '';
  }
  await rehearse();
  return '\nRehearsed: deployed, tested and destroyed.';
}

main().then(
  (text) => console.log(text),
  (error: unknown) => {
    const isUsage = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
    console.error(`\n${error instanceof Error ? error.message : String(error)}${isUsage ? `\n\n${USAGE}` : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  },
);
