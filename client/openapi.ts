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

/**
 * The OpenAPI 3.1 document of a route table. All of it follows from the table and the answers of
 * `lambdas/shared/answers.ts`; a test calls the running API with every operation described here.
 *
 * @param serverUrl base URL of the API; if absent, a template with the parts of an API Gateway URL.
 */
export function openApiDocument(table: readonly DescribedRoute[], serverUrl?: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'API protected by AuthAction access tokens',
      version: '1.0.0',
      summary: 'Every request of the API and its possible responses',
    },
    servers: [serverUrl === undefined ? DEPLOYED : { url: serverUrl }],
    tags: [{ name: 'api', description: 'Every route of the route table' }],
    paths: paths(table),
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
        Answer: { type: 'object', required: ['message'], properties: { message: { type: 'string' } } },
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
            example: challenge.unauthorized,
          },
        }),
        Forbidden: refusal('A valid token that lacks a scope, or belongs to a client that is not allowed', forbidden, {
          'WWW-Authenticate': {
            description: 'RFC 6750 section 3',
            schema: { type: 'string' },
            example: challenge.forbidden,
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

function paths(table: readonly DescribedRoute[]): Json {
  const byPath: Record<string, Json> = {};
  for (const route of table) {
    // OpenAPI has no parameter over several segments: `{name+}` is described as `{name}`.
    const path = route.path.replaceAll('+}', '}');
    for (const method of methodsOf(route, table)) {
      byPath[path] = { ...byPath[path], [method.toLowerCase()]: operation({ ...route, method }) };
    }
  }
  return byPath;
}

/** OpenAPI has no `ANY`, and generators skip extensions: an `ANY` row is described as one operation for each method. */
function methodsOf({ method, path }: DescribedRoute, table: readonly DescribedRoute[]): readonly string[] {
  if (method !== 'ANY') return [method];
  return httpMethods.filter((name) => !table.some((route) => route.method === name && route.path === path));
}

function operation({ method, path, access }: DescribedRoute): Json {
  return {
    operationId: `${method.toLowerCase()}-${path.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')}`,
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
