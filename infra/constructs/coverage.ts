import { isDeepStrictEqual } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import type { CfnMethod, CfnStage, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Route } from '../../lambdas/shared/route-table';
import { routeTableProblems } from '../route-table/validate';

/**
 * Why the authorizer's policies do not fit the methods behind it: what is wrong with the route table itself, and methods
 * that no policy names. Each of these would answer 403; or, where a variable of the table reaches over its path, be open
 * to every token of that route, since nothing says that it is another one.
 *
 * To be called at synth, when all methods exist. Handlers are not checked: an API that exists already has its own.
 */
export function coverageProblems(api: RestApi, authorizer: RequestAuthorizer, routes: readonly Route[]): string[] {
  return [...tableProblems(api, routes), ...unlistedMethods(api, authorizer, routes)];
}

function tableProblems(api: RestApi, routes: readonly Route[]): readonly string[] {
  const stage = api.deploymentStage?.node.defaultChild as CfnStage | undefined;
  return routeTableProblems(routes, {
    handlers: routes.map(({ handler }) => handler),
    stage: stage?.stageName ?? 'prod',
  });
}

function unlistedMethods(api: RestApi, authorizer: RequestAuthorizer, routes: readonly Route[]): string[] {
  const stack = Stack.of(api);
  const id = stack.resolve(authorizer.authorizerId);
  const isListed = (httpMethod: string, path: string) =>
    routes.some((route) => route.method === httpMethod && route.path === path && route.access !== 'public');
  return api.methods
    .filter(({ node }) => isDeepStrictEqual(stack.resolve((node.defaultChild as CfnMethod).authorizerId), id))
    .filter(({ httpMethod, resource }) => !isListed(httpMethod, resource.path))
    .map(
      ({ httpMethod, resource }) =>
        `${httpMethod} ${resource.path} is behind the authorizer, but its route table has no protected route of this ` +
        'method and path: add it there, so that policies name it.',
    );
}
