import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AuthorizationType,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  type MethodOptions,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../lambdas/routes';
import { BundledFunction } from './bundled-function';
import { lambdaFolders } from './bundling';
import { addGatewayResponses } from './gateway-responses';
import type { Settings } from './settings';

export interface ProtectedApiProps {
  readonly routes: readonly Route[];
  readonly settings: Settings;
}

/** The API of the route table, with the authorizer in front of every route that is not public. */
export class ProtectedApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, { routes, settings }: ProtectedApiProps) {
    super(scope, id);
    const common = {
      architecture: settings.architecture,
      sourceMaps: settings.sourceMaps,
      logRetention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    };

    const authorizerFunction = new BundledFunction(this, 'AuthorizerFunction', {
      ...common,
      folder: 'authorizer',
      description: 'Decides on access tokens for API Gateway',
      environment: settings.authorizerEnvironment,
      memorySize: 512,
      timeout: Duration.seconds(8),
    });
    fixLogicalId(authorizerFunction, 'AuthorizerFunction');

    this.api = new RestApi(this, 'Api', {
      restApiName: `authaction-api-${settings.stage}`,
      description: 'Protected by AuthAction access tokens',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: { stageName: settings.stage },
      defaultCorsPreflightOptions: {
        allowOrigins: [settings.corsAllowOrigin],
        allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        allowHeaders: ['Authorization', 'Content-Type'],
        maxAge: Duration.hours(1),
      },
    });
    addGatewayResponses(this.api, settings.corsAllowOrigin);

    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: authorizerFunction,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.seconds(settings.cacheTtlSeconds),
    });
    const guarded: MethodOptions = { authorizationType: AuthorizationType.CUSTOM, authorizer };
    const open: MethodOptions = { authorizationType: AuthorizationType.NONE };

    for (const handler of new Set(routes.map((route) => route.handler))) {
      if (!lambdaFolders().includes(handler)) {
        throw new Error(
          `The route table names the handler "${handler}", but lambdas/${handler}/handler.ts does not exist`,
        );
      }
      const name = `${pascalCase(handler)}Function`;
      const handlerFunction = new BundledFunction(this, name, {
        ...common,
        folder: handler,
        description: `Answers ${routes.flatMap((r) => (r.handler === handler ? [`${r.method} ${r.path}`] : [])).join(', ')}`,
        environment: { CORS_ALLOW_ORIGIN: settings.corsAllowOrigin },
        memorySize: 256,
        timeout: Duration.seconds(10),
      });
      fixLogicalId(handlerFunction, name);
      const integration = new LambdaIntegration(handlerFunction, { allowTestInvoke: false });
      for (const { method, path, access } of routes.filter((route) => route.handler === handler)) {
        this.api.root.resourceForPath(path).addMethod(method, integration, access === 'public' ? open : guarded);
      }
    }
  }
}

/** Readable ids keep the `sam local invoke` commands short, and stay the same when constructs move. */
function fixLogicalId(construct: BundledFunction, id: string): void {
  (construct.node.defaultChild as CfnFunction).overrideLogicalId(id);
}

const pascalCase = (name: string): string =>
  name.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
