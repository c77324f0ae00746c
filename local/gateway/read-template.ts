import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import { ROUTES_FILE } from '../../lambdas/authorizer/deployed-routes';
import type { LogLevel } from '../lambda/messages';
import type {
  ApiModel,
  AuthorizerModel,
  FunctionModel,
  GatewayResponseModel,
  HeaderValue,
  IdentitySource,
  MethodModel,
  MockIntegration,
  ProxyIntegration,
} from './api-model';
import { type Json, type JsonObject, type Resources, ROOT_RESOURCE_ID, resolve, UnresolvableError } from './intrinsics';
import { originsOfPreflight } from './preflight-template';
import { unsupportedVariables } from './response-template';
import { INTEGRATION_PROPERTIES, imitatedProperties, METHOD_SETTINGS, notChecked, unsupportedParts } from './supported';

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
 * Reads a synthesized template. Of several APIs, the one that an authorizer of this project protects is served.
 *
 * @param folder where the asset folders are: the cloud assembly. Code that is written in the template goes there, too.
 * @throws UnsupportedTemplateError with everything that shapes this API's answers on AWS and is not imitated.
 */
export function readTemplate(template: unknown, folder: string): ApiModel {
  const { Resources: rawResources, Parameters } = object(template as Json);
  const metadata: Record<string, JsonObject> = {};
  const all: Record<string, { Type: string; Properties: JsonObject }> = {};
  for (const [id, value] of Object.entries(object(rawResources))) {
    const { Type, Properties, Metadata } = object(value);
    all[id] = { Type: String(Type), Properties: object(Properties) };
    metadata[id] = object(Metadata);
  }
  const assetOf = (functionId: string): string | undefined => {
    const asset = metadata[functionId]?.['aws:asset:path'];
    if (typeof asset === 'string') return resolvePath(folder, asset);
    const { ZipFile } = object(all[functionId]?.Properties.Code);
    return typeof ZipFile === 'string' ? writeInlineCode(folder, functionId, ZipFile) : undefined;
  };
  const resources = partsOfServedApi(all, assetOf);

  const problems: string[] = [];
  /** Calls back for a resource; a problem of it is noted, so that all are reported at once. */
  const noting = <T>(id: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnresolvableError)) throw error;
      problems.push(`${id}: ${error.message}`);
      return undefined;
    }
  };
  const each = <T>(type: string, read: (properties: JsonObject, id: string) => T): Map<string, T> => {
    const results = new Map<string, T>();
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== type) continue;
      const result = noting(id, () => {
        const [part] = unsupportedParts(Type, Properties);
        if (part !== undefined) {
          problems.push(...unsupportedParts(Type, Properties).map((name) => `${id}: ${name}`));
          return undefined;
        }
        return read(object(resolve(imitatedProperties(Type, Properties), resources)), id);
      });
      if (result !== undefined) results.set(id, result);
    }
    return results;
  };

  const [api] = each('AWS::ApiGateway::RestApi', ({ BinaryMediaTypes }) => list(BinaryMediaTypes).map(String)).values();
  const [stage, ...otherStages] = each('AWS::ApiGateway::Stage', readStage).values();
  if (otherStages.length > 0) problems.push(`${otherStages.length + 1} stages, where exactly one is served`);
  const methods = each('AWS::ApiGateway::Method', (properties) =>
    readMethod(properties, resources, (id) => readAuthorizer(id, resources)),
  );
  const responses = each('AWS::ApiGateway::GatewayResponse', readGatewayResponse);

  const functions = new Map<string, FunctionModel>();
  const needed = functionsOf([...methods.values()]);
  for (const id of needed) {
    if (resources[id]?.Type !== 'AWS::Lambda::Function') problems.push(`${id}: a function that is not in the template`);
  }
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== 'AWS::Lambda::Function' || !needed.has(id)) continue;
    problems.push(...unsupportedParts(Type, Properties).map((part) => `${id}: ${part}`));
    const model = noting(id, () => readFunction(id, Properties, assetOf(id), resources, object(Parameters)));
    if (model) functions.set(id, model);
  }
  if (problems.length === 0 && (!api || !stage)) problems.push('there is no API with a stage');
  if (problems.length > 0 || !api || !stage) throw new UnsupportedTemplateError([...new Set(problems)]);
  return {
    ...stage,
    functions,
    methods: [...methods.values()],
    binaryMediaTypes: api,
    gatewayResponses: new Map(responses.values()),
    notChecked: notChecked(Object.values(resources)),
  };
}

/** Lambda puts code that is written in the template into an `index.js`. @returns its folder. */
function writeInlineCode(folder: string, functionId: string, code: string): string {
  // As with an asset, the name says which content it is.
  const inline = join(folder, `inline.${functionId}.${createHash('sha256').update(code).digest('hex')}`);
  mkdirSync(inline, { recursive: true });
  writeFileSync(join(inline, 'index.js'), code);
  return inline;
}

/** Functions behind the methods and their authorizers: only these are started. */
const functionsOf = (methods: readonly MethodModel[]): ReadonlySet<string> =>
  new Set(
    methods.flatMap(({ authorizer, integration }) => [
      ...(authorizer ? [authorizer.functionId] : []),
      ...(integration.type === 'AWS_PROXY' ? [integration.functionId] : []),
    ]),
  );

/** The template without the parts of other APIs than the served one. */
function partsOfServedApi(all: Resources, assetOf: (functionId: string) => string | undefined): Resources {
  const apis = Object.keys(all).filter((id) => all[id]?.Type === 'AWS::ApiGateway::RestApi');
  if (apis.length < 2) return all;
  const isOurs = (id: string): boolean =>
    Object.values(all).some(({ Type, Properties }) => {
      if (Type !== 'AWS::ApiGateway::Authorizer' || apiOf(Properties) !== id) return false;
      try {
        const asset = assetOf(functionIn(resolve(Properties.AuthorizerUri ?? '', all)));
        return asset !== undefined && existsSync(join(asset, ROUTES_FILE));
      } catch {
        return false;
      }
    });
  const [served, ...others] = apis.filter(isOurs);
  if (served === undefined || others.length > 0) {
    const count = served === undefined ? 'none' : others.length + 1;
    throw new UnsupportedTemplateError([`${apis.length} APIs, of which ${count} has an authorizer of this project`]);
  }
  return Object.fromEntries(
    Object.entries(all).filter(
      ([id, { Properties }]) => !apis.includes(apiOf(Properties) ?? id) || (apiOf(Properties) ?? id) === served,
    ),
  );
}

/** Logical id of the API that a resource belongs to. */
function apiOf({ RestApiId }: JsonObject): string | undefined {
  const { Ref } = object(RestApiId);
  return typeof Ref === 'string' ? Ref : undefined;
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
  assetPath: string | undefined,
  resources: Resources,
  parameters: JsonObject,
): FunctionModel {
  if (assetPath === undefined) unsupported('a function without the metadata aws:asset:path');
  const { Environment, ...imitated } = imitatedProperties('AWS::Lambda::Function', properties);
  const { Runtime, LoggingConfig, Handler, Timeout, MemorySize } = object(resolve(imitated, resources));
  const runtime = String(Runtime);
  if (!/^nodejs\d+\.x$/.test(runtime)) unsupported(`the runtime ${runtime}`);
  const { LogFormat, ApplicationLogLevel } = object(LoggingConfig);
  const variables = Object.entries(object(object(Environment).Variables));
  return {
    id,
    assetPath,
    handler: String(Handler),
    runtime,
    environment: Object.fromEntries(variables.map(([name, value]) => [name, variable(value, resources, parameters)])),
    timeoutSeconds: Number(Timeout ?? 3),
    memoryMb: Number(MemorySize ?? 128),
    logFormat: LogFormat === 'JSON' ? 'JSON' : 'Text',
    logLevel: (ApplicationLogLevel ?? 'INFO') as LogLevel,
  };
}

/**
 * The value of a function's variable. What AWS alone knows, such as the ARN of a table, is named in its place: the
 * function starts with it as it starts with the name of a table that is not here.
 */
function variable(value: Json, resources: Resources, parameters: JsonObject): string {
  try {
    return String(resolve(value, resources));
  } catch (error) {
    if (!(error instanceof UnresolvableError)) throw error;
    const { Default } = object(parameters[String(object(value).Ref)]);
    return Default === undefined ? `not-known-here: ${error.message}` : String(Default);
  }
}

/** `arn:…:lambda:path/2015-03-31/functions/{function's ARN, or that of its alias}/invocations` → logical id. */
function functionIn(uri: Json | undefined): string {
  const match =
    /:lambda:path\/2015-03-31\/functions\/arn:aws:lambda:[^/]*:function:([A-Za-z0-9]+)(?::[\w$-]+)?\/invocations$/.exec(
      String(uri),
    );
  return match?.[1] ?? unsupported(`the address ${String(uri)}`);
}

function readAuthorizer(id: string, resources: Resources): AuthorizerModel {
  const { Type: type, Properties } = resources[id] ?? {};
  if (type !== 'AWS::ApiGateway::Authorizer' || !Properties) unsupported(`the authorizer ${id}`);
  const [part] = unsupportedParts(type, Properties);
  if (part !== undefined) unsupported(part);
  const { Type, IdentitySource, AuthorizerUri, AuthorizerResultTtlInSeconds } = object(
    resolve(imitatedProperties(type, Properties), resources),
  );
  if (Type !== 'REQUEST') unsupported(`an authorizer of type ${String(Type)}`);
  const sources = String(IdentitySource ?? '').split(',');
  return {
    id,
    functionId: functionIn(AuthorizerUri),
    identitySources: sources.filter((source) => source.trim() !== '').map(readIdentitySource),
    ttlSeconds: Number(AuthorizerResultTtlInSeconds ?? 300),
  };
}

function readIdentitySource(source: string): IdentitySource {
  const match =
    /^method\.request\.(header|querystring)\.([^.\s]+)$/.exec(source.trim()) ??
    /^(context|stageVariables)\.([\w.]+)$/.exec(source.trim());
  if (!match) return unsupported(`the identity source ${source}`);
  return { place: match[1] as IdentitySource['place'], name: match[2] ?? '' };
}

function readMethod(
  properties: JsonObject,
  resources: Resources,
  authorizer: (id: string) => AuthorizerModel,
): MethodModel {
  if (properties.ApiKeyRequired === true) unsupported('a method that needs an API key');
  const authorization = properties.AuthorizationType;
  if (authorization !== 'NONE' && authorization !== 'CUSTOM') unsupported(`authorization ${String(authorization)}`);
  const resourceId = String(properties.ResourceId);
  return {
    httpMethod: String(properties.HttpMethod),
    path: pathOf(resourceId, resources),
    resourceId,
    authorizer: authorization === 'CUSTOM' ? authorizer(String(properties.AuthorizerId)) : undefined,
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
  const templates = strings(response.ResponseTemplates);
  only(templates, ['application/json'], 'MOCK response for');
  const template = templates['application/json'] ?? '';
  const origins = originsOfPreflight(template);
  if (!origins && /[$#]/.test(template)) unsupported('a MOCK body with variables or directives');
  const headers = Object.entries(strings(response.ResponseParameters));
  return {
    type: 'MOCK',
    statusCode: Number(response.StatusCode),
    body: origins ? '' : template,
    headers: Object.fromEntries(
      headers.map(([name, value]) => [headerIn(name, 'method.response.header.'), literal(value)]),
    ),
    ...(origins && { origins }),
    ...(integration.ContentHandling === 'CONVERT_TO_TEXT' && { convertsToText: true }),
  };
}

function headerIn(parameter: string, prefix: string): string {
  return parameter.startsWith(prefix) ? parameter.slice(prefix.length) : unsupported(`the parameter ${parameter}`);
}

/** `'text'` → `text`. */
function literal(value: string): string {
  return /^'(.*)'$/s.exec(value)?.[1] ?? unsupported(`the header value ${value}`);
}

/** A literal, or a header of the request; other request parameters are not imitated. */
function headerValue(value: string): HeaderValue {
  const [, requestHeader] = /^method\.request\.header\.([\w$-]+)$/.exec(value) ?? [];
  return requestHeader === undefined ? literal(value) : { requestHeader };
}

function readGatewayResponse(properties: JsonObject): [string, GatewayResponseModel] {
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
        headers.map(([name, value]) => [headerIn(name, 'gatewayresponse.header.'), headerValue(value)]),
      ),
      template,
    },
  ];
}

function readStage(properties: JsonObject): Pick<ApiModel, 'stage' | 'stageVariables'> {
  for (const settings of list(properties.MethodSettings)) only(object(settings), METHOD_SETTINGS, 'MethodSettings');
  return { stage: String(properties.StageName), stageVariables: strings(properties.Variables) };
}
