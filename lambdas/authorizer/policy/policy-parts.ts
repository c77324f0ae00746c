import type { FindCover } from './cover';
import type { ProtectedTable } from './protected-table';

/** What a policy allows and denies, after the stage's ARN. */
export interface PolicyParts {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/**
 * What a policy for some entries says: it allows them, and denies those that a `*` of theirs opens. Where nothing is
 * allowed it denies everything, since a policy needs a statement.
 *
 * @param allowed a set of entries, as bits.
 * @param findCover how to say it in fewer resources; if absent, every entry is named.
 */
export function policyParts(table: ProtectedTable, allowed: bigint, findCover?: FindCover): PolicyParts {
  const { entries, select, openers, wider } = table;
  const refused = select(({ bit }) => !(bit & allowed));
  const denied = select((entry) => !!(entry.bit & refused) && (!allowed || !!(openers(entry) & allowed)));

  /** Strict: with an unusual spelling, what follows a `*` may be any path, and nothing here denies these. */
  function name(chosen: bigint, avoided: bigint, isStrict = false): string[] {
    const compact = entries.filter((entry) => entry.bit & chosen && !(wider(entry) & chosen));
    const groups = new Map<unknown, { readonly path: string; readonly methods: string[] }>();
    // Named one by one, only the methods of an ANY row belong together.
    for (const { path, method, ...entry } of findCover?.(compact, avoided) ?? compact) {
      const key = findCover ? path : entry.route;
      const { methods } = groups.get(key) ?? { methods: [] };
      groups.set(key, { path, methods: [...methods, method] });
    }
    return [...groups.values()].flatMap(({ path, methods }) => {
      const crossing = isStrict && /\*|\/$/.test(path) ? '*' : path;
      return nameMethods(table, path, crossing, methods, avoided);
    });
  }

  const deny = name(denied, allowed);
  return findCover && allowed && refused
    ? { allow: name(allowed, refused), deny: [...deny, ...UNUSUAL_SPELLINGS] }
    : { allow: name(allowed, refused & ~denied, true), deny };
}

/**
 * Empty and dot segments, and a last slash: with these, a path that begins as a wildcard does may reach a route that
 * does not. Percent-encoded dots are refused too; other encodings are part of values.
 */
const UNUSUAL_SPELLINGS = ['*//*', '*/*/', '*/./*', '*/.', '*/../*', '*/..', '*%2e*', '*%2E*'];

/**
 * The resources of several methods of one path. `*` stands for all of them and `*T` for `GET`, `POST` and `PUT`, where it
 * matches no entry to avoid: since `*` crosses `/`, it is also a method and the beginning of a path.
 *
 * @param crossing what such a beginning may be followed by: the path, or anything.
 */
function nameMethods(
  { select, matched }: ProtectedTable,
  path: string,
  crossing: string,
  methods: readonly string[],
  avoided: bigint,
): string[] {
  const name = (method: string) => method + path;
  for (const end of methods.length > 1 ? ['', 'T'] : []) {
    const isMeant = (method: string) => method.endsWith(end);
    const others = select(({ method }) => isMeant(method) && !methods.includes(method));
    if (!(matched(path) & others & avoided) && !(matched(`/*${end}${crossing}`) & avoided)) {
      return [`*${end}${path}`, ...methods.filter((method) => !isMeant(method)).map(name)];
    }
  }
  // Before the first `/` of a request's path is a method, and no others have three letters.
  const isPair = methods.includes('GET') && methods.includes('PUT');
  return [...new Set(methods.map((method) => (isPair && method.length === 3 ? '???' : method)))].map(name);
}
