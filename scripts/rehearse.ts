/**
 * Deploys the app, but for its monitoring, to an AWS emulator on this machine and tests it there: `npm run rehearse`.
 *
 * Needs Python for the emulator (MiniStack, in a virtual environment under `.cache/`). Starts the emulator and the
 * embedded issuer on loopback, runs the real `cdk bootstrap` and `cdk deploy`, runs the acceptance suite against the
 * deployed URL, revokes the client and lets it in again, and destroys the stack. With `--consumer`, the app is a fresh
 * consumer's, with the package installed from its tarball, and no client is revoked. With `--conformance`, it tries the
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
import { stagedAuthorizers } from './consumers/consumer';
import { SCOPE } from './consumers/start';
import { emulatedUrl, REGION, startEmulator } from './emulator';
import { rehearseConformance } from './rehearse-conformance';
import { makeConsumer } from './rehearse-consumer';
import { rehearseRevocation } from './rehearse-revocation';

const ACCOUNT = '000000000000';
const STAGE = 'dev';
const STACK = `authaction-api-${STAGE}`;
/** An API's address, its id and its stage. */
const API_URL = /^https:\/\/(\w+)\.execute-api\.[^/]+\/(\w+)/;

interface Rehearsal {
  /** Where the emulator and the CDK write. */
  readonly folder: string;
  /** Folder of the app that is deployed. */
  readonly app: string;
  /** Scopes of its routes. */
  readonly scopes: readonly string[];
  /** Settings with the issuer's, and the address of the emulator. */
  readonly environment: NodeJS.ProcessEnv;
  readonly endpoint: string;
}

async function rehearse(isConsumer: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'authaction-rehearsal-'));
  const scopes = isConsumer ? [SCOPE] : routes.flatMap(({ access }) => requiredScopes(access));
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
    const app = isConsumer ? await makeConsumer(folder, issuer) : projectRoot;
    // The emulator runs each Lambda as a child process, which so trusts the issuer's certificate, too.
    const emulator = await startEmulator(folder, environment);
    try {
      const { endpoint } = emulator;
      await deployAndTest({
        folder,
        app,
        scopes,
        endpoint,
        environment: { ...environment, AWS_ENDPOINT_URL: endpoint },
      });
    } finally {
      await emulator.stop();
    }
  } finally {
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deployAndTest({ folder, app, scopes, environment, endpoint }: Rehearsal): Promise<void> {
  const assembly = join(folder, 'cdk.out');
  const cdk = (...args: string[]) =>
    run(`cdk ${args.join(' ')}`, 'npx', ['cdk', ...args, '--output', assembly], environment, app);
  const outputs = join(folder, 'outputs.json');
  await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
  try {
    const apiUrl = deployedUrl(outputs, endpoint);
    await run('npm run test:acceptance', 'npm', ['run', '--silent', 'test:acceptance'], {
      ...environment,
      API_URL: apiUrl,
      API_ROUTES: join(assembly, stagedAuthorizers(folder)[0]?.asset ?? ''),
      CLIENT_SCOPES: scopes.join(' '),
    });
    if (app === projectRoot) await rehearseRevocation({ stackName: STACK, apiUrl, environment });
  } finally {
    await cdk('destroy', '--force');
  }
}

/** Where the emulator serves the deployed API: the outputs of its stack say where AWS would. */
function deployedUrl(outputsFile: string, endpoint: string): string {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  const values = Object.values(outputs).flatMap((stack) => Object.values(stack));
  const [, apiId, stage] = values.flatMap((value) => API_URL.exec(value) ?? []);
  if (!apiId || !stage) throw new Error(`No output of the stack is the address of an API: ${values.join(', ')}`);
  return emulatedUrl(endpoint, apiId, stage);
}

/** Runs a command with its output shown. */
async function run(
  title: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd = projectRoot,
): Promise<void> {
  console.log(`\n▸ ${title}`);
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${title} failed`);
}

const USAGE = `npm run rehearse [-- --consumer | --conformance]: deploys to an emulator on this machine, runs the acceptance suite
there, and destroys it. Needs Python.

  --consumer     deploys a fresh consumer's app instead of this one; needs npm's registry, too
  --conformance  tries the conformance rows there instead, and writes the scores into docs/local-gateway.md
  --help`;

async function main(): Promise<string> {
  const { values } = parseArgs({
    options: { consumer: { type: 'boolean' }, conformance: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return USAGE;
  if (values.conformance) {
    await rehearseConformance();
    return '';
  }
  await rehearse(values.consumer ?? false);
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
