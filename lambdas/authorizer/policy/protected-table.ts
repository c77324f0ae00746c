import { mayCall, type Route, requiredScopes } from '../../shared/route-table';
import { findOpenPath, type TableEntry, tableEntries } from './table-entries';
import { wildcardMatches } from './wildcard';

/** The protected entries of a table, and what they mean to each other, as sets of entries. */
export interface ProtectedTable {
  readonly entries: readonly TableEntry[];
  readonly select: (isIn: (entry: TableEntry) => boolean) => bigint;
  /** The entries whose `*` would open an entry to tokens that lack its scopes. */
  readonly openers: (entry: TableEntry) => bigint;
  /** The other entries whose resource includes that of an entry: `GET/items/*` says `GET/items/new` as well. */
  readonly wider: (entry: TableEntry) => bigint;
  /** The entries, of any method, that a pattern matches in some of their paths. */
  readonly matched: (pattern: string) => bigint;
}

/** Each relation of an entry is computed when it is first needed: it costs no cold start. */
export function protectedTable(routes: readonly Route[]): ProtectedTable {
  const all = tableEntries(routes);
  const entries = all.filter(({ route }) => route.access !== 'public');
  const select: ProtectedTable['select'] = (isIn) =>
    entries.reduce((bits, entry) => (isIn(entry) ? bits | entry.bit : bits), 0n);
  return {
    entries,
    select,
    openers: lazily((entry) =>
      select(
        (other) =>
          !mayCall(entry.route.access, requiredScopes(other.route.access)) &&
          findOpenPath(all, other, entry) !== undefined,
      ),
    ),
    wider: lazily((entry) =>
      select(
        (other) =>
          other.method === entry.method &&
          wildcardMatches(other.path, entry.path) &&
          (other.path !== entry.path || other.bit < entry.bit),
      ),
    ),
    matched: lazily((pattern) => {
      const isMatched = lazily((path: string) => wildcardMatches(pattern, path));
      return select(({ route }) => isMatched(route.path));
    }),
  };
}

/** Computes a value when it is first needed, and keeps it. */
export function lazily<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
