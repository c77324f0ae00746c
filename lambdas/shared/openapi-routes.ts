import { isJsonObject } from './json';
import { type Access, type HttpMethod, httpMethods, type Route } from './route-table';

type Json = Readonly<Record<string, unknown>>;

const ANY = 'x-amazon-apigateway-any-method';
/** Keys of a path item that are operations, and the method of each. `options` is missing: preflights carry no token. */
export const operationMethods: Readonly<Record<string, HttpMethod>> = {
  ...Object.fromEntries(httpMethods.map((method) => [method.toLowerCase(), method])),
  [ANY]: 'ANY',
};

/**
 * Derives a route table from an OpenAPI document (2.0, 3.0 or 3.1): an operation without security is public, one with a
 * scheme needs a token, one with a scheme and scopes needs all of these. `handler` is the `operationId`.
 *
 * @throws Error for security that a route table cannot express, with the operation's name.
 * @example
 * import document from './openapi.json';
 * export const handler = withCaller(routesFromOpenApi(document), ({ sub }) => json(200, { sub }));
 */
export function routesFromOpenApi(document: object): readonly Route[] {
  const { paths, security } = document as Json;
  return Object.entries(objectOf(paths, 'paths')).flatMap(([path, item]) => {
    if (path.startsWith('x-')) return [];
    const operations = Object.entries(objectOf(item, path));
    const odd = operations.find(([key]) => key === 'trace' || key === '$ref');
    if (odd !== undefined) throw new Error(`${path}: ${odd[0]} has no counterpart in a route table.`);
    return operations.flatMap(([key, value]) => {
      const method = Object.hasOwn(operationMethods, key) ? operationMethods[key] : undefined;
      if (method === undefined) return [];
      const operation = objectOf(value, `${method} ${path}`);
      return [
        {
          method,
          path: path as Route['path'],
          handler: typeof operation.operationId === 'string' ? operation.operationId : `${method} ${path}`,
          access: accessOf(operation.security ?? security ?? [], `${method} ${path}`),
        },
      ];
    });
  });
}

/** What a list of security requirements means. Several of them are alternatives, which a route table does not have. */
function accessOf(requirements: unknown, name: string): Access {
  if (!Array.isArray(requirements)) throw new Error(`${name}: security is not a list.`);
  if (requirements.length === 0) return 'public';
  const schemes = Object.values(objectOf(requirements[0], `${name}: security`));
  const [scopes] = schemes;
  if (requirements.length > 1 || schemes.length !== 1 || !Array.isArray(scopes)) {
    throw new Error(
      `${name}: its security has alternatives, several schemes or an optional one. A route is public, or needs one token.`,
    );
  }
  const [first, ...more] = scopes as readonly string[];
  return first === undefined ? 'token' : { scopes: [first, ...more] };
}

function objectOf(value: unknown, name: string): Json {
  if (isJsonObject(value)) return value;
  throw new Error(`${name} of the OpenAPI document is not an object.`);
}
