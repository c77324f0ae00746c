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
  const { entries, select, openers, wider, matched } = table;
  const refused = select(({ bit }) => !(bit & allowed));
  const denied = select((entry) => !!(entry.bit & refused) && (!allowed || !!(openers(entry) & allowed)));

  /** The resources of some entries, which match no entry to avoid other than the entries' own resources do. */
  function name(chosen: bigint, avoided: bigint): string[] {
    const compact = entries.filter((entry) => entry.bit & chosen && !(wider(entry) & chosen));
    const groups = new Map<unknown, { readonly path: string; readonly methods: string[] }>();
    // Named one by one, only the methods of an ANY row belong together.
    for (const { path, method, route } of findCover?.(compact, avoided) ?? compact) {
      const key = findCover ? path : route;
      groups.set(key, { path, methods: [...(groups.get(key)?.methods ?? []), method] });
    }
    return [...groups.values()].flatMap(({ path, methods }) => nameMethods(path, methods, avoided));
  }

  /**
   * The resources of several methods of one path. `*` stands for all of them and `*T` for `GET`, `POST` and `PUT`, where
   * it matches no entry to avoid: since `*` crosses `/`, it is also a method and the beginning of a path. With an unusual
   * spelling, what follows a `*` may be any path; only a policy of covers denies these.
   */
  function nameMethods(path: string, methods: readonly string[], avoided: bigint): string[] {
    const crossing = !findCover && /\*|\/$/.test(path) ? '*' : path;
    for (const end of methods.length > 1 ? ['', 'T'] : []) {
      const isMeant = (method: string) => method.endsWith(end);
      const others = select(({ method }) => isMeant(method) && !methods.includes(method));
      if (!(matched(crossing) & others & avoided) && !(matched(`/*${end}${crossing}`) & avoided)) {
        return [`*${end}`, ...methods.filter((method) => !isMeant(method))].map((method) => method + path);
      }
    }
    return methods.map((method) => method + path);
  }

  const deny = name(denied, allowed);
  const isCrossing = findCover && allowed && refused;
  return { allow: name(allowed, refused), deny: isCrossing ? [...deny, ...UNUSUAL_SPELLINGS] : deny };
}

/**
 * Empty and dot segments, and a last slash: with these, a path that begins as a wildcard does may reach a route that
 * does not. Percent-encoded dots are refused too; other encodings are part of values.
 */
const UNUSUAL_SPELLINGS = ['*//*', '*/*/', '*/./*', '*/.', '*/../*', '*/..', '*%2e*', '*%2E*'];
