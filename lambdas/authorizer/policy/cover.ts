import { lazily, type ProtectedTable } from './protected-table';
import type { TableEntry } from './table-entries';
import { NO_SLASH } from './wildcard';

/** A method and a path as a policy names them. */
type Resource = Pick<TableEntry, 'method' | 'path'> & Partial<TableEntry>;

/**
 * Finds few resources that include those of the wanted entries and match no path of the entries to avoid other than the
 * wanted entries' own resources do.
 *
 * A wildcard is the beginning of a path and `*`, or a path with one `?`. The search is greedy: those that cover most of
 * the table come first, and each is taken that covers two entries or more which are still left. The rest is named.
 *
 * The same holds for paths whose fixed segments are percent-encoded (`/%6Frders`): where a wildcard matches such a path,
 * it matches the plain one too, because a `*` takes the rest of its segment, and no `?` stands before two hex digits.
 */
export type FindCover = (wanted: readonly TableEntry[], avoided: bigint) => readonly Resource[];

export function createCover({ entries, select, matched }: ProtectedTable): FindCover {
  const ofMethod = lazily((name: string) => select(({ method }) => method === name));
  const ofPath = lazily((name: string) => select(({ path }) => path === name));
  const wildcards = findWildcards(new Set(entries.map(({ path }) => path)), ofPath);

  return (wanted, avoided) => {
    const resources: Resource[] = [];
    const wantedBits = wanted.reduce((bits, { bit }) => bits | bit, 0n);
    let left = wantedBits;
    for (const method of new Set(wanted.map((entry) => entry.method))) {
      const bits = ofMethod(method);
      for (const { path, covered, parts } of wildcards) {
        const gain = covered & left & bits;
        if (!(gain & (gain - 1n))) continue; // one entry or none
        if (!parts.every((part) => ofPath(part) & wantedBits & bits || !(matched(part) & avoided & bits))) continue;
        resources.push({ method, path });
        left &= ~gain;
      }
    }
    return [...resources, ...wanted.filter(({ bit }) => bit & left)];
  };
}

/** A wildcard that may stand for several paths of a table. */
interface Wildcard {
  readonly path: string;
  readonly covered: bigint;
  /** What it consists of: each part is the resource of a wanted entry, or must match no entry to avoid. */
  readonly parts: readonly string[];
}

/** The wildcards that cover two paths of the table or more: those that cover most first, then those that match least. */
function findWildcards(paths: ReadonlySet<string>, ofPath: (path: string) => bigint): readonly Wildcard[] {
  const covered = new Map<string, string[]>();
  for (const path of paths) {
    // Stryker disable next-line ArrayDeclaration: what is no path of the table covers nothing.
    const include = (pattern: string) => covered.set(pattern, [...(covered.get(pattern) ?? []), path]);
    for (let end = 1; end <= path.length; end += 1) {
      const start = path.slice(0, end);
      if (!start.endsWith('*')) include(`${start}*`);
      if (/^[^/*](?![\dA-F]{2})/i.test(path.slice(end))) include(`${start}?${path.slice(end + 1)}`);
    }
  }
  // Stryker disable next-line all: a wildcard for one path is never taken, without it the search is quick.
  const several = [...covered].filter(([, those]) => those.length > 1);
  return several
    .sort(([one, those], [other, others]) => others.length - those.length || other.length - one.length)
    .map(([path, those]) => {
      const start = path.slice(0, -1);
      const isTree = path.endsWith('*') && paths.has(start);
      return {
        path,
        covered: those.reduce((bits, each) => bits | ofPath(each), 0n),
        parts: isTree ? [start, `${start}/*`, `${start}${NO_SLASH}*`] : [path],
      };
    });
}
