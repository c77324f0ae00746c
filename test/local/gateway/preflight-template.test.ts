import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { allowedOrigin, originsOfPreflight } from '../../../local/gateway/preflight-template';
import { testApp } from '../../support/infra';

/** The template that the CDK writes for these origins. */
function templateOfCdk(allowOrigins: string[]): string {
  const stack = new Stack(testApp(), 'Stack');
  new RestApi(stack, 'Api', { cloudWatchRole: false }).root.addCorsPreflight({ allowOrigins });
  const methods = Template.fromStack(stack).findResources('AWS::ApiGateway::Method');
  return Object.values(methods)[0]?.Properties.Integration.IntegrationResponses[0].ResponseTemplates[
    'application/json'
  ];
}

it('reads the origins after the first from what the CDK writes', () => {
  const template = templateOfCdk(['https://one.example', 'https://two.example', 'http://localhost:5173']);
  expect(originsOfPreflight(template)).toEqual(['https://two.example', 'http://localhost:5173']);
});

describe('refuses', () => {
  const template = templateOfCdk(['https://one.example', 'https://two.example']);

  it.each([
    ['another template', '{}'],
    ['a pattern instead of an origin', template.replace('$origin == "', '$origin.matches("')],
    ['another header that it sets', template.replace('Allow-Origin', 'Allow-Methods')],
    ['a condition of another kind', template.replace('== "https://two.example"', '!= "https://two.example"')],
    ['something after it', `${template}\n#set($x = 1)`],
    ['something before it', `#set($x = 1)\n${template}`],
    ['a variable in an origin', template.replace('two.example', '$stageVariables.host')],
  ])('%s', (_title, other) => {
    expect(other).not.toBe(template);
    expect(originsOfPreflight(other)).toBeUndefined();
  });
});

it.each([
  ['Origin', 'https://two.example', 'https://two.example'],
  ['origin', 'https://two.example', 'https://two.example'],
  ['ORIGIN', 'https://two.example', undefined],
  ['Origin', 'https://other.example', undefined],
  ['Origin', 'https://two.example.com', undefined],
])('%s: %s is answered with %s', (name, origin, expected) => {
  expect(allowedOrigin(['https://two.example'], new Map([[name, [origin]]]))).toBe(expected);
});
