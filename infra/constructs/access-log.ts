import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * One JSON line per request: who called which route, and how long each part took. No token, no query, no path text: the
 * route is the pattern of the route table. `-` stands for what there was not.
 *
 * Every value is quoted, since API Gateway writes `-` for a number it does not have. Values are put in without escaping.
 * `client` and `sub` are the only ones that come from a token, one whose signature held; they stand first, so that a
 * quotation mark in them cannot exchange another field: of two with one name, readers take the last.
 */
export const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    client: AccessLogField.contextAuthorizer('client_id'),
    sub: AccessLogField.contextAuthorizerPrincipalId(),
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
  }),
);
