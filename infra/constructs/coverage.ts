import { Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  type CfnMethod,
  type CfnStage,
  type IRestApi,
  Method,
  RestApi,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { findRoute, type Route } from '../../lambdas/shared/route-table';
import { describeProblem, nameOf } from '../route-table/problem';
import { routeTableProblems } from '../route-table/validate';
import type { ApiAuthorizer } from './api-authorizer';
import { isSameApi } from './api-home';

/** An API, an authorizer of it, and the table the authorizer decides by. */
export interface Coverage {
  readonly api: IRestApi;
  readonly authorizer: ApiAuthorizer;
  readonly routes: readonly Route[];
}

/**
 * Why the authorizer's policies do not fit the API's methods: what is wrong with the route table itself, methods behind
 * the authorizer that the table does not list, and methods that the table protects but that are not behind it.
 *
 * A method that no policy names would answer 403; or, where a variable of the table matches its path, it would be open to
 * every token that may call that route.
 *
 * Call it at synth, when all methods exist. It sees the methods that this app defines: those of an imported API are
 * unknown. Handlers are not checked: an existing API has its own.
 */
export function coverageProblems(coverage: Coverage): string[] {
  return [
    ...tableProblems(coverage),
    ...documentProblems(coverage),
    ...methodsOf(coverage.api).flatMap((method) => methodProblems(coverage, method)),
  ];
}

/** Methods of an OpenAPI document are none of the app's constructs: nothing here can put them behind the authorizer. */
function documentProblems({ api, routes }: Coverage): readonly string[] {
  if (!(api instanceof SpecRestApi)) return [];
  return unansweredRows(api, routes)
    .filter(isProtected)
    .map(
      (row) =>
        `${nameOf(row)} needs a token by the route table, but the methods of ${api.node.path} are those of its OpenAPI ` +
        'document: use OpenApiAuthorizer, which puts the authorizer into the document.',
    );
}

/** Rows of a table that no method of the app answers. */
function unansweredRows(api: IRestApi, routes: readonly Route[]): readonly Route[] {
  const methods = methodsOf(api);
  return routes.filter(
    (row) =>
      !methods.some(
        ({ httpMethod, resource: { path } }) =>
          path === row.path && (row.method === 'ANY' || httpMethod === 'ANY' || httpMethod === row.method),
      ),
  );
}

function tableProblems({ api, routes }: Coverage): readonly string[] {
  const stage = api instanceof RestApi ? (api.deploymentStage?.node.defaultChild as CfnStage | undefined) : undefined;
  const handlers = routes.map(({ handler }) => handler);
  return routeTableProblems(routes, { handlers, stage: stage?.stageName ?? 'prod' }).map(describeProblem);
}

function methodProblems(coverage: Coverage, method: Method): string[] {
  const { routes } = coverage;
  const name = `${method.httpMethod} ${method.resource.path}`;
  const others = method.httpMethod === 'ANY' ? rowsWithoutMethod(coverage, method) : [];
  if (isBehindAuthorizer(coverage, method)) {
    if (!isProtected(rowOf(routes, method))) {
      return [
        `${name} is behind the authorizer, but its route table has no protected route of this method and path: ` +
          'add it there, so that policies name it.',
      ];
    }
    return others
      .filter((row) => !isProtected(row))
      .map(
        (row) =>
          `${row.method} ${row.path} is public in the route table, but ${name} answers it behind the authorizer: ` +
          `add the method ${row.method} without the authorizer, or remove the row.`,
      );
  }
  if (needsToken(routes, method)) {
    return [
      `${name} needs a token according to the route table, but is not behind the authorizer: add it with ` +
        'authorizer.methodOptions, or make it public in the table.',
    ];
  }
  return others
    .filter(isProtected)
    .map(
      (row) =>
        `${row.method} ${row.path} needs a token according to the route table, but ${name} answers it without the authorizer: ` +
        `add the method ${row.method} with authorizer.methodOptions, or the row ${name} to the table.`,
    );
}

/** Whether the table protects a method. Not a preflight, even where an `ANY` row includes it: it carries no token. */
export function needsToken(routes: readonly Route[], method: Method): boolean {
  return method.httpMethod !== 'OPTIONS' && isProtected(rowOf(routes, method));
}

const isProtected = (row: Route | undefined): boolean => row !== undefined && row.access !== 'public';

/** The row that decides on a method of the API. */
function rowOf(routes: readonly Route[], { httpMethod, resource: { path } }: Method): Route | undefined {
  if (httpMethod !== 'ANY') return findRoute(routes, httpMethod, path);
  return routes.find((route) => route.method === 'ANY' && route.path === path);
}

/** Rows of the path of an `ANY` method that it answers, since the API has no method of their own. */
function rowsWithoutMethod({ api, routes }: Coverage, { resource: { path } }: Method): readonly Route[] {
  const named = methodsOf(api).filter(({ resource }) => resource.path === path);
  return routes.filter((row) => row.path === path && !named.some(({ httpMethod }) => httpMethod === row.method));
}

/**
 * Methods behind the authorizer whose integration is no Lambda proxy: nothing there checks again that the token has not
 * expired since a cached decision, and that the route API Gateway chose is one the token may call.
 */
export function methodsWithoutHandler(coverage: Coverage): readonly Method[] {
  return methodsOf(coverage.api).filter((method) => {
    const { integration } = cfnMethodOf(method);
    const { type } = (Stack.of(method).resolve(integration) ?? {}) as { readonly type?: string };
    return isBehindAuthorizer(coverage, method) && type !== 'AWS_PROXY';
  });
}

/**
 * What is likely a mistake in a table or an API, in sentences: methods that anyone may call although no table of the API
 * lists them, and rows of this table that no method answers. Both come from one misspelled path.
 *
 * @param tables every route table of the API, this one among them.
 */
export function coverageWarnings({ api, routes }: Coverage, tables: readonly (readonly Route[])[]): readonly string[] {
  if (!(api instanceof RestApi)) return []; // its other methods are unknown
  const methods = methodsOf(api);
  const open = methods.filter(
    (method) =>
      method.httpMethod !== 'OPTIONS' &&
      cfnMethodOf(method).authorizationType === AuthorizationType.NONE &&
      !tables.some((table) => rowOf(table, method)),
  );
  return [
    ...open.map(
      ({ httpMethod, resource: { path } }) =>
        `${httpMethod} ${path} has no authorization and is not in the route table: anyone may call it. Add it to the ` +
        'table; as public, if that is what you want.',
    ),
    ...unansweredRows(api, routes).map(
      (row) => `${nameOf(row)} is in the route table, but is not a method of the API: correct or remove the row.`,
    ),
  ];
}

/** The methods of an API that this app defines, in whichever stack and through whichever construct. */
export function methodsOf(api: IRestApi): readonly Method[] {
  return api.node.root.node.findAll().filter((node) => node instanceof Method && isSameApi(node.api, api)) as Method[];
}

/** The resource that a method becomes. */
export const cfnMethodOf = (method: Method): CfnMethod => method.node.defaultChild as CfnMethod;

/** References are compared as they are: resolved, those to authorizers of two stacks may look alike. */
function isBehindAuthorizer({ authorizer: { authorizerId } }: Coverage, method: Method): boolean {
  return cfnMethodOf(method).authorizerId === authorizerId;
}
