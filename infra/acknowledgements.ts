import { Validations } from 'aws-cdk-lib';
import { AuthorizationType, CfnMethod } from 'aws-cdk-lib/aws-apigateway';
import type { IConstruct } from 'constructs';
import type { ProtectedApi } from './constructs/protected-api';

/**
 * Rules of cdk-nag's packs that do not fit this app, each with its reason. They are acknowledged where they apply and
 * nowhere else: a method that loses its authorizer is still found.
 */
const reasons = {
  'AwsSolutions::AwsSolutions-APIG1':
    'Access logs need a role that is set once per account and region, so they are a choice: accessLogs (setting ACCESS_LOGS).',
  'AwsSolutions::AwsSolutions-APIG2':
    'No route takes a body, and what is in the path and the query is checked by the handler that uses it.',
  'AwsSolutions::AwsSolutions-APIG3':
    'A web ACL belongs to the account, which may share one between APIs; infra/examples shows how it is attached.',
  'AwsSolutions::AwsSolutions-APIG4':
    'This method is public: a public route of the table, or metadata that clients read before they have a token.',
  'AwsSolutions::AwsSolutions-APIG6':
    "Execution logs would repeat the access log and the authorizer's decision line, at several lines per request.",
  'AwsSolutions::AwsSolutions-COG4': 'The user pool is AuthAction: its tokens are checked by the Lambda authorizer.',
  'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
    "API Gateway's role for logs serves every API of the account in this region; AWS's own policy is the one it documents for that.",
  'Serverless::Serverless-APIGWAccessLogging':
    'Access logs need a role that is set once per account and region, so they are a choice: accessLogs (setting ACCESS_LOGS).',
  'Serverless::Serverless-APIGWXrayEnabled':
    'Traces cost per request and need rights on every resource; the access log has the latency of each part already.',
  'Serverless::Serverless-LambdaDLQ': 'API Gateway calls the function synchronously: no event can be lost.',
  'Serverless::Serverless-LambdaTracing':
    'Traces need rights on every resource (xray:PutTraceSegments has no narrower one); set them on `function` where you want them.',
} as const;

type Rule = keyof typeof reasons;

/**
 * Acknowledges the findings of cdk-nag on this app's constructs, each where it applies.
 *
 * @param handlers the functions behind the routes.
 */
export function acknowledgeFindings(
  { api, authorizer }: ProtectedApi,
  handlers: Readonly<Record<string, IConstruct>>,
  hasAccessLogs: boolean,
): void {
  acknowledge(api, ...ofApi, ...(hasAccessLogs ? [] : ofApiWithoutAccessLogs));
  for (const fn of [authorizer.handler, ...Object.values(handlers)]) acknowledge(fn, ...ofFunction);
  for (const method of api.methods.filter(({ httpMethod }) => httpMethod !== 'OPTIONS')) {
    const { authorizationType } = method.node.defaultChild as CfnMethod;
    acknowledge(method, 'AwsSolutions::AwsSolutions-COG4');
    if (authorizationType === AuthorizationType.NONE) acknowledge(method, 'AwsSolutions::AwsSolutions-APIG4');
  }
  for (const method of authorizer.node.children.filter((node) => node instanceof CfnMethod)) {
    acknowledge(method, 'AwsSolutions::AwsSolutions-COG4', 'AwsSolutions::AwsSolutions-APIG4');
  }
}

const ofApi = [
  'AwsSolutions::AwsSolutions-APIG2',
  'AwsSolutions::AwsSolutions-APIG3',
  'AwsSolutions::AwsSolutions-APIG6',
  'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
  'Serverless::Serverless-APIGWXrayEnabled',
] as const satisfies readonly Rule[];
const ofApiWithoutAccessLogs = [
  'AwsSolutions::AwsSolutions-APIG1',
  'Serverless::Serverless-APIGWAccessLogging',
] as const satisfies readonly Rule[];
const ofFunction = [
  'Serverless::Serverless-LambdaDLQ',
  'Serverless::Serverless-LambdaTracing',
] as const satisfies readonly Rule[];

function acknowledge(construct: IConstruct, ...rules: readonly Rule[]): void {
  Validations.of(construct).acknowledge(...rules.map((id) => ({ id, reason: reasons[id] })));
}
