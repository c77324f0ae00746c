import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { projectRoot } from '../../../infra/bundling';
import { DomainAndWebAclStack } from '../../../infra/examples/domain-and-web-acl';
import { PrivateApiStack } from '../../../infra/examples/private-api';
import { resourcesOf, testApp } from '../../support/infra';

test('attaches a domain and a web ACL to the stage of a protected API', () => {
  const template = Template.fromStack(new DomainAndWebAclStack(testApp(), 'Example'));
  const [stage] = Object.keys(resourcesOf(template, 'AWS::ApiGateway::Stage'));
  template.hasResourceProperties('AWS::ApiGateway::DomainName', { DomainName: 'api.example.com' });
  template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', { Stage: { Ref: stage } });
  const [association] = Object.values(resourcesOf(template, 'AWS::WAFv2::WebACLAssociation'));
  expect(JSON.stringify(association?.Properties.ResourceArn)).toContain(stage);
});

test('gives a private API the authorizer, the gateway responses and the alarms', () => {
  const template = Template.fromStack(new PrivateApiStack(testApp(), 'Example'));
  const [authorizer] = Object.keys(resourcesOf(template, 'AWS::ApiGateway::Authorizer'));
  template.hasResourceProperties('AWS::ApiGateway::Method', {
    HttpMethod: 'GET',
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: authorizer },
  });
  template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE'] } });
  expect(Object.keys(resourcesOf(template, 'AWS::ApiGateway::GatewayResponse'))).toHaveLength(7);
  expect(Object.keys(resourcesOf(template, 'AWS::CloudWatch::Alarm')).length).toBeGreaterThan(3);
});

test.each(['domain-and-web-acl', 'private-api'])('the runbook shows lines of %s unchanged', (name) => {
  const code = readFileSync(join(projectRoot, 'infra', 'examples', `${name}.ts`), 'utf8');
  const page = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8');
  expect(page).toContain(`infra/examples/${name}.ts`);
  const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block.trim());
  const lines = code.split('\n').map((line) => line.trim());
  const fitting = shown.filter((block) => block.split('\n').every((line) => lines.includes(line.trim())));
  expect(fitting.length).toBeGreaterThan(0);
});
