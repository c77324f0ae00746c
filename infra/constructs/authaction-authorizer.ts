import { Annotations, Aspects, type Duration } from 'aws-cdk-lib';
import { AuthorizationType, type IRestApi, type MethodOptions, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../../lambdas/shared/route-table';
import { type ApiAuthorizer, addApiAuthorizer } from './api-authorizer';
import { deployAfter } from './api-home';
import { addAuthorizerFunction } from './authorizer-function';
import type { AuthorizerMetrics } from './authorizer-metrics';
import { type AuthorizerProps, authorizerDefaults } from './authorizer-props';
import { corsOf } from './cors';
import {
  type Coverage,
  cfnMethodOf,
  coverageProblems,
  coverageWarnings,
  methodsOf,
  methodsWithoutHandler,
  needsToken,
} from './coverage';
import { addGatewayResponses, gatewayResponseProblems } from './gateway-responses';
import { warnWithoutHandler } from './handler-check';
import { addMetadataMethods, metadataProblems } from './metadata-methods';
import { publicationOf, stageUrlOf } from './protected-resource';

export interface AuthActionAuthorizerProps extends AuthorizerProps {
  /**
   * The API whose methods get the authorizer; in any stack, also one imported by its id. What an imported API defines
   * elsewhere cannot be checked at synth.
   */
  readonly api: IRestApi | RestApi; // a RestApi is no IRestApi to TypeScript with exactOptionalPropertyTypes
}

const NO_API = 'api is no REST API: give a RestApi, or one imported by its id. HTTP APIs have no such authorizer.';

/** The route tables of all authorizers of an API. */
const tables = new WeakMap<IRestApi, (readonly Route[])[]>();

const tablesOf = (api: IRestApi): readonly (readonly Route[])[] => tables.get(api) ?? [];

/**
 * AuthAction tokens for an API that exists already: the authorizer's function, the authorizer, the API's answers to
 * refusals, metrics and alarms.
 *
 * Attach it with {@link methodOptions} to each method, or with {@link protect} to all that the table lists. Synth fails for
 * a method behind it that the table does not list, and for one that the table protects but that is not behind it; it warns
 * of one that anyone may call although the table does not list it, and of a row that is no method of the API.
 *
 * @throws ProblemsError with every problem of the settings, each under the name of its prop.
 * @example
 * const auth = new AuthActionAuthorizer(this, 'Auth', {
 *   api, routes, domain: 'tenant.eu.authaction.com', audience: ['https://api.example.com'],
 * });
 * orders.addMethod('GET', integration, auth.methodOptions);
 */
export class AuthActionAuthorizer extends Construct {
  /** The authorizer's function. */
  readonly handler: LambdaFunction;
  /** Log group with one line per decision. */
  readonly logGroup: LogGroup;
  /** Options of a method that needs a token. */
  readonly methodOptions: MethodOptions;
  /** Metrics of its decisions and of its key fetches. */
  readonly metrics: AuthorizerMetrics;
  /** The alarms on it. */
  readonly alarms: readonly Alarm[];
  private readonly authorizer: ApiAuthorizer;
  private readonly coverage: Coverage;

  constructor(scope: Construct, id: string, props: AuthActionAuthorizerProps) {
    super(scope, id);
    if (!props.api?.restApiId) throw new Error(NO_API); // without the types' help
    const parts = addAuthorizerFunction(this, props, props.routes);
    this.handler = parts.handler;
    this.logGroup = parts.logGroup;
    this.metrics = parts.metrics;
    this.alarms = parts.alarms;
    const { routes } = props;
    const api = props.api as IRestApi;
    const cacheTtl = props.cacheTtl ?? authorizerDefaults.cacheTtl;
    this.authorizer = addApiAuthorizer(this, { api, fn: this.handler, cacheTtl });
    this.methodOptions = this.authorizer.methodOptions;
    this.coverage = { api, authorizer: this.authorizer, routes };
    tables.set(api, [...tablesOf(api), routes]);
    const publication =
      props.protectedResource &&
      publicationOf(props.protectedResource, { issuers: parts.issuers, routes, stageUrl: stageUrlOf(api) });
    addGatewayResponses(
      this,
      api,
      props.gatewayResponses ?? authorizerDefaults.gatewayResponses,
      corsOf(props),
      publication?.metadataUrl,
    );
    if (publication) addMetadataMethods(this, api, publication);
    this.node.addValidation({
      validate: () => [
        ...coverageProblems(this.coverage),
        ...gatewayResponseProblems(api),
        ...(publication ? metadataProblems(api, publication) : []),
      ],
    });
    Aspects.of(this).add({ visit: (node) => node === this && this.warn(cacheTtl) });
  }

  /**
   * Attaches the authorizer to every method that the API has now, that the table protects, and that has no other
   * authorization. Synth names those that are left: methods added later need {@link methodOptions}.
   *
   * @example
   * const auth = new AuthActionAuthorizer(this, 'Auth', { api, routes, domain, audience });
   * auth.protect();
   */
  protect(): void {
    const { api, routes } = this.coverage;
    const methods = methodsOf(api).filter(
      (method) => cfnMethodOf(method).authorizationType === AuthorizationType.NONE && needsToken(routes, method),
    );
    for (const method of methods) {
      const resource = cfnMethodOf(method);
      resource.authorizationType = AuthorizationType.CUSTOM;
      resource.authorizerId = this.authorizer.authorizerId;
    }
    deployAfter(api, [], { protected: methods.map(({ httpMethod, resource }) => `${httpMethod} ${resource.path}`) });
  }

  private warn(cacheTtl: Duration): void {
    const { api } = this.coverage;
    const names = methodsWithoutHandler(this.coverage).map(
      ({ httpMethod, resource }) => `${httpMethod} ${resource.path}`,
    );
    warnWithoutHandler(this, names, cacheTtl);
    for (const text of coverageWarnings(this.coverage, tablesOf(api))) {
      Annotations.of(this).addWarningV2('authaction-aws:coverage', text);
    }
    if (!(api instanceof RestApi)) {
      Annotations.of(this).addInfo(
        'The API is imported: methods that it defines elsewhere cannot be checked against the route table.',
      );
    }
  }
}
