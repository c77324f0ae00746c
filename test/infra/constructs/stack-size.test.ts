import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ProtectedApi } from '../../../infra/constructs/protected-api';
import type { Access, Route } from '../../../lambdas/shared/route-table';
import { testApp } from '../../support/infra';

const ACCESSES: readonly Access[] = ['public', 'token', { scopes: ['read'] }, { scopes: ['write'] }];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** A stack with one API of this number of paths, each with one method. */
function synthesize(count: number): Template {
  const stack = new Stack(testApp(), 'Stack');
  const handler = new LambdaFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('-'),
  });
  const routes = Array.from(
    { length: count },
    (_, index): Route => ({
      method: METHODS[(index >> 2) % 4] ?? 'GET',
      path: `/route-${index}`,
      handler: 'app',
      access: ACCESSES[index % 4] ?? 'token',
    }),
  );
  new ProtectedApi(stack, 'Api', {
    routes,
    handlers: { app: handler },
    domain: 'tenant.example.com',
    audience: ['https://api.example.com'],
  });
  return Template.fromStack(stack);
}

test('130 flat routes of all kinds of access fit into one stack', () => {
  const resources = Object.keys(synthesize(130).toJSON().Resources as object).length;
  expect(resources).toBeGreaterThan(390);
  expect(resources).toBeLessThanOrEqual(500);
}, 60_000);

test('a table that is too large for one stack is refused with its counts and the way out', () => {
  expect(() => synthesize(170)).toThrow(
    /The 170 routes with their 170 paths make a stack of \d+ resources; CloudFormation allows 500: handle several routes as one ANY route/,
  );
}, 60_000);
