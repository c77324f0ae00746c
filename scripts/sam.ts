/**
 * Checks the template and the examples without CDK with SAM, cfn-lint and Terraform and, where a container engine answers, runs every sample event through
 * `sam local invoke`: `npm run test:sam`. Needs Python; Docker, or another engine named by DOCKER_HOST, for the samples.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';
import { checkTerraform } from './guides';
import { pythonPrograms } from './python';
import { type Sample, samples } from './samples';

const PACKAGES = ['aws-sam-cli==1.170.0', 'cfn-lint==1.58.0'];

const environment = {
  ...process.env,
  AUTHACTION_DOMAIN: 'demo.example.com',
  AUTHACTION_AUDIENCE: 'https://api.example.com',
  LAMBDA_ARCHITECTURE: 'host',
  STAGE: 'dev',
  AWS_REGION: process.env.AWS_REGION ?? 'eu-central-1',
  SAM_CLI_TELEMETRY: '0',
};

function main(): number {
  const programs = pythonPrograms('sam', PACKAGES);
  const out = mkdtempSync(join(tmpdir(), 'authaction-sam-'));
  try {
    const template = join(out, 'authaction-api-dev.template.json');
    run('cdk synth', 'npx', ['cdk', 'synth', '--quiet', '--output', out]);
    acceptRoleDependencies(template);
    run('cfn-lint', join(programs, 'cfn-lint'), [template]);
    run('sam validate', join(programs, 'sam'), ['validate', '--lint', '--template', template]);
    const guide = join(projectRoot, 'examples', 'sam', 'template.yaml');
    run('cfn-lint, examples/sam', join(programs, 'cfn-lint'), [guide]);
    run('sam validate, examples/sam', join(programs, 'sam'), ['validate', '--lint', '--template', guide]);
    const terraform = checkTerraform();
    if (terraform.failure) throw new Error(`${terraform.title}, examples/terraform failed:\n${terraform.failure}`);
    console.log(`passed  ${terraform.title}, examples/terraform`);
    return invokeSamples(join(programs, 'sam'), template);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The CDK writes out a function's dependency on its role, which a reference implies already: cfn-lint's W3005. */
function acceptRoleDependencies(template: string): void {
  const content = JSON.parse(readFileSync(template, 'utf8'));
  const Metadata = { ...content.Metadata, 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
  writeFileSync(template, JSON.stringify({ ...content, Metadata }));
}

/** Runs a command and prints its output only when it fails. */
function run(title: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: projectRoot, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${title} failed:\n${stdout}${stderr}`);
  console.log(`passed  ${title}`);
}

/** @returns how many samples were answered otherwise than they must be. */
function invokeSamples(sam: string, template: string): number {
  if (!hasContainerEngine()) {
    console.log(
      `skipped ${samples.length} sample events: no container engine answers. Start Docker, or set DOCKER_HOST.`,
    );
    return 0;
  }
  const failed = samples.filter((sample) => !isAnswered(sam, template, sample));
  console.log(`${samples.length - failed.length} of ${samples.length} sample events answered as they must be`);
  return failed.length;
}

function hasContainerEngine(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env.DOCKER_HOST !== undefined;
  }
}

function isAnswered(sam: string, template: string, { functionId, event, expected }: Sample): boolean {
  const events = join(projectRoot, 'events');
  const args = ['local', 'invoke', functionId, '--template', template, '--event', join(events, event)];
  const { stdout, stderr } = spawnSync(sam, [...args, '--env-vars', join(events, 'env.json')], {
    cwd: projectRoot,
    env: environment,
    encoding: 'utf8',
  });
  const answer = lastJson(stdout);
  const isRight =
    'error' in expected
      ? (answer as { errorMessage?: unknown } | undefined)?.errorMessage === expected.error
      : isDeepStrictEqual(answer, expected.answer);
  console.log(`${isRight ? 'passed ' : 'FAILED '} ${functionId} ${event}`);
  if (!isRight) console.log(`${stdout}\n${stderr}`);
  return isRight;
}

/** The function's answer: the last line that is JSON. */
function lastJson(text: string): unknown {
  for (const line of text.trim().split('\n').reverse()) {
    try {
      return JSON.parse(line);
    } catch {
      // A log line.
    }
  }
  return undefined;
}

takesNoArguments(
  'npm run test:sam: the template with SAM and cfn-lint, and samples with sam local invoke. Needs Python; Docker for the samples.',
);
try {
  process.exitCode = main() === 0 ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
