import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Route } from '../../lambdas/shared/route-table';
import { describeProblem, nameOf } from '../route-table/problem';

/** Resources that CloudFormation takes per stack ("AWS CloudFormation quotas"); the CDK refuses more. */
const limit = 500;

/** Whether a route table makes its stack larger than CloudFormation takes. Call it at synth. */
export function stackSizeProblems(stack: Stack, routes: readonly Route[]): string[] {
  const resources = stack.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct) && Stack.of(construct) === stack).length;
  if (resources <= limit) return [];
  const paths = new Set(routes.map(({ path }) => path)).size;
  return [
    describeProblem({
      kind: 'stack-resources',
      routes: routes.map(nameOf),
      methods: routes.length,
      paths,
      resources,
      limit,
    }),
  ];
}
