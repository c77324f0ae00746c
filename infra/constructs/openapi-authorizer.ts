import { readFileSync } from 'node:fs';
import { type Duration, Stack } from 'aws-cdk-lib';
import { ApiDefinition, type IRestApi, type SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { operationMethods, routesFromOpenApi } from '../../lambdas/shared/openapi-routes';
import type { Route } from '../../lambdas/shared/route-table';
import { validateRoutes } from '../route-table/validate';
import { authorizerUri, checkCacheTtl } from './api-authorizer';
import { homeOf } from './api-home';
import { addAuthorizerFunction } from './authorizer-function';
import type { AuthorizerMetrics } from './authorizer-metrics';
import { type AuthorizerProps, authorizerDefaults } from './authorizer-props';
import { corsOf } from './cors';
import { gatewayResponseDefinitions } from './gateway-responses';
import { warnWithoutHandler } from './handler-check';
import { definitionWithAuthorizer } from './openapi-definition';
import { publicationOf } from './protected-resource';

export interface OpenApiAuthorizerProps extends Omit<AuthorizerProps, 'routes'> {
  /**
   * The OpenAPI document (2.0, 3.0 or 3.1): an object, or the path of a JSON file. Its security requirements become the
   * route table, as `routesFromOpenApi` says.
   */
  readonly document: object | string;
  /**
   * Name of the API's stage: part of every ARN in a policy.
   * @default 'prod'
   */
  readonly stageName?: string;
}

/**
 * AuthAction tokens for an API that is defined by an OpenAPI document: the authorizer's function, a definition for
 * `SpecRestApi` that contains the authorizer and its answers to refusals, metrics and alarms.
 *
 * @throws ProblemsError with every problem of the routes, or of the settings.
 * @example
 * const auth = new OpenApiAuthorizer(this, 'Auth', {
 *   document: 'openapi.json', domain: 'tenant.eu.authaction.com', audience: ['https://api.example.com'],
 * });
 * auth.allow(new SpecRestApi(this, 'Api', { apiDefinition: auth.apiDefinition }));
 */
export class OpenApiAuthorizer extends Construct {
  /** The document with the authorizer, for a `SpecRestApi`. */
  readonly apiDefinition: ApiDefinition;
  /** The route table of the document. */
  readonly routes: readonly Route[];
  /** The authorizer's function. */
  readonly handler: LambdaFunction;
  /** Log group with one line per decision. */
  readonly logGroup: LogGroup;
  /** Metrics of its decisions and of its key fetches. */
  readonly metrics: AuthorizerMetrics;
  /** The alarms on it. */
  readonly alarms: readonly Alarm[];
  private isAllowed = false;

  constructor(scope: Construct, id: string, props: OpenApiAuthorizerProps) {
    super(scope, id);
    const document = readDocument(props.document);
    this.routes = routesFromOpenApi(document);
    const handlers = this.routes.map(({ handler }) => handler);
    validateRoutes(this.routes, { handlers, stage: props.stageName ?? 'prod' });
    const parts = addAuthorizerFunction(this, props, this.routes);
    this.handler = parts.handler;
    this.logGroup = parts.logGroup;
    this.metrics = parts.metrics;
    this.alarms = parts.alarms;

    const cacheTtl = props.cacheTtl ?? authorizerDefaults.cacheTtl;
    checkCacheTtl(cacheTtl);
    const isProtected = (method: string, path: string) =>
      this.routes.some((route) => route.method === method && route.path === path && route.access !== 'public');
    const publication =
      props.protectedResource &&
      publicationOf(props.protectedResource, { issuers: parts.issuers, routes: this.routes, stageUrl: undefined });
    const definition = definitionWithAuthorizer(document as Readonly<Record<string, unknown>>, {
      authorizerUri: authorizerUri(Stack.of(this), this.handler),
      cacheTtlSeconds: cacheTtl.toSeconds(),
      gatewayResponses: gatewayResponseDefinitions(
        props.gatewayResponses ?? authorizerDefaults.gatewayResponses,
        corsOf(props),
        publication?.metadataUrl,
      ),
      isProtected,
      documents: publication?.documents ?? {},
    });
    this.apiDefinition = ApiDefinition.fromInline(definition);
    warnOfOtherIntegrations(this, document, isProtected, cacheTtl);
    this.node.addValidation({
      validate: () =>
        this.isAllowed
          ? []
          : ['No API may call the authorizer: call allow(api) with the SpecRestApi of its definition.'],
    });
  }

  /** Allows an API made of {@link apiDefinition} to call the authorizer. */
  allow(api: SpecRestApi): void {
    this.isAllowed = true;
    const { partition, region, account } = Stack.of(api);
    new CfnPermission(homeOf(api as IRestApi, this), `Permission-${api.node.addr}`, {
      action: 'lambda:InvokeFunction',
      functionName: this.handler.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${api.restApiId}/authorizers/*`,
    });
  }
}

/** @throws Error for a file that cannot be read or is no JSON, and for no document at all. */
function readDocument(document: object | string | undefined): object {
  if (!document) throw new Error('document is missing: give an object, or the path of a JSON file.'); // without the types' help
  if (typeof document !== 'string') return document;
  let text: string;
  try {
    text = readFileSync(document, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new Error(`${document} cannot be read: paths are relative to ${process.cwd()}.`, { cause });
  }
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new Error(`${document} is not a JSON file: parse other formats yourself, and pass the object.`, { cause });
  }
}

function warnOfOtherIntegrations(
  scope: Construct,
  document: object,
  isProtected: (method: string, path: string) => boolean,
  cacheTtl: Duration,
): void {
  const { paths } = document as { readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>> };
  const names = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(path.startsWith('x-') ? {} : item).flatMap(([key, operation]) => {
      const method = Object.hasOwn(operationMethods, key) ? operationMethods[key] : undefined;
      if (method === undefined || !isProtected(method, path)) return [];
      const { 'x-amazon-apigateway-integration': integration } = operation as Readonly<
        Record<string, { type?: string }>
      >;
      return integration?.type?.toLowerCase() === 'aws_proxy' ? [] : [`${method} ${path}`];
    }),
  );
  warnWithoutHandler(scope, names, cacheTtl);
}
