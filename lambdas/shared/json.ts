/** A JSON object as parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object; none of anything else. */
export const membersOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/** What a parser returns, or `undefined` where it throws. */
export function tryParse<T>(parse: () => T): T | undefined {
  let value: T | undefined;
  try {
    value = parse();
  } catch {
    // Not kept: the error may quote a token or a document.
  }
  return value;
}

/** The JSON object that a string holds; `undefined` for any other string. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = tryParse(() => JSON.parse(text) as unknown);
  return isJsonObject(value) ? value : undefined;
}
