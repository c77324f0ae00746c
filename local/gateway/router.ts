import type { ApiModel, MethodModel } from './api-model';

export interface Match {
  readonly method: MethodModel;
  /** As sent: still URL-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the method of the API for a request. A slash at the end of the path counts for nothing.
 *
 * At each segment the literal goes before `{name}` before `{name+}`; a resource without the method, and without `ANY`,
 * makes the search go on with the next best one.
 */
export type FindMethod = (httpMethod: string, path: string) => Match | undefined;

/** The methods that `ANY` stands for. */
const ANY_METHODS: readonly string[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

interface Resource {
  readonly literals: Map<string, Resource>;
  variable?: { readonly name: string; readonly resource: Resource };
  greedy?: { readonly name: string; readonly resource: Resource };
  readonly methods: Map<string, MethodModel>;
}

/** Builds the look-up for an API. */
export function createRouter({ methods }: Pick<ApiModel, 'methods'>): FindMethod {
  const root = newResource();
  for (const method of methods) resourceAt(root, method.path).methods.set(method.httpMethod, method);
  return (httpMethod, path) => search(root, segmentsOf(path.replace(/(?<=.)\/$/, '')), httpMethod, {});
}

const newResource = (): Resource => ({ literals: new Map(), methods: new Map() });

const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.split('/').slice(1));

/** The resource of a path template, created with those above it. */
function resourceAt(root: Resource, template: string): Resource {
  let resource = root;
  for (const segment of segmentsOf(template)) {
    const [, name, plus] = /^\{(.+?)(\+?)\}$/.exec(segment) ?? [];
    if (name === undefined) {
      const child = resource.literals.get(segment) ?? newResource();
      resource.literals.set(segment, child);
      resource = child;
    } else {
      const kind = plus ? 'greedy' : 'variable';
      const child = resource[kind] ?? { name, resource: newResource() };
      resource[kind] = child;
      resource = child.resource;
    }
  }
  return resource;
}

function search(
  resource: Resource,
  segments: readonly string[],
  httpMethod: string,
  pathParameters: Readonly<Record<string, string>>,
): Match | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return methodOf(resource, httpMethod, pathParameters);
  const { variable, greedy } = resource;
  const literal = resource.literals.get(decode(segment));
  return (
    (literal && search(literal, rest, httpMethod, pathParameters)) ??
    (variable && segment !== ''
      ? search(variable.resource, rest, httpMethod, { ...pathParameters, [variable.name]: segment })
      : undefined) ??
    (greedy && segments.join('/') !== ''
      ? methodOf(greedy.resource, httpMethod, { ...pathParameters, [greedy.name]: segments.join('/') })
      : undefined)
  );
}

function methodOf(
  { methods }: Resource,
  httpMethod: string,
  pathParameters: Readonly<Record<string, string>>,
): Match | undefined {
  const method = methods.get(httpMethod) ?? (ANY_METHODS.includes(httpMethod) ? methods.get('ANY') : undefined);
  return method && { method, pathParameters };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
