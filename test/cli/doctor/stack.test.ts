import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineStack } from '../../../cli/doctor/stack';
import { writeAwsCli } from '../../support/aws-cli';
import { runTool } from '../../support/run-tool';

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-stack-'));
  process.env.PATH = `${folder}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** An AWS CLI with one stack, whose authorizers have these lists; it answers as AWS documents. */
function deploy(...lists: readonly string[]): void {
  const authorizers = lists.map((AUTHACTION_REVOKED, index) => ({
    id: `authorizer-${index}`,
    Variables: { AUTHACTION_AUDIENCE: 'api', AUTHACTION_REVOKED },
  }));
  const resources = authorizers.map(({ id }) => ({ PhysicalResourceId: id, ResourceType: 'AWS::Lambda::Function' }));
  const configurations = authorizers.map(({ id, Variables }) => [
    `get-function-configuration * ${id}`,
    { RevisionId: 'r', Environment: { Variables } },
  ]);
  writeAwsCli(folder, {
    'list-stack-resources': { StackResourceSummaries: resources },
    ...Object.fromEntries(configurations),
  });
}

const check = (configured: string | undefined) => examineStack('api-prod', configured).checks[0];
const time = '2026-11-25T12:00:00Z';

test.each([
  ['', ''],
  [`sub:a%7Cb,kid:k<${time}`, `kid:k<2026-11-25T13:00:00+01:00, sub:a|b`],
])('the deployed list %j is the configured list %j', (deployed, configured) => {
  deploy(deployed);
  expect(check(configured)).toMatchObject({ status: 'pass' });
});

test.each([
  ['sub:alice', '', 'entries only in the deployed list: 1, only in the configured list: 0'],
  ['', 'sub:alice', 'entries only in the deployed list: 0, only in the configured list: 1'],
  [`sub:alice<${time}`, 'sub:alice', 'entries only in the deployed list: 1, only in the configured list: 1'],
  ['alice', '', 'malformed'],
])(
  'warns when the deployed list is %j and the configured one %j, and names no subject',
  (deployed, configured, how) => {
    deploy(deployed);
    const found = check(configured);
    expect(found).toMatchObject({ status: 'warn', detail: expect.stringContaining(`authorizer-0: ${how}`) });
    expect(found?.advice).toContain('"npm run -s revoke -- --stack api-prod --list"');
    expect(JSON.stringify(found)).not.toContain('alice');
  },
);

test('warns once for several authorizers, with those that differ', () => {
  deploy('kid:k', '', 'kid:k');
  expect(examineStack('api-prod', '').checks).toMatchObject([
    { status: 'warn', detail: expect.stringMatching(/authorizer-0: .*; authorizer-2: /) },
  ]);
});

test('compares nothing with the settings of a running start', () => {
  expect(check(undefined)).toMatchObject({ status: 'skip', detail: expect.stringContaining('AUTHACTION_DOMAIN') });
});

test('fails when the stack cannot be read', () => {
  writeFileSync(join(folder, 'aws'), '#!/bin/sh\necho "Stack with id api-prod does not exist" >&2; exit 254\n', {
    mode: 0o755,
  });
  expect(check('')).toMatchObject({ status: 'fail', detail: expect.stringContaining('does not exist') });
});

const settings = { AUTHACTION_DOMAIN: 'localhost:1', AUTHACTION_AUDIENCE: 'api', AUTHACTION_REVOKED: 'kid:other' };

test('the command has a section for the stack', async () => {
  deploy('kid:k');
  const { stdout } = await runTool('doctor', ['--stack', 'api-prod'], { ...settings, PATH: process.env.PATH ?? '' });
  expect(stdout).toMatch(/^Stack api-prod\n {2}! revoked +The deployed list is not the configured one/m);
}, 60_000);

test('the command says that there is no AWS CLI', async () => {
  const { code, stdout } = await runTool('doctor', ['--stack', 'api-prod'], { ...settings, PATH: folder });
  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('The AWS CLI is not installed') });
}, 60_000);
