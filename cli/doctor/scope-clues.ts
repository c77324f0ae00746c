import type { JsonObject } from '../../lambdas/shared/json';
import { quote } from '../../terminal/quote';

/** How deep nested claims are searched, and how many values in all. */
const MAX_DEPTH = 4;
const MAX_VALUES = 10_000;

/** Why a token seems to lack scopes that it has, and what to do. */
export interface ScopeClue {
  readonly detail: string;
  readonly todo: string;
}

/**
 * Looks for missing scopes where the authorizer does not look: under another claim, in another spelling.
 *
 * @param required the scopes that the route requires.
 * @param missing those of them that the authorizer does not find.
 * @param scopeClaim the claim that the authorizer reads.
 */
export function scopeClue(
  claims: JsonObject,
  required: readonly string[],
  missing: readonly string[],
  scopeClaim: string,
): ScopeClue | undefined {
  const found = holders(claims);
  const others = found.filter(({ path }) => path.length > 1 || path[0] !== scopeClaim);
  const holding = (scopes: readonly string[], split: (value: string) => readonly string[] = (value) => [value]) =>
    others.find(({ values }) => scopes.every((scope) => values.flatMap(split).includes(scope)));
  const names = missing.map(quote).join(' and ');
  const holder = holding(required);
  if (holder !== undefined) return otherClaim(holder, names, scopeClaim);
  const holderOfSome = holding(missing);
  if (holderOfSome !== undefined) {
    return {
      detail: `the token has ${names} under ${quote(holderOfSome.path.join('.'))}, and other scopes of this route in ${quote(scopeClaim)}; this API reads scopes from one claim`,
      todo: `Have the provider send all scopes in ${quote(scopeClaim)}.`,
    };
  }

  const values = found.find(({ path }) => path.length === 1 && path[0] === scopeClaim)?.values ?? [];
  if (missing.every((scope) => values.flatMap(apart).includes(scope))) {
    const how = values.some((value) => /[,;]/.test(value)) ? 'separated by commas' : 'not between spaces';
    return { detail: `the token has ${names} in ${quote(scopeClaim)}, but ${how}`, todo: SPACES };
  }
  const loose = holding(required, apart);
  if (loose !== undefined) {
    return {
      detail: `the token has ${names} under ${quote(loose.path.join('.'))}, but not between spaces; this API reads scopes from ${quote(scopeClaim)}`,
      todo: SPACES,
    };
  }
  const isOtherCase = missing.every((scope) =>
    values.some((value) => value !== scope && value.toLowerCase() === scope.toLowerCase()),
  );
  if (isOtherCase) {
    return {
      detail: `the token has ${names} in another case; scopes are compared exactly`,
      todo: 'Spell the scopes the same in the route table and at the provider.',
    };
  }
  const isPrefixed = missing.every((scope) => values.some((value) => value.endsWith(`/${scope}`)));
  if (!isPrefixed) return undefined;
  return {
    detail: `the token has ${names} behind the name of an API and a slash; scopes are compared exactly`,
    todo: 'Write the scopes in the route table as the token has them.',
  };
}

const SPACES =
  'Have the provider separate scopes with spaces (RFC 6749 3.3), or send them as an array under another claim.';

/** The scopes in a string that has other characters than spaces between or around them. */
const apart = (value: string): readonly string[] => value.split(/[\s,;|+"'[\]]|%20/);

function otherClaim({ path }: Holder, names: string, scopeClaim: string): ScopeClue {
  const [claim = ''] = path;
  const detail = `the token has ${names} under ${quote(path.join('.'))}; this API reads scopes from ${quote(scopeClaim)}`;
  if (path.length === 1) {
    return { detail, todo: `Set AUTHACTION_SCOPE_CLAIM to ${quote(claim)} and deploy.` };
  }
  return {
    detail,
    todo: 'AUTHACTION_SCOPE_CLAIM cannot name a nested claim: have the provider copy the scopes to a claim at the top level, then set AUTHACTION_SCOPE_CLAIM to its name.',
  };
}

/** Strings at one place of the claims. */
interface Holder {
  readonly path: readonly string[];
  readonly values: readonly string[];
}

/** Every place that holds strings as a scope claim does: a string with spaces, or an array of strings. */
function holders(claims: JsonObject): readonly Holder[] {
  const found: Holder[] = [];
  let left = MAX_VALUES;
  const visit = (value: unknown, path: readonly string[]): void => {
    if (left <= 0 || path.length > MAX_DEPTH) return;
    left -= 1;
    if (typeof value === 'string') {
      found.push({ path, values: value.split(' ') });
    } else if (Array.isArray(value)) {
      const texts = value.slice(0, left).filter((item): item is string => typeof item === 'string');
      left -= texts.length;
      found.push({ path, values: texts });
      for (const item of value) if (typeof item === 'object') visit(item, path);
    } else if (typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) visit((value as JsonObject)[name], [...path, name]);
    }
  };
  for (const name of Object.keys(claims)) visit(claims[name], [name]);
  return found;
}
