import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { TokenTypes } from '../../lambdas/authorizer/token/header';
import type { Route } from '../../lambdas/shared/route-table';
import type { AlarmDefaults } from './alarms';
import type { CorsProps } from './cors';
import type { GatewayResponses } from './gateway-responses';
import type { FunctionDefaults } from './logged-function';
import type { Monitoring } from './monitoring';
import type { ProtectedResource } from './protected-resource';

/** Defaults of {@link AuthorizerProps} that are decided here; the others are the authorizer's own. */
export const authorizerDefaults = {
  cacheTtl: Duration.minutes(5),
  authorizerMemorySize: 512,
  gatewayResponses: 'all',
  monitoring: 'essential',
  allowLogRate: 0.05,
} as const;

export interface AuthorizerProps extends FunctionDefaults, AlarmDefaults, CorsProps {
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
   * Claims of the verified token that handlers get, by their names in it: strings, numbers, booleans and lists of strings,
   * at most 2,048 characters in all as base64 of their JSON. A token with more is refused. `withCaller` reads them.
   * @default none
   * @example ['org_id', 'https://example.com/roles']
   */
  readonly contextClaims?: readonly string[];
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
   * Share of Allow decisions that are logged, 0 to 1. Refusals always are. Metrics stay true: a line counts for those it
   * stands for.
   * @default 0.05
   */
  readonly allowLogRate?: number;
  /**
   * How much of the authorizer is watched: `full`, `essential` (every alarm, without the dashboard and the metrics that
   * are for looking at only) or `none`.
   * @default 'essential'
   */
  readonly monitoring?: Monitoring;
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
   * Containers of the authorizer that Lambda keeps for it and never exceeds. Above it callers get 503.
   * @default none: the account's unreserved concurrency
   */
  readonly authorizerReservedConcurrency?: number;
  /**
   * VPC of the authorizer. It needs a way from there to the provider's key set, such as a NAT gateway, or {@link jwks}.
   * @default none: outside any VPC
   */
  readonly authorizerVpc?: IVpc | Vpc; // a Vpc is no IVpc to TypeScript with exactOptionalPropertyTypes
  /**
   * Subnets of that VPC.
   * @default the private subnets
   */
  readonly authorizerVpcSubnets?: SubnetSelection;
  /**
   * Security groups of the authorizer in that VPC. They must allow HTTPS out.
   * @default a new one that allows all traffic out
   */
  readonly authorizerSecurityGroups?: readonly ISecurityGroup[];
  /**
   * Which of API Gateway's own answers get this project's shape: `all`, only `refusals`, so that the API keeps its own
   * `DEFAULT_4XX`, `DEFAULT_5XX` and `MISSING_AUTHENTICATION_TOKEN`, or `none`.
   * @default 'all'
   */
  readonly gatewayResponses?: GatewayResponses;
  /**
   * Publishes the API's metadata for clients that know nothing but its URL (RFC 9728), and names them in refusals.
   * @default none
   */
  readonly protectedResource?: ProtectedResource;
  /**
   * CloudWatch namespace of the authorizer's metrics.
   * @default 'AuthAction/', the stack's name and the construct's path in it
   */
  readonly metricNamespace?: string;
}
