import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodOptions,
  RestApi,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { routes } from '../../lambdas/routes';
import { lambdaFolders } from '../bundling';
import { validateRoutes } from '../route-table/validate';
import { accessLogFormat } from './access-log';
import { acknowledge } from './acknowledgements';
import { addApiAlarms } from './alarms';
import { AuthActionAuthorizer, type AuthorizerProps } from './authaction-authorizer';
import { BundledFunction } from './bundled-function';
import { ApiDashboard } from './dashboard';

export interface ProtectedApiProps extends AuthorizerProps {
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
   * @default false: somebody has, or there are no access logs
   */
  readonly cloudWatchRole?: boolean;
}

/**
 * The REST API of the route table, lambdas/routes.ts, which the bundles carry: its handlers, CORS, throttling, access
 * logs, a dashboard and alarms, and an {@link AuthActionAuthorizer} in front of every route that is not public.
 *
 * Not built in, since they belong to your account: a custom domain, a web ACL, VPC endpoints. infra/examples shows each.
 * No request validation either: the table's routes take no body.
 *
 * @throws RouteTableError with every problem of the routes, ConfigError with every problem of the settings.
 */
export class ProtectedApi extends Construct {
  readonly api: RestApi;
  readonly authorizer: AuthActionAuthorizer;
  /** Functions behind the routes, by their folder under `lambdas/`. */
  readonly handlers: ReadonlyMap<string, BundledFunction>;

  constructor(scope: Construct, id: string, props: ProtectedApiProps) {
    super(scope, id);
    const { allowOrigin = '*', stageName = 'prod' } = props;
    validateRoutes(routes, { handlers: lambdaFolders(), stage: stageName });

    this.api = new RestApi(this, 'Api', {
      restApiName: props.apiName ?? Aws.STACK_NAME,
      description: 'Protected by AuthAction access tokens',
      endpointTypes: [EndpointType.REGIONAL],
      ...(props.cloudWatchRole
        ? { cloudWatchRole: true, cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }
        : { cloudWatchRole: false }),
      deployOptions: {
        stageName,
        throttlingRateLimit: props.throttlingRateLimit ?? 500,
        throttlingBurstLimit: props.throttlingBurstLimit ?? 1_000,
        ...(props.accessLogs ? accessLogOptions(this, props) : {}),
      },
      defaultCorsPreflightOptions: {
        allowOrigins: [allowOrigin],
        allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        allowHeaders: ['Authorization', 'Content-Type'],
        maxAge: Duration.hours(1),
      },
    });
    acknowledge(
      this.api,
      'AwsSolutions::AwsSolutions-APIG2',
      'AwsSolutions::AwsSolutions-APIG3',
      'AwsSolutions::AwsSolutions-APIG6',
      'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'Serverless::Serverless-APIGWXrayEnabled',
    );
    if (!props.accessLogs) {
      acknowledge(this.api, 'AwsSolutions::AwsSolutions-APIG1', 'Serverless::Serverless-APIGWAccessLogging');
    }

    this.authorizer = new AuthActionAuthorizer(this, 'Authorizer', { ...props, api: this.api });

    const open: MethodOptions = { authorizationType: AuthorizationType.NONE };
    this.handlers = new Map(
      [...new Set(routes.map((route) => route.handler))].map((folder) => {
        const served = routes.filter((route) => route.handler === folder);
        const handler = new BundledFunction(this, `Handler-${folder}`, {
          defaults: props,
          folder,
          description: `Answers ${served.map(({ method, path }) => `${method} ${path}`).join(', ')}`.slice(0, 256),
          environment: { CORS_ALLOW_ORIGIN: allowOrigin },
          memorySize: 256,
          timeout: Duration.seconds(10),
        });
        const integration = new LambdaIntegration(handler.function, { allowTestInvoke: false });
        for (const { method, path, access } of served) {
          const isPublic = access === 'public';
          const options = isPublic ? open : this.authorizer.methodOptions;
          const added = this.api.root.resourceForPath(path).addMethod(method, integration, options);
          acknowledge(added, 'AwsSolutions::AwsSolutions-COG4');
          if (isPublic) acknowledge(added, 'AwsSolutions::AwsSolutions-APIG4');
        }
        return [folder, handler] as const;
      }),
    );

    const functions = new Map([...this.handlers].map(([folder, handler]) => [folder, handler.function] as const));
    new ApiDashboard(this, 'Dashboard', {
      stage: this.api.deploymentStage,
      authorizer: this.authorizer.handler.function,
      handlers: functions,
      metrics: this.authorizer.metrics,
      alarms: [...this.authorizer.alarms, ...addApiAlarms(this, this.api, functions, props)],
    });
  }
}

function accessLogOptions(scope: Construct, props: ProtectedApiProps): StageOptions {
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
  });
  return { accessLogDestination: new LogGroupLogDestination(logGroup), accessLogFormat };
}
