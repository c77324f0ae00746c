import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { apiStack, testApp } from '../support/infra';

/** One run for all stacks, since it takes some seconds; the last one shows that the rules were applied. */
test("CloudFormation's own rules find nothing in the stacks of the app, and a wrong property in a stack that has one", () => {
  const app = testApp({ builtinCloudFormationValidation: true });
  apiStack(app, 'prod', {
    ACCESS_LOGS: 'on-with-account-role',
    ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alarms',
  });
  apiStack(app, 'test', {}, { protectedResource: { path: '/mcp' } });
  new CfnResource(new Stack(app, 'Wrong'), 'Logs', {
    type: 'AWS::Logs::LogGroup',
    properties: { RetentionInDays: 'soon', Colour: 'red' },
  });

  expect(() => app.synth()).toThrow(/Wrong\/Logs/);
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const paths = [...JSON.stringify(report).matchAll(/"constructPath":"([^"]*)"/g)].map(([, path]) => path);
  expect(new Set(paths)).toEqual(new Set(['Wrong/Logs']));
});
