import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * One JSON line per request: who called which route, and how long each part took. No token, no query, no path text: the
 * route is the pattern of the route table. `-` stands for what there was not.
 *
 * Every value is quoted, since API Gateway writes `-` for a number it does not have. Values are put in without escaping;
 * `sub` and `client` are the only ones that come from a token, one whose signature held.
 */
export const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    // Callers can choose the one above, not this one.
    extendedRequestId: AccessLogField.contextExtendedRequestId(),
    ip: AccessLogField.contextIdentitySourceIp(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    error: AccessLogField.contextErrorResponseType(),
    latency: AccessLogField.contextResponseLatency(),
    authorizerStatus: '$context.authorizer.status',
    authorizerLatency: '$context.authorizer.latency',
    integrationStatus: AccessLogField.contextIntegrationStatus(),
    integrationLatency: AccessLogField.contextIntegrationLatency(),
    sub: AccessLogField.contextAuthorizerPrincipalId(),
    client: AccessLogField.contextAuthorizer('client_id'),
  }),
);
