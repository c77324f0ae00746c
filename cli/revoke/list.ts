import { MAX_ENVIRONMENT_BYTES } from '../../infra/lambda-quotas';
import { parseRevoked, type RevokedKind } from '../../lambdas/authorizer/token/revoked';

/** What is to be refused: everything of a subject, client, key or one token, or what was issued before a time. */
export interface Revocation {
  readonly kind: RevokedKind;
  readonly value: string;
  /** A date and time with its zone (RFC 3339). */
  readonly before?: string | undefined;
}

/** The value of AUTHACTION_REVOKED cannot be changed so. The message is for people. */
export class RevocationError extends Error {
  override readonly name = 'RevocationError';
}

/** The entries of a value of AUTHACTION_REVOKED. @throws RevocationError when one is malformed */
export function entriesOf(list: string): readonly string[] {
  if (!parseRevoked(list)) throw new RevocationError('The list in place has a malformed entry: correct it by hand.');
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * Adds an entry to a list. One for the same value is replaced, unless it refuses more already.
 *
 * @throws RevocationError
 * @example
 * addEntry('sub:alice', { kind: 'client', value: 'app', before: '2026-11-25T12:00:00Z' });
 * // 'sub:alice,client:app<2026-11-25T12:00:00Z'
 */
export function addEntry(list: string, revocation: Revocation): string {
  const key = keyOf(revocation);
  const entry = revocation.before === undefined ? key : `${key}<${revocation.before}`;
  if (!parseRevoked(entry)) {
    throw new RevocationError(`${entry} is malformed: a time is written as 2026-11-25T12:00:00Z.`);
  }
  const entries = entriesOf(list);
  const same = entries.filter((other) => isOf(key, other));
  const strongest = [...same, entry].sort((one, other) => refusedUntil(other) - refusedUntil(one))[0] ?? entry;
  return [...entries.filter((other) => !isOf(key, other)), strongest].join(',');
}

/** The number of entries in words, such as `1 entry`. @throws RevocationError when one is malformed */
export function countEntries(list: string): string {
  const { length } = entriesOf(list);
  return length === 1 ? '1 entry' : `${length} entries`;
}

/** Removes every entry for a value. @throws RevocationError when there is none */
export function removeEntry(list: string, revocation: Revocation): string {
  const key = keyOf(revocation);
  const entries = entriesOf(list);
  const rest = entries.filter((entry) => !isOf(key, entry));
  if (rest.length === entries.length) throw new RevocationError(`${key} is not in the list.`);
  return rest.join(',');
}

/**
 * Checks that Lambda will take an environment.
 *
 * @throws RevocationError that says how much room is missing.
 */
export function requireRoom(variables: Readonly<Record<string, string>>): void {
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes <= MAX_ENVIRONMENT_BYTES) return;
  const { length } = entriesOf(variables.AUTHACTION_REVOKED ?? '');
  throw new RevocationError(
    `A list of ${length} entries does not fit: with it the function's variables take ${bytes} bytes, and Lambda allows ` +
      `${MAX_ENVIRONMENT_BYTES}. Undo entries whose tokens have expired, or shut callers out by their client.`,
  );
}

/** Everything that separates parts of the list is percent-encoded, and so are spaces, which would be trimmed. */
const keyOf = ({ kind, value }: Revocation): string => `${kind}:${value.replace(/[%,<\s]/g, encodeURIComponent)}`;

/** Whether an entry is for the same value, however that is encoded. */
function isOf(key: string, entry: string): boolean {
  return parsedKey(entry) === parsedKey(key);
}

const parsedKey = (entry: string): string | undefined => [...(parseRevoked(entry)?.keys() ?? [])][0];
const refusedUntil = (entry: string): number => [...(parseRevoked(entry)?.values() ?? [])][0] ?? 0;
