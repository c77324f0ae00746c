import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { ProtectedApi } from '../../infra/constructs/protected-api';
import { DomainAndWebAclStack } from '../../infra/examples/domain-and-web-acl';
import { apiStack, testApp } from '../support/infra';

interface Finding {
  readonly ruleName: string;
  readonly reason?: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

/** Runs both packs on an app and returns their findings, those without a reason and those with one. */
function check(app: App): { found: string[]; explained: Finding[] } {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
  } catch (error) {
    if ((error as Error).name !== 'ValidationFailed') throw error; // the report says what was found
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const list = (key: string): Finding[] =>
    report.pluginReports.flatMap((plugin: Record<string, Finding[]>) => plugin[key] ?? []);
  const found = list('violations').flatMap(({ ruleName, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
  return { found, explained: list('suppressedViolations') };
}

let quiet: jest.SpyInstance;
beforeAll(() => {
  quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => quiet.mockRestore());

test.each([
  ['dev', {}],
  ['prod', { ACCESS_LOGS: 'on-with-account-role', ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alarms' }],
  ['test', { RESOURCE_METADATA: 'on' }],
])('%s has no finding without a reason', (stage, settings) => {
  const app = testApp();
  apiStack(app, stage, settings);
  const { found, explained } = check(app);
  expect(found).toEqual([]);
  expect(explained.length).toBeGreaterThan(0);
  for (const { reason } of explained) expect(reason).toMatch(/\w.{30,}\.$/);
});

test('finds a method without the authorizer that is not in the route table: acknowledgements do not cover it', () => {
  const app = testApp();
  const stack = apiStack(app);
  const { api } = stack.node.findChild('ProtectedApi') as ProtectedApi;
  api.root.addResource('forgotten').addMethod('GET');
  expect(check(app).found).toEqual(
    expect.arrayContaining([expect.stringMatching(/^AwsSolutions-APIG4 .*forgotten\/GET/)]),
  );
});

test("the construct acknowledges nothing in another owner's app: that owner decides on every finding", () => {
  const app = testApp();
  new DomainAndWebAclStack(app, 'Example');
  const { found, explained } = check(app);
  expect(explained).toEqual([]);
  expect(found).toEqual(expect.arrayContaining([expect.stringMatching(/^AwsSolutions-APIG1 .*DeploymentStage/)]));
  // A web ACL is attached, and no method is open.
  expect(found.filter((finding) => /^AwsSolutions-APIG[34] /.test(finding))).toEqual([]);
});
