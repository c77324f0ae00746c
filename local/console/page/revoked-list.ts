import { decodePart } from './decode-token';

/**
 * The entry of AUTHACTION_REVOKED for a token's subject, or `undefined` when it names none. The token is not verified.
 *
 * @example
 * subjectEntry(token); // 'sub:auth%7C42'
 */
export function subjectEntry(token: string): string | undefined {
  const sub = decodePart(token.split('.')[1] ?? '')?.sub;
  return typeof sub === 'string' && sub !== '' && !/\p{Surrogate}/u.test(sub)
    ? `sub:${encodeURIComponent(sub)}`
    : undefined;
}

/** Whether a list has an entry, however that is encoded. An entry with a time is another one. */
export const hasEntry = (list: string, entry: string): boolean => entriesOf(list).some((other) => isSame(other, entry));

/** The list with the entry when it lacks it, without the entry when it has it. */
export function toggleEntry(list: string, entry: string): string {
  const rest = entriesOf(list).filter((other) => !isSame(other, entry));
  return (hasEntry(list, entry) ? rest : [...rest, entry]).join(',');
}

const entriesOf = (list: string): readonly string[] =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** What is encoded in one may stand as it is in the other; a `<` that stands there starts a time. */
const isSame = (one: string, other: string): boolean =>
  one.includes('<') === other.includes('<') && decodeURIComponent(one) === decodeURIComponent(other);
