import { isDeepStrictEqual } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import type { CfnMethod, CfnStage, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Route, routes } from '../../lambdas/routes';
import { RouteTableError, validateRoutes } from '../route-table/validate';

/**
 * Why the authorizer's policies would not do for the methods it stands in front of: what is wrong with the route table
 * itself, and methods that no policy names. Each of these would answer 403; or, where a variable of the table reaches
 * over its path, be open to every token of that route, since nothing says that it is another one.
 *
 * To be asked at synth, when all methods are there. Handlers are not looked at: an API that exists already has its own.
 */
export function coverageProblems(
  api: RestApi,
  authorizer: RequestAuthorizer,
  table: readonly Route[] = routes,
): string[] {
  return [...tableProblems(api, table), ...unlistedMethods(api, authorizer, table)];
}

function tableProblems(api: RestApi, table: readonly Route[]): readonly string[] {
  const stage = api.deploymentStage?.node.defaultChild as CfnStage | undefined;
  try {
    validateRoutes(table, { handlers: table.map(({ handler }) => handler), stage: stage?.stageName ?? 'prod' });
    return [];
  } catch (error) {
    if (error instanceof RouteTableError) return error.problems;
    throw error;
  }
}

function unlistedMethods(api: RestApi, authorizer: RequestAuthorizer, table: readonly Route[]): string[] {
  const stack = Stack.of(api);
  const id = stack.resolve(authorizer.authorizerId);
  const isListed = (httpMethod: string, path: string) =>
    table.some((route) => route.method === httpMethod && route.path === path && route.access !== 'public');
  return api.methods
    .filter(({ node }) => isDeepStrictEqual(stack.resolve((node.defaultChild as CfnMethod).authorizerId), id))
    .filter(({ httpMethod, resource }) => !isListed(httpMethod, resource.path))
    .map(
      ({ httpMethod, resource }) =>
        `${httpMethod} ${resource.path} is behind the authorizer, but lambdas/routes.ts has no protected route of this ` +
        'method and path: add it there, so that policies name it.',
    );
}
