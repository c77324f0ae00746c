type Claims = Readonly<Record<string, unknown>>;

/**
 * Writes the named claims as one value of the authorizer's context: base64 of their JSON. JSON keeps `true` apart from
 * `"true"` and takes any name; base64 needs no escaping wherever API Gateway keeps or copies the value. Plain JSON there has
 * been seen to fail once the answer is cached (https://github.com/mantil-io/mantil/issues/52, an HTTP API).
 *
 * Strings, finite numbers, booleans and lists of nothing but strings are written; a claim with another value is left out.
 *
 * @param claims of a token, as parsed.
 */
export function encodeClaims(claims: Claims, names: ReadonlySet<string>): string {
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
export function decodeClaims(encoded: string | undefined): Claims | undefined {
  if (encoded === undefined) return {};
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(encoded, 'base64').toString());
  } catch {
    // Nothing of ours.
  }
  return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Claims) : undefined;
}
