/**
 * What of a template the local gateway imitates, written down so that everything else stops it: an API that behaves
 * differently on AWS must not look fine here.
 */

/** Resource types without effect on how a request is answered. IAM and throttling are not imitated. */
const HARMLESS = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
]);

/** Properties that are imitated, or that have no effect on how a request is answered. */
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': [
    'Description',
    'DisableExecuteApiEndpoint',
    'EndpointConfiguration',
    'Name',
    'SecurityPolicy',
    'Tags',
  ],
  'AWS::ApiGateway::Resource': ['ParentId', 'PathPart', 'RestApiId'],
  'AWS::ApiGateway::Method': [
    'ApiKeyRequired',
    'AuthorizationType',
    'AuthorizerId',
    'HttpMethod',
    'Integration',
    'MethodResponses',
    'OperationName',
    'ResourceId',
    'RestApiId',
  ],
  'AWS::ApiGateway::Authorizer': [
    'AuthorizerResultTtlInSeconds',
    'AuthorizerUri',
    'IdentitySource',
    'Name',
    'RestApiId',
    'Type',
  ],
  'AWS::ApiGateway::GatewayResponse': [
    'ResponseParameters',
    'ResponseTemplates',
    'ResponseType',
    'RestApiId',
    'StatusCode',
  ],
  'AWS::ApiGateway::Stage': [
    'AccessLogSetting',
    'DeploymentId',
    'Description',
    'MethodSettings',
    'RestApiId',
    'StageName',
    'Tags',
    'TracingEnabled',
    'Variables',
  ],
  'AWS::Lambda::Function': [
    'Architectures',
    'Code',
    'Description',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'ReservedConcurrentExecutions',
    'Role',
    'Runtime',
    'RuntimeManagementConfig',
    'Tags',
    'Timeout',
    'TracingConfig',
  ],
};

/** Properties of an integration, by its type. */
export const INTEGRATION_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  AWS_PROXY: ['IntegrationHttpMethod', 'TimeoutInMillis', 'Type', 'Uri'],
  MOCK: ['IntegrationResponses', 'PassthroughBehavior', 'RequestTemplates', 'Type'],
};

/** Settings of a stage's methods: throttling, metrics and logging change no answer, response caching would. */
export const METHOD_SETTINGS: readonly string[] = [
  'DataTraceEnabled',
  'HttpMethod',
  'LoggingLevel',
  'MetricsEnabled',
  'ResourcePath',
  'ThrottlingBurstLimit',
  'ThrottlingRateLimit',
];

/** What of a resource is not imitated: the type itself, or some of its properties. */
export function unsupportedParts(type: string, properties: object): readonly string[] {
  if (HARMLESS.has(type)) return [];
  const known = PROPERTIES[type];
  if (!known) return [type];
  return Object.keys(properties)
    .filter((name) => !known.includes(name))
    .map((name) => `${type} ${name}`);
}
