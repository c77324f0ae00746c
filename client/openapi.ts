import { challenge, forbidden, unauthorized, unavailable } from '../lambdas/shared/answers';
import { type Access, httpMethods } from '../lambdas/shared/route-table';

type Json = { readonly [name: string]: unknown };

/** A route as the document describes it. */
export interface DescribedRoute {
  /** An HTTP method in capitals, or `ANY`. */
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

export interface OpenApiOptions {
  /** Base URL of the API. @default a template with the parts of an API Gateway URL */
  readonly serverUrl?: string | undefined;
  /** Paths of the API's metadata (RFC 9728). @default none are published */
  readonly metadataPaths?: readonly string[];
}

/**
 * The OpenAPI 3.1 document of a route table. All of it follows from the table and the answers of
 * `lambdas/shared/answers.ts`; a test calls the running API with every operation described here.
 */
export function openApiDocument(
  table: readonly DescribedRoute[],
  { serverUrl, metadataPaths = [] }: OpenApiOptions = {},
): Json {
  const [metadataPath] = metadataPaths;
  const exampleOf = (plain: string, withMetadata = plain): string =>
    metadataPath === undefined
      ? plain
      : `${withMetadata}, resource_metadata="${serverUrl ?? 'https://api.example.com'}${metadataPath}"`;
  return {
    openapi: '3.1.0',
    info: {
      title: 'API protected by AuthAction access tokens',
      version: '1.0.0',
      summary: 'Every request of the API and its possible responses',
    },
    servers: [serverUrl === undefined ? DEPLOYED : { url: serverUrl }],
    tags: [{ name: 'api', description: 'Every route of the route table' }],
    paths: paths(table, metadataPaths),
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of AuthAction, from its client credentials grant (RFC 6749 4.4, RFC 6750 2.1)',
        },
      },
      schemas: {
        Answer: { type: 'object', description: 'What the handler answers: the route table does not say' },
        ...(metadataPaths.length === 0 ? {} : { Metadata: metadataSchema }),
        Refusal: {
          type: 'object',
          required: ['error', 'message'],
          properties: { error: { type: 'string' }, message: { type: 'string' } },
        },
      },
      responses: {
        Unauthorized: refusal('No token, or one that is not accepted', unauthorized, {
          'WWW-Authenticate': {
            description: 'RFC 6750 section 3',
            schema: { type: 'string' },
            example: exampleOf(challenge.unauthorized, challenge.invalidToken),
          },
        }),
        Forbidden: refusal('A valid token that lacks a scope, or belongs to a client that is not allowed', forbidden, {
          'WWW-Authenticate': {
            description: 'RFC 6750 section 3',
            schema: { type: 'string' },
            example: exampleOf(challenge.forbidden),
          },
        }),
        TooManyRequests: refusal("More requests than the stage's throttling allows", {
          error: 'Bad Request',
          message: 'Too Many Requests',
        }),
        Unavailable: refusal("The provider's keys are unavailable; the token may be valid", unavailable, {
          'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } },
        }),
      },
    },
  };
}

const DEPLOYED: Json = {
  url: 'https://{apiId}.execute-api.{region}.amazonaws.com/{stage}',
  variables: {
    apiId: { default: 'abcdef1234' },
    region: { default: 'eu-central-1' },
    stage: { default: 'dev' },
  },
};

function paths(table: readonly DescribedRoute[], metadataPaths: readonly string[]): Json {
  const byPath: Record<string, Json> = {};
  const nameOf = uniqueNames();
  for (const route of table) {
    // OpenAPI has no parameter over several segments: `{name+}` is described as `{name}`.
    const path = route.path.replaceAll('+}', '}');
    for (const method of methodsOf(route, table)) {
      const operationId = nameOf(method, path);
      byPath[path] = { ...byPath[path], [method.toLowerCase()]: { operationId, ...operation(route) } };
    }
  }
  for (const path of metadataPaths) byPath[path] = { get: { operationId: nameOf('GET', path), ...metadataOperation } };
  return byPath;
}

/** A tool's name has 64 characters (Amazon Bedrock's ToolSpecification), and gateways put a name of theirs before it. */
const MAX_NAME_LENGTH = 48;

/**
 * Names for operations that generators and agents take: letters, digits, `_` and `-`. Two paths may come down to one name,
 * such as `/a/b` and `/a-b`: the later one gets a number.
 */
function uniqueNames(): (method: string, path: string) => string {
  const taken = new Set<string>();
  return (method, path) => {
    const words = path.split(/[^A-Za-z0-9_]+/).filter((word) => word !== '');
    const name = [method.toLowerCase(), ...(words.length === 0 ? ['root'] : words)].join('-');
    const shorten = (end: string): string => `${name.slice(0, MAX_NAME_LENGTH - end.length).replace(/-+$/, '')}${end}`;
    let unique = shorten('');
    for (let count = 2; taken.has(unique); count += 1) unique = shorten(`-${count}`);
    taken.add(unique);
    return unique;
  };
}

const metadataSchema: Json = {
  type: 'object',
  required: ['resource', 'authorization_servers'],
  properties: {
    resource: { type: 'string', format: 'uri' },
    authorization_servers: { type: 'array', items: { type: 'string', format: 'uri' } },
    scopes_supported: { type: 'array', items: { type: 'string' } },
    bearer_methods_supported: { type: 'array', items: { type: 'string' } },
    resource_documentation: { type: 'string', format: 'uri' },
  },
};

const metadataOperation: Json = {
  tags: ['api'],
  summary: 'OAuth 2.0 protected resource metadata (RFC 9728): needs no token',
  security: [],
  responses: {
    '200': {
      description: 'Which authorization server issues tokens for this API',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Metadata' } } },
    },
    '429': { $ref: '#/components/responses/TooManyRequests' },
  },
};

/** OpenAPI has no `ANY`, and generators skip extensions: an `ANY` row is described as one operation for each method. */
function methodsOf({ method, path }: DescribedRoute, table: readonly DescribedRoute[]): readonly string[] {
  if (method !== 'ANY') return [method];
  return httpMethods.filter((name) => !table.some((route) => route.method === name && route.path === path));
}

function operation({ path, access }: DescribedRoute): Json {
  return {
    tags: ['api'],
    summary: summary(access),
    ...parameters(path),
    security: security(access),
    responses: {
      '200': {
        description: "The handler's answer",
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Answer' } } },
      },
      ...(access === 'public' ? {} : refusals),
      '429': { $ref: '#/components/responses/TooManyRequests' },
    },
  };
}

const refusals: Json = {
  '401': { $ref: '#/components/responses/Unauthorized' },
  '403': { $ref: '#/components/responses/Forbidden' },
  '503': { $ref: '#/components/responses/Unavailable' },
};

function summary(access: Access): string {
  if (access === 'public') return 'Needs no token';
  return access === 'token' ? 'Needs an access token' : `Needs an access token that has ${access.scopes.join(' and ')}`;
}

/** Since OpenAPI 3.1 a bearer scheme may list the scopes it requires. */
function security(access: Access): readonly Json[] {
  if (access === 'public') return [];
  return [{ accessToken: access === 'token' ? [] : access.scopes }];
}

function parameters(path: string): Json {
  const names = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name);
  if (names.length === 0) return {};
  return { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })) };
}

function refusal(description: string, example: Json, headers: Json = {}): Json {
  return {
    description,
    headers,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' }, example } },
  };
}
