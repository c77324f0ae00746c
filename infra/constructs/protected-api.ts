import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodOptions,
  RestApi,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { httpMethods } from '../../lambdas/shared/route-table';
import { settingsError } from '../problems';
import { validateRoutes } from '../route-table/validate';
import { accessLogFormat } from './access-log';
import { addApiAlarms } from './alarms';
import { addHandlers } from './api-handlers';
import { AuthActionAuthorizer } from './authaction-authorizer';
import { type AuthorizerProps, authorizerDefaults } from './authorizer-props';
import { corsEnvironment, corsOf, headerNameProblems } from './cors';
import { ApiDashboard } from './dashboard';
import type { HandlerOptions, HandlerProps } from './handler-props';
import { functionDefaults } from './logged-function';
import { stackSizeProblems } from './stack-size';

/** Defaults of {@link ProtectedApiProps}. */
export const apiDefaults = {
  stageName: 'prod',
  throttlingRateLimit: 500,
  throttlingBurstLimit: 1_000,
} as const;

export interface ProtectedApiProps extends AuthorizerProps {
  /**
   * What answers each `handler` of the route table, by that name: a function of yours, in any language, or the code of one
   * to be made.
   */
  readonly handlers: Readonly<Record<string, IFunction | HandlerProps>>;
  /**
   * Options of every handler that is made, where it has none of its own.
   * @default each option's own
   */
  readonly handlerDefaults?: HandlerOptions;
  /**
   * Request headers that browsers may send besides `Authorization` and `Content-Type`.
   * @default none
   */
  readonly allowHeaders?: readonly string[];
  /**
   * Name of the API in the console.
   * @default the stack's name
   */
  readonly apiName?: string;
  /**
   * Name of the API's stage, the first segment of its URL.
   * @default 'prod'
   */
  readonly stageName?: string;
  /**
   * Steady rate per route above which API Gateway answers 429, in requests per second.
   * @default 500
   */
  readonly throttlingRateLimit?: number;
  /**
   * Requests per route that may arrive at once before that rate applies.
   * @default 1000
   */
  readonly throttlingBurstLimit?: number;
  /**
   * Whether every request is logged. API Gateway can only write logs in a region where the account has given it a role.
   * @default false
   */
  readonly accessLogs?: boolean;
  /**
   * Whether the stack gives API Gateway that role: a setting of the account in this region, not of this API. It stays
   * when the stack is deleted, since other APIs may have come to rely on it.
   * @default false: the role is set already, or there are no access logs
   */
  readonly cloudWatchRole?: boolean;
}

/**
 * The REST API of a route table: its methods, CORS, throttling, access logs, alarms and a dashboard, and an
 * {@link AuthActionAuthorizer} in front of every route that is not public.
 *
 * Not built in, since they belong to your account: a custom domain, a web ACL, VPC endpoints. infra/examples shows each.
 * No request validation either: that depends on what your handlers take.
 *
 * @throws ProblemsError with every problem of the routes, or of the settings.
 * @example
 * new ProtectedApi(this, 'Api', {
 *   routes, handlers: { orders: { code: Code.fromAsset('dist/orders'), memorySize: 512 }, news: newsFunction },
 *   domain: 'tenant.eu.authaction.com', audience: ['https://api.example.com'],
 * });
 */
export class ProtectedApi extends Construct {
  /** The REST API; add to it what the table does not say, such as a domain. */
  readonly api: RestApi;
  readonly authorizer: AuthActionAuthorizer;
  /** Traffic, refusals by reason, latency and key fetches on one page; only with `monitoring: 'full'`. */
  readonly dashboard: Dashboard | undefined;
  private readonly functions: ReadonlyMap<string, IFunction>;

  constructor(scope: Construct, id: string, props: ProtectedApiProps) {
    super(scope, id);
    const {
      routes,
      handlers,
      allowHeaders = [],
      monitoring = authorizerDefaults.monitoring,
      stageName = apiDefaults.stageName,
      throttlingRateLimit = apiDefaults.throttlingRateLimit,
      throttlingBurstLimit = apiDefaults.throttlingBurstLimit,
    } = props;
    if (!handlers) throw new Error('handlers is missing: give the function behind each handler of the route table.');
    validateRoutes(routes, { handlers: Object.keys(handlers), stage: stageName });
    const { allowOrigins, allowCredentials } = corsOf(props);
    const problems = headerNameProblems('allowHeaders', allowHeaders, allowCredentials);
    if (problems.length > 0) throw settingsError(problems, 'The props cannot be used');

    this.api = new RestApi(this, 'Api', {
      restApiName: props.apiName ?? Aws.STACK_NAME,
      description: 'Protected by AuthAction access tokens',
      endpointTypes: [EndpointType.REGIONAL],
      ...(props.cloudWatchRole
        ? { cloudWatchRole: true, cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }
        : { cloudWatchRole: false }),
      deployOptions: {
        stageName,
        throttlingRateLimit,
        throttlingBurstLimit,
        ...(props.accessLogs ? accessLogOptions(this, props) : {}),
      },
      defaultCorsPreflightOptions: {
        allowOrigins: [...allowOrigins],
        allowMethods: [...httpMethods, 'OPTIONS'],
        allowHeaders: ['Authorization', 'Content-Type', ...allowHeaders],
        allowCredentials,
        maxAge: Duration.hours(1),
      },
    });
    this.authorizer = new AuthActionAuthorizer(this, 'Authorizer', { ...props, api: this.api });

    this.node.addValidation({ validate: () => stackSizeProblems(Stack.of(this), routes) });

    this.functions = addHandlers(this, handlers, {
      ...functionDefaults(props),
      routes,
      options: {
        ...props.handlerDefaults,
        environment: { ...corsEnvironment(props), ...props.handlerDefaults?.environment },
      },
    });
    const used = new Map<string, IFunction>();
    const integrations = new Map<string, LambdaIntegration>();
    for (const { method, path, handler, access } of routes) {
      const fn = this.functions.get(handler) as IFunction; // validateRoutes has checked every name
      used.set(handler, fn);
      // One permission for the whole API: one per route exceeds what a function's resource policy holds (20 kB).
      const integration = integrations.get(handler) ?? new LambdaIntegration(fn, { scopePermissionToMethod: false });
      integrations.set(handler, integration);
      const isPublic = access === 'public';
      const options: MethodOptions = isPublic
        ? { authorizationType: AuthorizationType.NONE }
        : this.authorizer.methodOptions;
      this.api.root.resourceForPath(path).addMethod(method, integration, options);
    }

    const apiAlarms = monitoring === 'none' ? [] : addApiAlarms(this, this.api, used, props);
    if (monitoring === 'full') {
      const { dashboard } = new ApiDashboard(this, 'Dashboard', {
        stage: this.api.deploymentStage,
        authorizer: this.authorizer.handler,
        handlers: used,
        metrics: this.authorizer.metrics,
        alarms: [...this.authorizer.alarms, ...apiAlarms],
      });
      this.dashboard = dashboard;
    }
  }

  /**
   * The function of a handler, to give it rights.
   *
   * @throws Error when no handler has this name.
   * @example
   * table.grantReadData(api.functionOf('orders'));
   */
  functionOf(handler: string): IFunction {
    const fn = this.functions.get(handler);
    if (fn) return fn;
    throw new Error(
      `There is no handler ${JSON.stringify(handler)}: use one of ${[...this.functions.keys()].join(', ')}.`,
    );
  }
}

function accessLogOptions(scope: Construct, props: ProtectedApiProps): StageOptions {
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    ...(props.logEncryptionKey && { encryptionKey: props.logEncryptionKey }),
  });
  return { accessLogDestination: new LogGroupLogDestination(logGroup), accessLogFormat };
}
