import { isDeepStrictEqual } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import type { CfnMethod, CfnStage, Method, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { findRoute, type Route } from '../../lambdas/shared/route-table';
import { describeProblem } from '../route-table/problem';
import { routeTableProblems } from '../route-table/validate';

/**
 * Why the authorizer's policies do not fit the methods behind it: what is wrong with the route table itself, and methods
 * that no policy names. Each of these would answer 403; or, where a variable of the table matches its path, it would be
 * open to every token that may call that route.
 *
 * Call it at synth, when all methods exist. Handlers are not checked: an existing API has its own.
 */
export function coverageProblems(api: RestApi, authorizer: RequestAuthorizer, routes: readonly Route[]): string[] {
  return [...tableProblems(api, routes), ...unlistedMethods(api, authorizer, routes)];
}

function tableProblems(api: RestApi, routes: readonly Route[]): readonly string[] {
  const stage = api.deploymentStage?.node.defaultChild as CfnStage | undefined;
  const problems = routeTableProblems(routes, {
    handlers: routes.map(({ handler }) => handler),
    stage: stage?.stageName ?? 'prod',
  });
  return problems.map(describeProblem);
}

function unlistedMethods(api: RestApi, authorizer: RequestAuthorizer, routes: readonly Route[]): string[] {
  const stack = Stack.of(api);
  const id = stack.resolve(authorizer.authorizerId);
  const isGuarded = ({ node }: Method) =>
    isDeepStrictEqual(stack.resolve((node.defaultChild as CfnMethod).authorizerId), id);
  return api.methods.filter(isGuarded).flatMap(({ httpMethod, resource: { path } }) => {
    const name = `${httpMethod} ${path}`;
    const row = httpMethod === 'ANY' ? findAny(routes, path) : findRoute(routes, httpMethod, path);
    if (row === undefined || row.access === 'public') {
      return [
        `${name} is behind the authorizer, but its route table has no protected route of this method and path: ` +
          'add it there, so that policies name it.',
      ];
    }
    const isMethod = (method: string) =>
      api.methods.some((other) => other.httpMethod === method && other.resource.path === path);
    return routes
      .filter((route) => httpMethod === 'ANY' && route.path === path && route.access === 'public')
      .filter(({ method }) => !isMethod(method))
      .map(
        ({ method }) =>
          `${method} ${path} is public in the route table, but ${name} answers it behind the authorizer: ` +
          `add the method ${method} without the authorizer, or remove the row.`,
      );
  });
}

const findAny = (routes: readonly Route[], path: string): Route | undefined =>
  routes.find((route) => route.method === 'ANY' && route.path === path);
