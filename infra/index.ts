/** What CDK apps import: `authaction-aws`. */
export { type DecisionLine, type Outcome, outcomes, type Reason, reasons } from '../lambdas/authorizer/decision';
export type { TokenTypes } from '../lambdas/authorizer/token/header';
export type { Access, HttpMethod, Route } from '../lambdas/shared/route-table';
export type { AlarmDefaults, AlarmThresholds } from './constructs/alarms';
export { AuthActionAuthorizer, type AuthActionAuthorizerProps } from './constructs/authaction-authorizer';
export type { AuthorizerMetrics, AuthorizerMetricsProps } from './constructs/authorizer-metrics';
export type { AuthorizerProps } from './constructs/authorizer-props';
export { type CorsProps, corsEnvironment } from './constructs/cors';
export type { GatewayResponses } from './constructs/gateway-responses';
export type { HandlerOptions, HandlerProps } from './constructs/handler-props';
export type { FunctionDefaults } from './constructs/logged-function';
export type { Monitoring } from './constructs/monitoring';
export { OpenApiAuthorizer, type OpenApiAuthorizerProps } from './constructs/openapi-authorizer';
export { ProtectedApi, type ProtectedApiProps } from './constructs/protected-api';
export type { ProtectedResource } from './constructs/protected-resource';
export { ProblemsError, type SettingProblem } from './problems';
