import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Rules of cdk-nag's packs that do not fit here, each with its reason. They are acknowledged where they apply and nowhere
 * else: a method that loses its authorizer is still found.
 */
const reasons = {
  'AwsSolutions::AwsSolutions-APIG1':
    'Access logs need a role that is set once per account and region, so they are a choice: accessLogs (setting ACCESS_LOGS).',
  'AwsSolutions::AwsSolutions-APIG2':
    'No route takes a body, and what is in the path and the query is checked by the handler that uses it.',
  'AwsSolutions::AwsSolutions-APIG3':
    'A web ACL belongs to the account, which may share one between APIs; infra/examples shows how it is attached.',
  'AwsSolutions::AwsSolutions-APIG4': 'This route is public in the route table.',
  'AwsSolutions::AwsSolutions-APIG6':
    "Execution logs would repeat the access log and the authorizer's decision line, at several lines per request.",
  'AwsSolutions::AwsSolutions-COG4': 'The user pool is AuthAction: its tokens are checked by the Lambda authorizer.',
  'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
    "API Gateway's role for logs serves every API of the account in this region; AWS's own policy is the one it documents for that.",
  'Serverless::Serverless-APIGWAccessLogging':
    'Access logs need a role that is set once per account and region, so they are a choice: accessLogs (setting ACCESS_LOGS).',
  'Serverless::Serverless-APIGWXrayEnabled':
    'Traces cost per request and need rights on every resource; the access log has the latency of each part already.',
  'Serverless::Serverless-LambdaDLQ': 'API Gateway calls the function synchronously: there is no event to be lost.',
  'Serverless::Serverless-LambdaTracing':
    'Traces need rights on every resource (xray:PutTraceSegments has no narrower one); whoever wants them sets them on `function`.',
} as const;

/** Acknowledges rules on a construct and what is below it. */
export function acknowledge(construct: IConstruct, ...ids: (keyof typeof reasons)[]): void {
  Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason: reasons[id] })));
}
