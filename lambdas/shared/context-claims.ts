import { type JsonObject, parseJsonObject } from './json';

/**
 * Writes the named claims as one value of the authorizer's context: base64 of their JSON. JSON keeps `true` apart from
 * `"true"` and takes any name; base64 needs no escaping wherever API Gateway keeps or copies the value. Plain JSON there has
 * been seen to fail once the answer is cached (https://github.com/mantil-io/mantil/issues/52, an HTTP API).
 *
 * Strings, finite numbers, booleans and lists of nothing but strings are written; a claim with another value is left out.
 *
 * @param claims of a token, as parsed.
 */
export function encodeClaims(claims: JsonObject, names: ReadonlySet<string>): string {
  const kept = Object.entries(claims).filter(
    ([name, value]) =>
      names.has(name) &&
      (typeof value === 'boolean' ||
        Number.isFinite(value) ||
        [value].flat().every((item) => typeof item === 'string')),
  );
  return Buffer.from(JSON.stringify(Object.fromEntries(kept))).toString('base64');
}

/**
 * Reads back what {@link encodeClaims} wrote. An authorizer without names of claims writes nothing: then there are none.
 *
 * @returns `undefined` for what is no JSON object in base64.
 */
export function decodeClaims(encoded: string | undefined): JsonObject | undefined {
  return encoded === undefined ? {} : parseJsonObject(Buffer.from(encoded, 'base64').toString());
}
