import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ProtectedApi, type ProtectedApiProps } from '../../../infra/constructs/protected-api';
import { resourcesOf, testApp } from '../../support/infra';

const required = { domain: 'tenant.example.com', audience: 'https://api.example.com' };

function templateWith(props: Partial<ProtectedApiProps> = {}): Template {
  const stack = new Stack(testApp(), 'Stack');
  new ProtectedApi(stack, 'ProtectedApi', { ...required, ...props });
  return Template.fromStack(stack);
}

/** Logical ids, but for the deployment's: it is a hash of what is deployed, so that a change reaches the stage. */
const idsOf = (template: Template): string[] =>
  Object.entries(template.toJSON().Resources as Record<string, { Type: string }>)
    .filter(([, { Type }]) => Type !== 'AWS::ApiGateway::Deployment')
    .map(([id]) => id);

test('a domain and an audience are enough', () => {
  const template = templateWith();
  expect(Object.values(resourcesOf(template, 'AWS::ApiGateway::Authorizer'))).toHaveLength(1);
});

const changes: Partial<ProtectedApiProps> = {
  domain: 'other.example.com',
  audience: 'https://other.example.com',
  authorizerSettings: { AUTHACTION_ALLOW_LOG_RATE: '0.1' },
  cacheTtl: Duration.seconds(0),
  authorizerMemorySize: 1024,
  allowOrigin: 'https://app.example.com',
  metricNamespace: 'Mine',
  apiName: 'other',
  throttlingRateLimit: 1,
  throttlingBurstLimit: 2,
  runbookUrl: 'https://git.example.com/runbook.md',
  architecture: Architecture.X86_64,
  sourceMaps: true,
  logRetention: RetentionDays.ONE_DAY,
  logRemovalPolicy: RemovalPolicy.DESTROY,
};

test.each(Object.entries(changes))('another %s renames no resource', (name, value) => {
  expect(idsOf(templateWith({ [name]: value }))).toEqual(idsOf(templateWith()));
});

test('access logs, the account role and an alarm topic only add resources', () => {
  const stack = new Stack(testApp(), 'Stack');
  const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:alarms');
  new ProtectedApi(stack, 'ProtectedApi', { ...required, accessLogs: true, cloudWatchRole: true, alarmTopic });
  expect(idsOf(Template.fromStack(stack))).toEqual(expect.arrayContaining(idsOf(templateWith())));
});

test('the template is the same every time, so that cdk diff shows what changed and nothing else', () => {
  expect(JSON.stringify(templateWith().toJSON())).toBe(JSON.stringify(templateWith().toJSON()));
});

test('a changed authorizer is deployed to the stage', () => {
  const deployment = (template: Template) => Object.keys(resourcesOf(template, 'AWS::ApiGateway::Deployment'));
  expect(deployment(templateWith({ cacheTtl: Duration.seconds(60) }))).not.toEqual(deployment(templateWith()));
});

test('two of them live in one stack', () => {
  const stack = new Stack(testApp(), 'Stack');
  new ProtectedApi(stack, 'One', { ...required, metricNamespace: 'One' });
  new ProtectedApi(stack, 'Two', { ...required, metricNamespace: 'Two' });
  expect(Object.keys(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::RestApi'))).toHaveLength(2);
});

test('settings that cannot be used are said so at synth, all of them', () => {
  expect(() => templateWith({ domain: 'http://x', authorizerSettings: { AUTHACTION_ALLOW_LOG_RATE: '2' } })).toThrow(
    /AUTHACTION_DOMAIN[\s\S]*AUTHACTION_ALLOW_LOG_RATE/,
  );
});
