import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../infra/bundling';
import { EMULATOR, type Emulator, emulatedUrl, REGION, startEmulator } from './emulator';

const STAGE = 'dev';

/** Tries the conformance rows on the emulator, and writes its scores into `docs/local-gateway.md`. */
export async function rehearseConformance(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'authaction-conformance-'));
  try {
    const emulator = await startEmulator(folder, process.env);
    try {
      const url = await deploy(emulator, 'lab', []);
      const binaryUrl = await deploy(emulator, 'binary-lab', ['--binary']);
      const child = spawn(process.execPath, conformance('--url', url, '--binary-url', binaryUrl, '--name', EMULATOR), {
        cwd: projectRoot,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error('npm run conformance failed');
    } finally {
      await emulator.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command line of `npm run conformance`: what it tries is the tests' own. */
const conformance = (...args: readonly string[]): string[] => [
  '--require',
  require.resolve('tsx/cjs'),
  join(projectRoot, 'test', 'local', 'gateway', 'conformance', 'main.ts'),
  ...args,
];

/** Creates a stack of the lab through the emulator's CloudFormation. @returns the API's address. */
async function deploy({ endpoint }: Emulator, stackName: string, options: readonly string[]): Promise<string> {
  const template = execFileSync(process.execPath, conformance('--template', ...options), { encoding: 'utf8' });
  await cloudFormation(endpoint, { Action: 'CreateStack', StackName: stackName, TemplateBody: template });
  const describe = { Action: 'DescribeStackResource', StackName: stackName, LogicalResourceId: 'Api' };
  for (let tries = 0; tries < 100; tries += 1) {
    const stack = await cloudFormation(endpoint, { Action: 'DescribeStacks', StackName: stackName });
    if (stack.includes('CREATE_COMPLETE')) {
      const apiId = /<PhysicalResourceId>([^<]+)</.exec(await cloudFormation(endpoint, describe))?.[1];
      if (apiId !== undefined) return emulatedUrl(endpoint, apiId, STAGE);
    }
    await sleep(200);
  }
  throw new Error(`The emulator does not create the stack ${stackName}`);
}

/** One request to CloudFormation; an emulator looks at no signature. */
async function cloudFormation(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const scope = `Credential=test/20260101/${REGION}/cloudformation/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Version: '2010-05-15', ...parameters }),
  });
  return response.text();
}
