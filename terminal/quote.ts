/** Longest piece of foreign text shown, in characters: shorter than any RS256 token, whose signature alone has 342. */
const MAX_LENGTH = 80;

/**
 * Shows text that somebody else wrote (a claim, an answer of a server) in a terminal: quoted, cut off, and with
 * everything but printable ASCII escaped, so that it can neither move the cursor nor pass for ours.
 */
export function quote(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  const short = text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)`;
  return short.replace(/[^\x20-\x7E…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
