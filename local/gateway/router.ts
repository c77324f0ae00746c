import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { ApiModel, MethodModel } from './api-model';

export interface Match {
  readonly method: MethodModel;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the method of the API for a request: a literal segment before `{name}` before `{name+}`. */
export type FindMethod = (httpMethod: string, path: string) => Match | undefined;

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Builds the look-up for an API. Paths are compared exactly: case, trailing and doubled slashes count. */
export function createRouter({ methods }: ApiModel): FindMethod {
  const router = findMyWay({ caseSensitive: true, maxParamLength: 8_192, onBadUrl: () => undefined });
  for (const method of methods) {
    const { names, pattern } = toPattern(method.path);
    const own = methods.filter(({ path }) => path === method.path).map(({ httpMethod }) => httpMethod);
    const served =
      method.httpMethod === 'ANY'
        ? HTTP_METHODS.filter((name) => !own.includes(name))
        : [method.httpMethod as HTTPMethod];
    for (const httpMethod of served) router.on(httpMethod, pattern, () => undefined, { method, names });
  }
  return (httpMethod, path) => {
    const found = router.find(httpMethod as HTTPMethod, path);
    if (!found?.store) return undefined;
    const { method, names } = found.store as { method: MethodModel; names: readonly string[] };
    const values = names.map(
      (name, index) => [name, found.params[name.endsWith('+') ? '*' : `p${index}`] ?? ''] as const,
    );
    if (values.some(([, value]) => value === '')) return undefined;
    return {
      method,
      pathParameters: Object.fromEntries(values.map(([name, value]) => [name.replace(/\+$/, ''), value])),
    };
  };
}

/** `/items/{id}` → `/items/:p0`: API Gateway's names may hold what the router reads as syntax. */
function toPattern(path: string): { names: readonly string[]; pattern: string } {
  const names: string[] = [];
  const segments = path.split('/').map((segment) => {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined) return segment.replace(/:/g, '::');
    names.push(name);
    return name.endsWith('+') ? '*' : `:p${names.length - 1}`;
  });
  return { names, pattern: segments.join('/') };
}
