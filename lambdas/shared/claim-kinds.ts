import { decodeClaims } from './context-claims';

type RequiredKind = 'string' | 'number' | 'boolean' | 'string[]';

/** What a claim must be: a string, a number, a boolean or a list of strings. With `?` it may be absent. */
export type ClaimKind = 'string' | 'number' | 'boolean' | 'string[]' | 'string?' | 'number?' | 'boolean?' | 'string[]?';

/**
 * The claims that a handler reads, by their names in the token.
 *
 * @example
 * const claims = { org_id: 'string', 'https://example.com/roles': 'string[]?' } as const satisfies ClaimKinds;
 */
export type ClaimKinds = Readonly<Record<string, ClaimKind>>;

/** The value of a claim of some kind. */
export type ClaimValue<Kind extends ClaimKind> = Kind extends 'string' | 'string?'
  ? string
  : Kind extends 'number' | 'number?'
    ? number
    : Kind extends 'boolean' | 'boolean?'
      ? boolean
      : readonly string[];

/** The values of the claims that a handler reads: each of its kind, those with `?` perhaps absent. */
export type ClaimValues<K extends ClaimKinds> = {
  readonly [Name in keyof K as Extract<K[Name], `${string}?`> extends never ? Name : never]: ClaimValue<K[Name]>;
} & {
  readonly [Name in keyof K as Extract<K[Name], `${string}?`> extends never ? never : Name]?: ClaimValue<K[Name]>;
};

const isOfKind: Readonly<Record<RequiredKind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  'string[]': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** The claims that a handler declares, as a token has them. */
export interface ReadClaims<K extends ClaimKinds> {
  /** Complete only where nothing is wrong. */
  readonly values: ClaimValues<K>;
  /** Names of those that are of another kind, or absent without a `?`; of the context's value where it cannot be read. */
  readonly wrong: readonly string[];
}

/**
 * Prepares to read the claims that a handler declares.
 *
 * @returns what reads them from the authorizer's context.
 * @throws Error for a kind that does not exist: JavaScript has no compiler to refuse it.
 */
export function claimReader<K extends ClaimKinds>(kinds: K): (encoded: string | undefined) => ReadClaims<K> {
  const declared = Object.entries(kinds).map(([name, kind]) => {
    const required = String(kind).replace(/\?$/, '') as RequiredKind;
    if (typeof kind !== 'string' || !Object.hasOwn(isOfKind, required)) {
      const known = Object.keys(isOfKind).join(', ');
      throw new Error(
        `Claim ${JSON.stringify(name)}: "${kind}" is none of ${known}, nor one of them with ? at its end.`,
      );
    }
    return { name, isOptional: kind !== required, isRight: isOfKind[required] };
  });
  return (encoded) => {
    const claims = decodeClaims(encoded);
    if (claims === undefined) return { values: {} as ClaimValues<K>, wrong: ['token_claims'] };
    const has = (name: string): boolean => Object.hasOwn(claims, name);
    const wrong = declared.filter(({ name, isOptional, isRight }) => !(has(name) ? isRight(claims[name]) : isOptional));
    const present = declared.filter(({ name }) => has(name)).map(({ name }) => [name, claims[name]]);
    return { values: Object.fromEntries(present) as ClaimValues<K>, wrong: wrong.map(({ name }) => name) };
  };
}
