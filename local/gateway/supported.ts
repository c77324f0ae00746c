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

interface Properties {
  /** Read, and acted on. */
  readonly imitated: readonly string[];
  /** Without effect on how a request is answered. */
  readonly ignored: readonly string[];
}

const PROPERTIES: Readonly<Record<string, Properties>> = {
  'AWS::ApiGateway::RestApi': {
    imitated: [],
    ignored: ['Description', 'DisableExecuteApiEndpoint', 'EndpointConfiguration', 'Name', 'SecurityPolicy', 'Tags'],
  },
  'AWS::ApiGateway::Resource': { imitated: ['ParentId', 'PathPart'], ignored: ['RestApiId'] },
  'AWS::ApiGateway::Method': {
    imitated: ['ApiKeyRequired', 'AuthorizationType', 'AuthorizerId', 'HttpMethod', 'Integration', 'ResourceId'],
    ignored: ['MethodResponses', 'OperationName', 'RestApiId'],
  },
  'AWS::ApiGateway::Authorizer': {
    imitated: ['AuthorizerResultTtlInSeconds', 'AuthorizerUri', 'IdentitySource', 'Type'],
    ignored: ['Name', 'RestApiId'],
  },
  'AWS::ApiGateway::GatewayResponse': {
    imitated: ['ResponseParameters', 'ResponseTemplates', 'ResponseType', 'StatusCode'],
    ignored: ['RestApiId'],
  },
  'AWS::ApiGateway::Stage': {
    imitated: ['MethodSettings', 'StageName', 'Variables'],
    ignored: ['AccessLogSetting', 'DeploymentId', 'Description', 'RestApiId', 'Tags', 'TracingEnabled'],
  },
  'AWS::Lambda::Function': {
    imitated: ['Environment', 'Handler', 'LoggingConfig', 'MemorySize', 'Runtime', 'Timeout'],
    ignored: [
      'Architectures',
      'Code',
      'Description',
      'FunctionName',
      'ReservedConcurrentExecutions',
      'Role',
      'RuntimeManagementConfig',
      'Tags',
      'TracingConfig',
    ],
  },
};

/** The properties of a resource that decide how a request is answered. */
export function imitatedProperties<T>(type: string, properties: Readonly<Record<string, T>>): Record<string, T> {
  const imitated = PROPERTIES[type]?.imitated ?? [];
  return Object.fromEntries(Object.entries(properties).filter(([name]) => imitated.includes(name)));
}

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
    .filter((name) => !known.imitated.includes(name) && !known.ignored.includes(name))
    .map((name) => `${type} ${name}`);
}
