import fc from 'fast-check';
import type { Access, HttpMethod, Route } from '../../lambdas/shared/route-table';

/** The few texts tables are made of, so that their routes meet often; `z` is in no table. */
const TEXTS = ['a', 'b', 'ab'];
export const SCOPES = ['s', 't'];

/** Every path of up to `depth` segments out of the tables' texts and one more. */
export function pathsUpTo(depth: number): string[] {
  let longest = [''];
  const paths = ['/'];
  for (let length = 1; length <= depth; length += 1) {
    longest = longest.flatMap((path) => [...TEXTS, 'z'].map((text) => `${path}/${text}`));
    paths.push(...longest);
  }
  return paths;
}

/** All subsets of the tables' scopes, together with one that no route knows. */
export const scopeSets: readonly (readonly string[])[] = [[], ['s'], ['t'], ['s', 't', 'other']];

const accesses: fc.Arbitrary<Access> = fc.constantFrom<Access>(
  'public',
  'token',
  { scopes: ['s'] },
  { scopes: ['t'] },
  { scopes: ['t', 's'] },
);

const pathPatterns = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.constantFrom(...TEXTS, '{p}'), { maxLength: maxLength - 1 }), fc.constantFrom('', '', '{rest+}'))
    .map(
      ([parts, last]) =>
        `/${[...parts.map((part, index) => part.replace('p', `p${index}`)), last].filter(Boolean).join('/')}`,
    );

/**
 * Tables that are sound entry by entry: no duplicate, one variable child per parent.
 *
 * @param depth most segments of a route.
 */
export const routeTables = (depth: number): fc.Arbitrary<Route[]> =>
  fc
    .array(
      fc.record({
        method: fc.constantFrom<HttpMethod>('GET', 'GET', 'GET', 'POST', 'ANY'),
        path: pathPatterns(depth),
        access: accesses,
      }),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((entries) => {
      const table: Route[] = [];
      const variables = new Map<string, string>();
      for (const { method, path, access } of entries) {
        const parents = path.split('/').map((part, index, parts) => [parts.slice(0, index).join('/'), part] as const);
        const isFree = parents.every(
          ([parent, part]) => !part.startsWith('{') || (variables.get(parent) ?? part) === part,
        );
        if (!isFree || table.some((route) => route.method === method && route.path === path)) continue;
        for (const [parent, part] of parents) if (part.startsWith('{')) variables.set(parent, part);
        table.push({ method, path: path as `/${string}`, handler: 'any', access });
      }
      return table;
    });

/** Methods that tell the rows of a table apart: those it names and, for `ANY`, two that it may not name. */
export const methodsOf = (table: readonly Route[]): string[] => [
  ...new Set(table.flatMap(({ method }) => (method === 'ANY' ? ['GET', 'PUT', 'OPTIONS'] : [method]))),
];

/** Ways to write a path that a gateway may take for the same one. */
export const spellings: fc.Arbitrary<(path: string) => string> = fc
  .tuple(
    fc.constantFrom<(path: string, at: number) => string>(
      (path) => `${path}/`,
      (path) => `${path}/.`,
      (path) => `${path}//`,
      insert('/'),
      insert('/.'),
      insert('/a/..'),
      insert('/z/b/../..'),
      insert('/%2e'),
      (path) => `/a/..${path}`,
      (path) => `/b/a/%2E%2e/..${path}`,
      (path, at) => encode(path, at, 1),
      (path, at) => encode(path, at, path.length),
    ),
    fc.nat(12),
  )
  .map(
    ([write, at]) =>
      (path: string) =>
        write(path, at),
  );

/** Inserts text in front of one of the slashes. */
function insert(text: string) {
  return (path: string, at: number): string => {
    const slashes = [...path].flatMap((character, index) => (character === '/' ? [index] : []));
    const index = slashes[at % slashes.length] ?? 0;
    return path.slice(0, index) + text + path.slice(index);
  };
}

/** Percent-encodes characters, except slashes. */
const encode = (path: string, at: number, count: number): string =>
  [...path]
    .map((character, index) =>
      character !== '/' && index >= at % path.length && index < (at % path.length) + count
        ? `%${character.charCodeAt(0).toString(16)}`
        : character,
    )
    .join('');

/** Paths a caller might send, with texts that mean something to policies and none that the gateway might rewrite. */
export const requestPaths: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...TEXTS, 'A', '*', '?', 'GET', '{p0}', '$a'),
      fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', ':', '~'), minLength: 1, maxLength: 4 }),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => `/${parts.join('/')}`);
