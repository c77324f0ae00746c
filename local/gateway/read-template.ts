import { resolve as resolvePath } from 'node:path';
import type { LogLevel } from '../lambda/messages';
import type {
  ApiModel,
  AuthorizerModel,
  FunctionModel,
  GatewayResponseModel,
  IdentitySource,
  MethodModel,
  MockIntegration,
  ProxyIntegration,
} from './api-model';
import { type Json, type JsonObject, type Resources, ROOT_RESOURCE_ID, resolve, UnresolvableError } from './intrinsics';
import { unsupportedVariables } from './response-template';
import { INTEGRATION_PROPERTIES, imitatedProperties, METHOD_SETTINGS, unsupportedParts } from './supported';

/** API Gateway's own limit for an integration, in milliseconds. */
const INTEGRATION_TIMEOUT_MS = 29_000;

/** The template holds what the local gateway does not imitate; the message lists all of it. */
export class UnsupportedTemplateError extends Error {
  override readonly name = 'UnsupportedTemplateError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The local gateway does not imitate what the template asks for:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/**
 * Reads a synthesized template.
 *
 * @param folder where the asset folders are: the cloud assembly.
 * @throws UnsupportedTemplateError with everything that would behave differently on AWS.
 */
export function readTemplate(template: unknown, folder: string): ApiModel {
  const raw = object((template as { Resources?: Json })?.Resources);
  const metadata: Record<string, JsonObject> = {};
  const resources: Record<string, { Type: string; Properties: JsonObject }> = {};
  for (const [id, value] of Object.entries(raw)) {
    const { Type, Properties, Metadata } = object(value);
    resources[id] = { Type: String(Type), Properties: object(Properties) };
    metadata[id] = object(Metadata);
  }

  const problems: string[] = [];
  /** Reads every resource of a type; a problem of one is noted, so that all are reported at once. */
  const each = <T>(type: string, read: (id: string, properties: JsonObject) => T): Map<string, T> => {
    const results = new Map<string, T>();
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== type) continue;
      try {
        results.set(id, read(id, object(resolve(imitatedProperties(Type, Properties), resources))));
      } catch (error) {
        if (!(error instanceof UnresolvableError)) throw error;
        problems.push(`${id}: ${error.message}`);
      }
    }
    return results;
  };

  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    problems.push(...unsupportedParts(Type, Properties).map((part) => `${id}: ${part}`));
  }
  const single = (type: string): void => {
    const count = Object.values(resources).filter(({ Type }) => Type === type).length;
    if (count !== 1) problems.push(`${count} resources of type ${type}, where exactly one is served`);
  };
  single('AWS::ApiGateway::RestApi');
  single('AWS::ApiGateway::Stage');

  const functions = each('AWS::Lambda::Function', (id, properties) =>
    readFunction(id, properties, metadata[id], folder),
  );
  const authorizers = each('AWS::ApiGateway::Authorizer', readAuthorizer);
  const methods = each('AWS::ApiGateway::Method', (_id, properties) => readMethod(properties, authorizers, resources));
  const responses = each('AWS::ApiGateway::GatewayResponse', readGatewayResponse);
  const [stage] = each('AWS::ApiGateway::Stage', (_id, properties) => readStage(properties)).values();

  for (const { functionId } of [
    ...authorizers.values(),
    ...[...methods.values()].flatMap(({ integration }) => (integration.type === 'AWS_PROXY' ? [integration] : [])),
  ]) {
    if (resources[functionId]?.Type !== 'AWS::Lambda::Function')
      problems.push(`${functionId}: a function that is not in the template`);
  }
  if (problems.length > 0 || !stage) throw new UnsupportedTemplateError([...new Set(problems)]);
  return { ...stage, functions, methods: [...methods.values()], gatewayResponses: new Map(responses.values()) };
}

function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

const strings = (value: Json | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(object(value)).map(([key, item]) => [key, String(item)]));

function unsupported(what: string): never {
  throw new UnresolvableError(what);
}

function only(properties: JsonObject, known: readonly string[], where: string): void {
  const others = Object.keys(properties).filter((name) => !known.includes(name));
  if (others.length > 0) unsupported(`${where} ${others.join(', ')}`);
}

function readFunction(
  id: string,
  properties: JsonObject,
  metadata: JsonObject | undefined,
  folder: string,
): FunctionModel {
  const asset = metadata?.['aws:asset:path'];
  if (typeof asset !== 'string') unsupported('a function without the metadata aws:asset:path');
  const runtime = String(properties.Runtime);
  if (!/^nodejs\d+\.x$/.test(runtime)) unsupported(`the runtime ${runtime}`);
  const { LogFormat, ApplicationLogLevel } = object(properties.LoggingConfig);
  return {
    id,
    assetPath: resolvePath(folder, asset),
    handler: String(properties.Handler),
    runtime,
    environment: strings(object(properties.Environment).Variables),
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memoryMb: Number(properties.MemorySize ?? 128),
    logFormat: LogFormat === 'JSON' ? 'JSON' : 'Text',
    logLevel: (ApplicationLogLevel ?? 'INFO') as LogLevel,
  };
}

/** `arn:…:lambda:path/2015-03-31/functions/{function's ARN}/invocations` → logical id. */
function functionIn(uri: Json | undefined): string {
  const match = /:lambda:path\/2015-03-31\/functions\/arn:aws:lambda:[^/]*:function:([A-Za-z0-9]+)\/invocations$/.exec(
    String(uri),
  );
  return match?.[1] ?? unsupported(`the address ${String(uri)}`);
}

function readAuthorizer(id: string, properties: JsonObject): AuthorizerModel {
  if (properties.Type !== 'REQUEST') unsupported(`an authorizer of type ${String(properties.Type)}`);
  const sources = String(properties.IdentitySource ?? '').split(',');
  return {
    id,
    functionId: functionIn(properties.AuthorizerUri),
    identitySources: sources.filter((source) => source.trim() !== '').map(readIdentitySource),
    ttlSeconds: Number(properties.AuthorizerResultTtlInSeconds ?? 300),
  };
}

function readIdentitySource(source: string): IdentitySource {
  const match = /^method\.request\.(header|querystring)\.([^.\s]+)$/.exec(source.trim());
  if (!match) return unsupported(`the identity source ${source}`);
  return { place: match[1] as IdentitySource['place'], name: match[2] ?? '' };
}

function readMethod(
  properties: JsonObject,
  authorizers: ReadonlyMap<string, AuthorizerModel>,
  resources: Resources,
): MethodModel {
  if (properties.ApiKeyRequired === true) unsupported('a method that needs an API key');
  const authorization = properties.AuthorizationType;
  const authorizer = authorizers.get(String(properties.AuthorizerId));
  if (authorization !== 'NONE' && authorization !== 'CUSTOM') unsupported(`authorization ${String(authorization)}`);
  if (authorization === 'CUSTOM' && !authorizer) unsupported(`the authorizer ${String(properties.AuthorizerId)}`);
  const resourceId = String(properties.ResourceId);
  return {
    httpMethod: String(properties.HttpMethod),
    path: pathOf(resourceId, resources),
    resourceId,
    authorizer: authorization === 'CUSTOM' ? authorizer : undefined,
    integration: readIntegration(object(properties.Integration)),
  };
}

function pathOf(id: string, resources: Resources): string {
  if (id === ROOT_RESOURCE_ID) return '/';
  const properties = resources[id]?.Properties ?? unsupported(`the resource ${id}`);
  const parent = pathOf(String(resolve(properties.ParentId ?? '', resources)), resources);
  return `${parent === '/' ? '' : parent}/${String(properties.PathPart)}`;
}

function readIntegration(integration: JsonObject): ProxyIntegration | MockIntegration {
  const type = String(integration.Type);
  only(
    integration,
    INTEGRATION_PROPERTIES[type] ?? unsupported(`an integration of type ${type}`),
    `${type} integration`,
  );
  if (type === 'AWS_PROXY') {
    const timeoutMs = Number(integration.TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS);
    return { type, functionId: functionIn(integration.Uri), timeoutMs };
  }
  const [response, ...others] = list(integration.IntegrationResponses).map(object);
  if (!response || others.length > 0) unsupported('a MOCK integration with other than one response');
  only(response, ['ResponseParameters', 'ResponseTemplates', 'StatusCode'], 'MOCK response');
  if (Object.values(strings(response.ResponseTemplates)).some((text) => text !== '')) unsupported('a MOCK body');
  const headers = Object.entries(strings(response.ResponseParameters));
  return {
    type: 'MOCK',
    statusCode: Number(response.StatusCode),
    headers: Object.fromEntries(
      headers.map(([name, value]) => [headerIn(name, 'method.response.header.'), literal(value)]),
    ),
  };
}

function headerIn(parameter: string, prefix: string): string {
  return parameter.startsWith(prefix) ? parameter.slice(prefix.length) : unsupported(`the parameter ${parameter}`);
}

/** `'text'` → `text`; request parameters are not imitated. */
function literal(value: string): string {
  return /^'(.*)'$/s.exec(value)?.[1] ?? unsupported(`the header value ${value}`);
}

function readGatewayResponse(_id: string, properties: JsonObject): [string, GatewayResponseModel] {
  const templates = strings(properties.ResponseTemplates);
  only(templates, ['application/json'], 'gateway response for');
  const template = templates['application/json'];
  const [variable] = unsupportedVariables(template ?? '');
  if (variable !== undefined) unsupported(`${variable} in a gateway response`);
  const headers = Object.entries(strings(properties.ResponseParameters));
  return [
    String(properties.ResponseType),
    {
      statusCode: properties.StatusCode === undefined ? undefined : Number(properties.StatusCode),
      headers: Object.fromEntries(
        headers.map(([name, value]) => [headerIn(name, 'gatewayresponse.header.'), literal(value)]),
      ),
      template,
    },
  ];
}

function readStage(properties: JsonObject): Pick<ApiModel, 'stage' | 'stageVariables'> {
  for (const settings of list(properties.MethodSettings)) only(object(settings), METHOD_SETTINGS, 'MethodSettings');
  return { stage: String(properties.StageName), stageVariables: strings(properties.Variables) };
}
