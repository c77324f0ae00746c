/**
 * What of a template the local gateway imitates, written down so that everything else that shapes this API's answers
 * stops it: an API that behaves differently on AWS must not look fine here.
 *
 * Resources of other services, such as tables, buckets and schedules, shape no answer of the API.
 */

interface Resource {
  /** Read, and acted on. */
  readonly imitated: readonly string[];
  /** Without effect on how a request is answered, or {@link notChecked}. `undefined`: every other property is. */
  readonly ignored: readonly string[] | undefined;
}

/** The parts of an API. A property in neither list stops the local gateway. */
const RESOURCES: Readonly<Record<string, Resource>> = {
  'AWS::ApiGateway::RestApi': {
    imitated: ['BinaryMediaTypes'],
    ignored: [
      'ApiKeySourceType',
      'Description',
      'DisableExecuteApiEndpoint',
      'EndpointAccessMode',
      'EndpointConfiguration',
      'FailOnWarnings',
      'MinimumCompressionSize',
      'Name',
      'SecurityPolicy',
      'Tags',
    ],
  },
  'AWS::ApiGateway::Resource': { imitated: ['ParentId', 'PathPart'], ignored: ['RestApiId'] },
  'AWS::ApiGateway::Method': {
    imitated: ['ApiKeyRequired', 'AuthorizationType', 'AuthorizerId', 'HttpMethod', 'Integration', 'ResourceId'],
    ignored: [
      'AuthorizationScopes',
      'MethodResponses',
      'OperationName',
      'RequestModels',
      'RequestParameters',
      'RequestValidatorId',
      'RestApiId',
    ],
  },
  'AWS::ApiGateway::Authorizer': {
    imitated: ['AuthorizerResultTtlInSeconds', 'AuthorizerUri', 'IdentitySource', 'Type'],
    ignored: ['AuthType', 'AuthorizerCredentials', 'IdentityValidationExpression', 'Name', 'ProviderARNs', 'RestApiId'],
  },
  'AWS::ApiGateway::GatewayResponse': {
    imitated: ['ResponseParameters', 'ResponseTemplates', 'ResponseType', 'StatusCode'],
    ignored: ['RestApiId'],
  },
  'AWS::ApiGateway::Stage': {
    imitated: ['MethodSettings', 'StageName', 'Variables'],
    ignored: [
      'AccessLogSetting',
      'CacheClusterEnabled',
      'CacheClusterSize',
      'ClientCertificateId',
      'DeploymentId',
      'Description',
      'DocumentationVersion',
      'RestApiId',
      'Tags',
      'TracingEnabled',
    ],
  },
  'AWS::Lambda::Function': {
    imitated: ['Environment', 'Handler', 'LoggingConfig', 'MemorySize', 'Runtime', 'Timeout'],
    ignored: undefined,
  },
};

/** Properties of a function that bring code the local gateway does not have. */
const FOREIGN_CODE = ['ImageConfig', 'Layers'];

/** What AWS does and the local gateway does not, by what makes AWS do it. Named to people, in this order. */
const NOT_CHECKED: readonly (readonly [what: string, types: RegExp, property?: string])[] = [
  ['usage plans', /^AWS::ApiGateway::UsagePlan$/],
  ['web ACLs', /^AWS::WAFv2::WebACL/],
  ['custom domains', /^AWS::ApiGateway::(DomainName|BasePathMapping)/],
  ['request validation', /^AWS::ApiGateway::Method$/, 'RequestValidatorId'],
  ['response compression', /^AWS::ApiGateway::RestApi$/, 'MinimumCompressionSize'],
];

/** What AWS does for these resources and the local gateway does not; throttling and IAM are in no list: they never are. */
export function notChecked(
  resources: readonly { readonly Type: string; readonly Properties: object }[],
): readonly string[] {
  return NOT_CHECKED.filter(([, types, property]) =>
    resources.some(({ Type, Properties }) => types.test(Type) && (!property || Object.hasOwn(Properties, property))),
  ).map(([what]) => what);
}

/** The properties of a resource that decide how a request is answered. */
export function imitatedProperties<T>(type: string, properties: Readonly<Record<string, T>>): Record<string, T> {
  const imitated = RESOURCES[type]?.imitated ?? [];
  return Object.fromEntries(Object.entries(properties).filter(([name]) => imitated.includes(name)));
}

/** Properties of an integration, by its type. A Lambda proxy integration ignores mapped parameters. */
export const INTEGRATION_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  AWS_PROXY: [
    'CacheKeyParameters',
    'CacheNamespace',
    'Credentials',
    'IntegrationHttpMethod',
    'PassthroughBehavior',
    'RequestParameters',
    'TimeoutInMillis',
    'Type',
    'Uri',
  ],
  MOCK: ['ContentHandling', 'IntegrationResponses', 'PassthroughBehavior', 'RequestTemplates', 'Type'],
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

/** Properties of a resource that shape the API's answers and are not imitated. */
export function unsupportedParts(type: string, properties: object): readonly string[] {
  const known = RESOURCES[type];
  if (!known) return [];
  const { imitated, ignored } = known;
  return Object.keys(properties)
    .filter((name) => (ignored ? !imitated.includes(name) && !ignored.includes(name) : FOREIGN_CODE.includes(name)))
    .map((name) => `${type} ${name}`);
}
