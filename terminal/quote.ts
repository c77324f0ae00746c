/** The maximum length of quoted foreign text, in characters: shorter than any RS256 token, whose signature has 342. */
const MAX_LENGTH = 80;

/**
 * Shows a value that comes from elsewhere (a claim, an answer of a server) in a terminal: quoted, shortened, and with
 * everything but printable ASCII escaped, so that it can neither move the cursor nor look like output of ours.
 *
 * @param value anything that JSON can hold, however deeply it is nested.
 */
export function quote(value: unknown): string {
  const text = json(value);
  const short = text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)`;
  return short.replace(/[^\x20-\x7E…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return describeType(value); // nested too deeply for the stack
  }
}

/** The JSON type of a value, with its article: `a number`, `an array`. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
