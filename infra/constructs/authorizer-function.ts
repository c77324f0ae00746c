import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { type Function as LambdaFunction, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../../lambdas/authorizer/config';
import { ROUTES_FILE } from '../../lambdas/authorizer/deployed-routes';
import type { Route } from '../../lambdas/shared/route-table';
import { authorizerBundle } from '../authorizer-bundle';
import { tableError } from '../route-table/validate';
import { addAuthorizerAlarms } from './alarms';
import { authorizerEnvironment, parseEnvironment } from './authorizer-environment';
import { AuthorizerMetrics } from './authorizer-metrics';
import { type AuthorizerProps, authorizerDefaults } from './authorizer-props';
import { type FunctionNetwork, functionDefaults, LoggedFunction } from './logged-function';

/** The authorizer's function and what watches it. */
export interface AuthorizerFunction {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly metrics: AuthorizerMetrics;
  readonly alarms: readonly Alarm[];
  /** The issuers whose tokens it accepts. */
  readonly issuers: Config['issuers'];
}

/**
 * Adds the authorizer's function with its table, metrics and alarms to a construct.
 *
 * @throws ProblemsError with every problem of the settings, each under the name of its prop.
 */
export function addAuthorizerFunction(
  scope: Construct,
  props: Omit<AuthorizerProps, 'routes'>,
  routes: readonly Route[],
): AuthorizerFunction {
  if (!Array.isArray(routes)) throw tableError([{ kind: 'empty', routes: [] }]); // without the types' help
  requireKnown('domain', props.domain);
  requireKnown('audience', props.audience);
  const { monitoring = authorizerDefaults.monitoring, allowLogRate = authorizerDefaults.allowLogRate } = props;
  const environment = authorizerEnvironment({ ...props, allowLogRate });
  const { issuers } = parseEnvironment(environment);
  const { function: handler, logGroup } = new LoggedFunction(scope, 'Handler', {
    ...functionDefaults(props),
    code: [...authorizerBundle(), { name: ROUTES_FILE, contents: JSON.stringify(routes) }],
    name: 'the authorizer',
    description: 'Decides on access tokens for API Gateway',
    environment,
    memorySize: props.authorizerMemorySize ?? authorizerDefaults.authorizerMemorySize,
    timeout: Duration.seconds(Number(environment.AUTHACTION_KEYS_TIMEOUT_SECONDS) + 5),
    // Lambda's own lines cost more than the decision's; only the metric of cold starts reads them.
    systemLogLevel: monitoring === 'full' ? SystemLogLevel.INFO : SystemLogLevel.WARN,
    ...networkOf(props),
    ...(props.authorizerReservedConcurrency === undefined
      ? {}
      : { reservedConcurrency: props.authorizerReservedConcurrency }),
  });
  const namespace = props.metricNamespace ?? defaultNamespace(scope);
  const metrics = new AuthorizerMetrics(scope, 'Metrics', { logGroup, namespace, monitoring });
  const alarms = monitoring === 'none' ? [] : addAuthorizerAlarms(scope, metrics, handler, props);
  return { handler, logGroup, metrics, alarms, issuers };
}

function networkOf(props: Omit<AuthorizerProps, 'routes'>): { readonly network?: FunctionNetwork } {
  const { authorizerVpc: vpc, authorizerVpcSubnets: vpcSubnets, authorizerSecurityGroups: groups } = props;
  if (vpc === undefined) {
    if (vpcSubnets === undefined && groups === undefined) return {};
    throw new Error('authorizerVpcSubnets and authorizerSecurityGroups need authorizerVpc.');
  }
  return {
    network: { vpc: vpc as IVpc, ...(vpcSubnets && { vpcSubnets }), ...(groups && { securityGroups: [...groups] }) },
  };
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
