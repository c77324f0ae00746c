import { type JsonObject, own } from './form';

/** `scope-token` of RFC 6749 3.3: visible ASCII without `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value);
}

/**
 * The scopes a token carries, without duplicates.
 *
 * @param claim name of the claim: `scope` (a space-separated string, RFC 8693 4.2), or another one such as
 *   `permissions` or `roles`, where an array of strings is understood as well. Any other shape grants nothing.
 */
export function scopesOf(claims: JsonObject, claim: string): readonly string[] {
  const value = own(claims, claim);
  const values: unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return [...new Set(values.filter(isScopeToken))];
}
