import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ProtectedApi } from '../../infra/constructs/protected-api';
import type { Route } from '../../lambdas/shared/route-table';
import { inlineHandlers, requiredProps, testApp } from '../support/infra';

/** What an update must not replace: it would change the API's address, end running calls or lose log lines. */
const KEPT = /^AWS::(ApiGateway::(RestApi|Stage|Resource)|Lambda::Function|Logs::LogGroup)$/;

const routes: readonly Route[] = [
  { method: 'GET', path: '/orders/{id}', handler: 'orders', access: { scopes: ['read:orders'] } },
  { method: 'GET', path: '/news', handler: 'news', access: 'public' },
];

/** Types of the kept resources by logical id: CloudFormation replaces what gets another id. */
function keptResources(): Record<string, string> {
  const stack = new Stack(testApp(), 'Stack');
  new ProtectedApi(stack, 'Api', { ...requiredProps, routes, handlers: inlineHandlers(stack, routes) });
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> };
  const kept = Object.entries(Resources).filter(([, { Type }]) => KEPT.test(Type));
  return Object.fromEntries(kept.map(([id, { Type }]) => [id, Type]));
}

test('an update from the last release replaces no API, stage, function or log group', () => {
  const released = JSON.parse(readFileSync(join(__dirname, 'released-stack.json'), 'utf8'));
  expect(keptResources()).toMatchObject(released);
});
