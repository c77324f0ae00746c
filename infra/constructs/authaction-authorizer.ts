import { Duration, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  IdentitySource,
  type MethodOptions,
  RequestAuthorizer,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { settings as authorizerSettings, parseConfig } from '../../lambdas/authorizer/config';
import { type AlarmDefaults, addAuthorizerAlarms } from './alarms';
import { AuthorizerMetrics } from './authorizer-metrics';
import { BundledFunction, type FunctionDefaults } from './bundled-function';
import { coverageProblems } from './coverage';
import { addGatewayResponses } from './gateway-responses';

type Setting = keyof typeof authorizerSettings;
type FurtherSetting = Exclude<Setting, 'AUTHACTION_DOMAIN' | 'AUTHACTION_AUDIENCE'>;

export interface AuthorizerProps extends FunctionDefaults, AlarmDefaults {
  /** Your AuthAction tenant's domain, such as `tenant.example.com`. */
  readonly domain: string;
  /** Identifier of the API at AuthAction, which tokens must name in `aud`; several are separated by commas. */
  readonly audience: string;
  /**
   * Further settings of the authorizer by the names of their environment variables.
   * @default each as lambdas/authorizer/config.ts says
   */
  readonly authorizerSettings?: Readonly<Partial<Record<FurtherSetting, string>>>;
  /**
   * How long API Gateway re-uses a decision for the same token, at most one hour; zero asks the authorizer every time.
   * @default five minutes
   */
  readonly cacheTtl?: Duration;
  /**
   * Memory of the authorizer in megabytes; CPU comes in proportion.
   * @default 512
   */
  readonly authorizerMemorySize?: number;
  /**
   * The one origin browsers may call from.
   * @default '*'
   */
  readonly allowOrigin?: string;
  /**
   * CloudWatch namespace of the authorizer's metrics. Two authorizers in one stack need two.
   * @default 'AuthAction/' and the stack's name
   */
  readonly metricNamespace?: string;
}

export interface AuthActionAuthorizerProps extends AuthorizerProps {
  /** The API whose answers to refusals are shaped and whose methods `methodOptions` protects. */
  readonly api: RestApi;
}

/**
 * AuthAction tokens for an API that exists already: the authorizer's function, the authorizer, the API's answers to
 * refusals, metrics and alarms.
 *
 * The caller attaches it: `resource.addMethod('GET', integration, authorizer.methodOptions)`. The authorizer knows the
 * routes of `lambdas/routes.ts`, so every method it stands in front of must be listed there: synth fails otherwise.
 *
 * @throws ConfigError with every problem of the settings.
 */
export class AuthActionAuthorizer extends Construct {
  /** The authorizer's function, its role and its log group. */
  readonly handler: BundledFunction;
  readonly authorizer: RequestAuthorizer;
  /** Options of a method that needs a token. */
  readonly methodOptions: MethodOptions;
  readonly metrics: AuthorizerMetrics;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AuthActionAuthorizerProps) {
    super(scope, id);
    this.handler = new BundledFunction(this, 'Handler', {
      defaults: props,
      folder: 'authorizer',
      description: 'Decides on access tokens for API Gateway',
      environment: environmentOf(props),
      memorySize: props.authorizerMemorySize ?? 512,
      timeout: Duration.seconds(8),
    });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.handler.function,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: props.cacheTtl ?? Duration.minutes(5),
    });
    this.methodOptions = { authorizationType: AuthorizationType.CUSTOM, authorizer: this.authorizer };
    addGatewayResponses(props.api, props.allowOrigin ?? '*');
    this.node.addValidation({ validate: () => coverageProblems(props.api, this.authorizer) });

    this.metrics = new AuthorizerMetrics(this, 'Metrics', {
      logGroup: this.handler.logGroup,
      namespace: props.metricNamespace ?? `AuthAction/${Stack.of(this).stackName}`,
    });
    this.alarms = addAuthorizerAlarms(this, this.metrics, this.handler.function, props);
  }
}

/** Every setting is in the template, also an empty one: `sam local invoke` can only set what is declared. */
function environmentOf({ domain, audience, authorizerSettings: further = {} }: AuthorizerProps) {
  const given: Partial<Record<Setting, string>> = {
    ...further,
    AUTHACTION_DOMAIN: domain,
    AUTHACTION_AUDIENCE: audience,
  };
  parseConfig(given);
  return Object.fromEntries(
    Object.entries(authorizerSettings).map(([name, fallback]) => [name, given[name as Setting] || fallback || '']),
  );
}
