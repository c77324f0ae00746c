import { Duration, Token } from 'aws-cdk-lib';
import { CfnMethod, type CorsOptions, type IResource, type IRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import type { ResourceMetadata } from '../resource-metadata';
import { deployAfter, homeOf } from './api-home';
import { methodsOf } from './coverage';
import type { Publication } from './protected-resource';

/** Pages of every origin may read the metadata; clients send headers of their own, such as `MCP-Protocol-Version`. */
const openCors: CorsOptions = {
  allowOrigins: ['*'],
  allowMethods: ['GET', 'OPTIONS'],
  allowHeaders: ['*'],
  maxAge: Duration.hours(1),
};

/** Headers of an answer with metadata. */
const HEADERS = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=3600' };
/** Headers of its preflight, as {@link openCors} makes them. */
const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET,OPTIONS',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '3600',
};

/**
 * Adds a `GET` for each document of a publication to an API, answered by API Gateway itself. Made of L1 constructs: a
 * `Method` would take over the authorizer that the API may have as its default.
 *
 * @throws Error when the API has a resource of that path already.
 */
export function addMetadataMethods(owner: Construct, api: IRestApi, { documents }: Publication): void {
  const home = homeOf(api, owner);
  const methods = Object.entries(documents).map(([path, document]) => {
    const resource = newResource(api, path);
    const answer = metadataAnswer(document);
    const { statusCode } = answer;
    const responseParameters = Object.fromEntries(Object.keys(answer.responseParameters).map((name) => [name, true]));
    const method = new CfnMethod(home, `GET ${path}`, {
      restApiId: api.restApiId,
      resourceId: resource.resourceId,
      httpMethod: 'GET',
      authorizationType: 'NONE',
      apiKeyRequired: false,
      integration: { type: 'MOCK', ...mockRequest, integrationResponses: [answer] },
      methodResponses: [{ statusCode, responseParameters }],
    });
    method.node.addDependency(resource);
    return method;
  });
  deployAfter(api, methods, { documents });
}

/** Methods of the API's owner that answer where metadata are published. To be called at synth. */
export function metadataProblems(api: IRestApi, { documents }: Publication): string[] {
  return methodsOf(api)
    .filter(({ httpMethod, resource: { path } }) => httpMethod === 'GET' && Object.hasOwn(documents, path))
    .map(({ node, resource: { path } }) => `${node.path}: protectedResource publishes ${path}. Remove the method.`);
}

function newResource(api: IRestApi, path: string): IResource {
  const cut = path.lastIndexOf('/');
  const parent = api.root.resourceForPath(path.slice(0, cut));
  const name = path.slice(cut + 1);
  if (parent.getResource(name) !== undefined) {
    throw new Error(`The API has a resource ${path} already: remove it, or protectedResource.`);
  }
  const resource = parent.addResource(name, { defaultCorsPreflightOptions: openCors });
  const preflight = resource.node.findChild('OPTIONS').node.defaultChild as CfnMethod;
  preflight.addPropertyOverride('Integration.ContentHandling', mockRequest.contentHandling);
  return resource;
}

/** How API Gateway makes an answer of its own: a template says the status. */
const mockRequest = {
  // Where every type is binary, API Gateway could not read the template (https://github.com/aws/chalice/issues/1310).
  contentHandling: 'CONVERT_TO_TEXT',
  requestTemplates: { 'application/json': '{"statusCode":200}' },
};

const answerWith = (statusCode: string, headers: Readonly<Record<string, string>>) => ({
  statusCode,
  responseParameters: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
  ),
});

const metadataAnswer = (document: ResourceMetadata) => ({
  ...answerWith('200', HEADERS),
  responseTemplates: { 'application/json': mappingTemplate(document) },
});

/** The path item that answers with a document in an OpenAPI document, 2.0 (Swagger) or 3. */
export function metadataPathItem(document: ResourceMetadata, isSwagger: boolean) {
  const header = isSwagger ? { type: 'string' } : { schema: { type: 'string' } };
  const operation = (headers: Readonly<Record<string, string>>, answer: ReturnType<typeof answerWith>) => ({
    security: [],
    responses: {
      [answer.statusCode]: {
        description: 'OAuth 2.0 protected resource metadata (RFC 9728)',
        headers: Object.fromEntries(Object.keys(headers).map((name) => [name, header])),
      },
    },
    'x-amazon-apigateway-integration': { type: 'mock', ...mockRequest, responses: { default: answer } },
  });
  return {
    get: operation(HEADERS, metadataAnswer(document)),
    options: operation(PREFLIGHT_HEADERS, answerWith('204', PREFLIGHT_HEADERS)),
  };
}

/**
 * A document as a mapping template. What begins a reference or a directive there is written as JSON escapes, but for
 * values that are only known when the stack is deployed: those are URLs.
 */
function mappingTemplate(document: ResourceMetadata): string {
  const text = (value: string): string =>
    Token.isUnresolved(value)
      ? JSON.stringify(value)
      : JSON.stringify(value).replaceAll('$', '\\u0024').replaceAll('#', '\\u0023');
  const members = Object.entries(document).map(([name, value]: [string, string | readonly string[]]) => {
    const written = typeof value === 'string' ? text(value) : `[${value.map(text).join(',')}]`;
    return `${JSON.stringify(name)}:${written}`;
  });
  return `{${members.join(',')}}`;
}
