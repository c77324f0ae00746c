import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ProtectedApi } from '../../../infra/constructs/protected-api';
import { testApp } from '../../support/infra';

test('a function behind ANY /{proxy+} is protected for every method, and its preflights need no token', () => {
  const stack = new Stack(testApp(), 'Stack');
  const app = new LambdaFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('-'),
  });
  new ProtectedApi(stack, 'Api', {
    routes: [
      { method: 'ANY', path: '/{proxy+}', handler: 'app', access: 'token' },
      { method: 'GET', path: '/{proxy+}', handler: 'app', access: { scopes: ['read'] } },
    ],
    handlers: { app },
    domain: 'tenant.example.com',
    audience: ['https://api.example.com'],
  });
  const template = Template.fromStack(stack);
  for (const method of ['ANY', 'GET']) {
    template.hasResourceProperties('AWS::ApiGateway::Method', { HttpMethod: method, AuthorizationType: 'CUSTOM' });
  }
  for (const { Properties } of Object.values(template.findResources('AWS::ApiGateway::Method'))) {
    if (Properties.HttpMethod === 'OPTIONS') expect(Properties.AuthorizationType).toBe('NONE');
  }
});
