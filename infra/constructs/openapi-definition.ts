import { operationMethods } from '../../lambdas/shared/openapi-routes';
import { IDENTITY_SOURCE } from './api-authorizer';
import { metadataPathItem } from './metadata-methods';
import type { Publication } from './protected-resource';

type Json = Readonly<Record<string, unknown>>;

/** The name of the security scheme that the authorizer becomes. */
const SCHEME = 'AuthAction';
const GATEWAY_RESPONSES = 'x-amazon-apigateway-gateway-responses';

/** What goes into the document. */
export interface DefinitionOptions {
  readonly authorizerUri: string;
  readonly cacheTtlSeconds: number;
  readonly gatewayResponses: Json;
  /** Whether an operation, by its method and path, needs a token. */
  readonly isProtected: (method: string, path: string) => boolean;
  /** Metadata to publish, by path. */
  readonly documents: Publication['documents'];
}

/**
 * The document with the authorizer as its only security scheme, on every operation that needs a token, and with the gateway
 * responses. Scopes leave the document: API Gateway takes none for a Lambda authorizer, the route table has them.
 *
 * @throws Error when the document defines a gateway response of a type, or a path, that is to be added.
 */
export function definitionWithAuthorizer(document: Json, options: DefinitionOptions): Json {
  const { security: _replaced, ...rest } = document;
  const own = (document[GATEWAY_RESPONSES] ?? {}) as Json;
  const twice = Object.keys(options.gatewayResponses).filter((type) => Object.hasOwn(own, type));
  if (twice.length > 0) {
    throw new Error(
      `The document has its own gateway responses of type ${twice.join(', ')}. Remove them, or keep them with ` +
        "gatewayResponses: 'refusals' or 'none'.",
    );
  }
  const taken = Object.keys(options.documents).find((path) => Object.hasOwn(document.paths as Json, path));
  if (taken !== undefined)
    throw new Error(`The document has a path ${taken} already: remove it, or protectedResource.`);
  const schemes = { [SCHEME]: schemeOf(options) };
  return {
    ...rest,
    ...('swagger' in document
      ? { securityDefinitions: schemes }
      : { components: { ...(document.components as Json | undefined), securitySchemes: schemes } }),
    paths: {
      ...Object.fromEntries(
        Object.entries(document.paths as Readonly<Record<string, Json>>).map(([path, item]) => [
          path,
          path.startsWith('x-') ? item : itemWithSecurity(path, item, options),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(options.documents).map(([path, metadata]) => [
          path,
          metadataPathItem(metadata, 'swagger' in document),
        ]),
      ),
    },
    [GATEWAY_RESPONSES]: { ...own, ...options.gatewayResponses },
  };
}

/** An `apiKey` of that header is how API Gateway writes a Lambda authorizer ("x-amazon-apigateway-authorizer object"). */
function schemeOf({ authorizerUri, cacheTtlSeconds }: DefinitionOptions): Json {
  return {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: 'request',
      identitySource: IDENTITY_SOURCE,
      authorizerResultTtlInSeconds: cacheTtlSeconds,
      authorizerUri,
    },
  };
}

function itemWithSecurity(path: string, item: Json, { isProtected }: DefinitionOptions): Json {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => {
      const method = key === 'options' ? 'OPTIONS' : operationMethods[key];
      if (method === undefined) return [key, value];
      const security = isProtected(method, path) ? [{ [SCHEME]: [] }] : [];
      return [key, { ...(value as Json), security }];
    }),
  );
}
