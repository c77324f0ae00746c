import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { projectRoot } from '../../infra/bundling';
import { resourcesOf, testApp } from '../support/infra';

const stack = new Stack(testApp(), 'Role');
new CfnInclude(stack, 'Template', { templateFile: join(projectRoot, 'infra', 'github-deploy-role.yaml') });
const role = resourcesOf(Template.fromStack(stack), 'AWS::IAM::Role').DeployRole?.Properties;

test('only one environment of one repository may assume the deploy role', () => {
  const [statement, ...others] = role.AssumeRolePolicyDocument.Statement;
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' });
  expect(statement.Condition).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': { 'Fn::Sub': `repo:\${Repository}:environment:\${Environment}` },
    },
  });
});

test('the deploy role may only assume the CDK bootstrap roles of its own account and region', () => {
  const statements = role.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: unknown[] } }) => policy.PolicyDocument.Statement,
  );
  expect(statements).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['deploy', 'file-publishing'].map((name) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/cdk-\${Qualifier}-${name}-role-\${AWS::AccountId}-\${AWS::Region}`,
      })),
    },
  ]);
  expect(role).not.toHaveProperty('ManagedPolicyArns');
});
