import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { apiStack, testApp } from '../support/infra';

/** One run for both, since it takes some seconds: the second stack shows that the rules were applied at all. */
test("CloudFormation's own rules find a wrong property in a wrong stack, and nothing in the production stack", () => {
  const app = testApp({ validate: true });
  apiStack(app, 'prod', {
    ACCESS_LOGS: 'on-with-account-role',
    ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alarms',
  });
  new CfnResource(new Stack(app, 'Wrong'), 'Logs', {
    type: 'AWS::Logs::LogGroup',
    properties: { RetentionInDays: 'soon', Colour: 'red' },
  });

  expect(() => app.synth()).toThrow(/Wrong\/Logs/);
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const paths = [...JSON.stringify(report).matchAll(/"constructPath":"([^"]*)"/g)].map(([, path]) => path);
  expect(new Set(paths)).toEqual(new Set(['Wrong/Logs']));
});
