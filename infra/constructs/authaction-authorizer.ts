import { Duration, Stack, Token } from 'aws-cdk-lib';
import {
  AuthorizationType,
  IdentitySource,
  type MethodOptions,
  RequestAuthorizer,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { parseConfig } from '../../lambdas/authorizer/config';
import { ROUTES_FILE } from '../../lambdas/authorizer/deployed-routes';
import type { TokenTypes } from '../../lambdas/authorizer/token/header';
import type { Route } from '../../lambdas/shared/route-table';
import { authorizerBundle } from '../authorizer-bundle';
import { type AlarmDefaults, addAuthorizerAlarms } from './alarms';
import { authorizerEnvironment } from './authorizer-environment';
import { AuthorizerMetrics } from './authorizer-metrics';
import { coverageProblems } from './coverage';
import { addGatewayResponses } from './gateway-responses';
import { type FunctionDefaults, functionDefaults, LoggedFunction } from './logged-function';

/** Defaults of {@link AuthorizerProps} that are decided here; the others are the authorizer's own. */
export const authorizerDefaults = {
  cacheTtl: Duration.minutes(5),
  authorizerMemorySize: 512,
  allowOrigin: '*',
} as const;

export interface AuthorizerProps extends FunctionDefaults, AlarmDefaults {
  /** The route table: every method behind the authorizer, and what a token needs to call it. */
  readonly routes: readonly Route[];
  /** Your AuthAction tenant's domain, such as `tenant.example.com`. Must be known at synth. */
  readonly domain: string;
  /** Identifiers of the API at AuthAction; a token must name one of them in `aud`. Must be known at synth. */
  readonly audience: readonly string[];
  /**
   * Key set (JSON, RFC 7517 5) to start from, so that nothing has to be fetched.
   * @default none: the keys are fetched from the domain
   */
  readonly jwks?: string;
  /**
   * Claim that holds the token's scopes: a string, or under another name than `scope` also a list, such as `permissions`.
   * @default 'scope'
   */
  readonly scopeClaim?: string;
  /**
   * Which `typ` a token may have: `any`, or `at+jwt` to require the type of RFC 9068.
   * @default 'any'
   */
  readonly tokenType?: TokenTypes;
  /**
   * Subjects or client ids that may call at all.
   * @default every client
   */
  readonly allowedClients?: readonly string[];
  /**
   * How long keys stay in use while the provider cannot be reached, from five minutes to seven days.
   * @default Duration.hours(6)
   */
  readonly keysMaxAge?: Duration;
  /**
   * Total time for a fetch of the keys, from one second to ten. The function's own time-out is five seconds more.
   * @default Duration.seconds(3)
   */
  readonly keysTimeout?: Duration;
  /**
   * Tokens to refuse although they are good: `sub:…`, `client:…`, `kid:…` or `jti:…`, each perhaps followed by `<` and a time,
   * for the tokens issued before it. An emergency brake with room for some dozens of entries, not a session store.
   * @default none
   */
  readonly revoked?: readonly string[];
  /**
   * Share of Allow decisions that are logged, 0 to 1. Refusals always are.
   * @default 1
   */
  readonly allowLogRate?: number;
  /**
   * How long API Gateway re-uses a decision for the same token, at most one hour; zero asks the authorizer every time.
   * @default Duration.minutes(5)
   */
  readonly cacheTtl?: Duration;
  /**
   * Memory of the authorizer in megabytes; CPU comes in proportion.
   * @default 512
   */
  readonly authorizerMemorySize?: number;
  /**
   * Whether source maps go into the authorizer's zip, so that stack traces name TypeScript lines.
   * @default false
   */
  readonly sourceMaps?: boolean;
  /**
   * The one origin browsers may call from.
   * @default '*'
   */
  readonly allowOrigin?: string;
  /**
   * CloudWatch namespace of the authorizer's metrics.
   * @default 'AuthAction/', the stack's name and the construct's path in it
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
 * The caller attaches it to each method. Every method behind it must be in the table: synth fails otherwise.
 *
 * @throws ProblemsError with every problem of the settings.
 * @example
 * const auth = new AuthActionAuthorizer(this, 'Auth', {
 *   api, routes, domain: 'tenant.eu.authaction.com', audience: ['https://api.example.com'],
 * });
 * orders.addMethod('GET', integration, auth.methodOptions);
 */
export class AuthActionAuthorizer extends Construct {
  /** The authorizer's function, its role and its log group. */
  readonly handler: LoggedFunction;
  readonly authorizer: RequestAuthorizer;
  /** Options of a method that needs a token. */
  readonly methodOptions: MethodOptions;
  readonly metrics: AuthorizerMetrics;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AuthActionAuthorizerProps) {
    super(scope, id);
    requireKnown('domain', props.domain);
    requireKnown('audience', props.audience);
    const environment = authorizerEnvironment(props);
    parseConfig(environment);
    this.handler = new LoggedFunction(this, 'Handler', {
      ...functionDefaults(props),
      code: [...authorizerBundle(props.sourceMaps), { name: ROUTES_FILE, contents: JSON.stringify(props.routes) }],
      name: 'the authorizer',
      description: 'Decides on access tokens for API Gateway',
      environment,
      memorySize: props.authorizerMemorySize ?? authorizerDefaults.authorizerMemorySize,
      timeout: Duration.seconds(Number(environment.AUTHACTION_KEYS_TIMEOUT_SECONDS) + 5),
    });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.handler.function,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: props.cacheTtl ?? authorizerDefaults.cacheTtl,
    });
    this.methodOptions = { authorizationType: AuthorizationType.CUSTOM, authorizer: this.authorizer };
    addGatewayResponses(props.api, props.allowOrigin ?? authorizerDefaults.allowOrigin);
    this.node.addValidation({ validate: () => coverageProblems(props.api, this.authorizer, props.routes) });

    this.metrics = new AuthorizerMetrics(this, 'Metrics', {
      logGroup: this.handler.logGroup,
      namespace: props.metricNamespace ?? defaultNamespace(this),
    });
    this.alarms = addAuthorizerAlarms(this, this.metrics, this.handler.function, props);
  }
}

/** Two authorizers in one stack have two namespaces. */
function defaultNamespace(scope: Construct): string {
  const stack = Stack.of(scope);
  const path = scope.node.path.slice(stack.node.path.length).replace(/[^A-Za-z0-9._/-]/g, '-');
  return `AuthAction/${stack.stackName}${path}`;
}

/** @throws Error when the value is known at deployment only: it is checked and written into the settings at synth. */
function requireKnown(name: string, value: string | readonly string[]): void {
  if (![value].flat().some((item) => Token.isUnresolved(item)) && !Token.isUnresolved(value)) return;
  throw new Error(
    `${name} is only known when the stack is deployed, but is checked at synth: give it as a plain string, ` +
      'for example from the environment or from the CDK context.',
  );
}
