import type { Call } from '../view';

/** Name and kind of each variable in a route's path, in order. */
export function pathVariables(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name = '']) => name);
}

/**
 * Fills in a route's path and adds a query.
 *
 * @param valueFor the value of a path variable; `{name}` takes one segment, `{name+}` several.
 * @param query as typed: `a=1&b=2`, with or without a question mark.
 * @example
 * buildPath('/orders/{id}', () => 'a b', 'limit=10'); // '/orders/a%20b?limit=10'
 */
export function buildPath(path: string, valueFor: (name: string) => string, query = ''): string {
  const filled = path.replace(/\{([^}+]+)(\+?)\}/g, (_variable, name: string, several: string) =>
    (several ? valueFor(name).split('/') : [valueFor(name)]).map(encodeURIComponent).join('/'),
  );
  const typed = query.trim().replace(/^\?/, '');
  return encodeTyped(typed === '' ? filled : `${filled}?${typed}`);
}

/** Encodes only what cannot stand in a request line: what the user has encoded stays. */
const encodeTyped = (text: string): string => text.replace(/[^\x21-\x7E]|#/gu, encodeURIComponent);

/** The call as a command for a POSIX shell. */
export function curlCommand(apiUrl: string, { method, path, token, body, contentType }: Call): string {
  return [
    'curl',
    method === 'HEAD' ? '-I' : '-i',
    ...(/[[\]{}]/.test(path) ? ['-g'] : []),
    ...(method === 'GET' || method === 'HEAD' ? [] : ['-X', method]),
    quote(`${apiUrl}${path}`),
    ...(token === undefined ? [] : ['-H', quote(`Authorization: Bearer ${token}`)]),
    ...(contentType === undefined ? [] : ['-H', quote(`Content-Type: ${contentType}`)]),
    ...(body === undefined ? [] : ['--data-raw', quote(body)]),
  ].join(' ');
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
