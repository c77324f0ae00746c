import { tryParse } from '../../shared/json';

/** What an entry of the list may name: a subject, a client, a key, or one token. */
export const revokedKinds = ['sub', 'client', 'kid', 'jti'] as const;
export type RevokedKind = (typeof revokedKinds)[number];

/** The revoked values by `kind:value`; each until when tokens that carry it were issued, or `Infinity` for all of them. */
export type RevokedList = ReadonlyMap<string, number>;

/** `kind:value`, or `kind:value<time`. In the value, a comma, `<` and `%` are percent-encoded. */
const ENTRY = /^(sub|client|kid|jti):([^<]+)(?:<(.+))?$/;

/** A date and time as in RFC 3339, with its zone. `Date.parse` refuses what follows it. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)/;

/**
 * Parses a list of revoked tokens: entries separated by commas, such as `sub:alice,client:app<2026-11-25T12:00:00Z`. The
 * time stands for "issued before".
 *
 * @returns `undefined` when an entry is malformed: a list of which a part is ignored would let revoked tokens in.
 */
export function parseRevoked(text: string): RevokedList | undefined {
  const list = new Map<string, number>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    // Stryker disable next-line ArrayDeclaration: the first element of a match is not read.
    const [, kind, encoded = '', time] = ENTRY.exec(entry) ?? [];
    const value = tryParse(() => decodeURIComponent(encoded));
    const beforeSeconds = time === undefined ? Number.POSITIVE_INFINITY : secondsOf(time);
    if (!value || Number.isNaN(beforeSeconds)) return undefined;
    const key = `${kind}:${value}`;
    list.set(key, Math.max(beforeSeconds, list.get(key) ?? 0));
  }
  return list;
}

const secondsOf = (time: string): number => (DATE_TIME.test(time) ? Date.parse(time) / 1000 : Number.NaN);

/** What of a verified token the list may name. */
export interface RevocableToken {
  readonly sub: string;
  readonly client: string | undefined;
  readonly kid: string;
  readonly jti: unknown;
  /** A token without `iat` counts as issued before any time. */
  readonly iat: unknown;
}

/** Whether an entry matches a verified token. One look-up per kind, however long the list is. */
export function isRevoked(list: RevokedList, token: RevocableToken): boolean {
  const issuedAt = typeof token.iat === 'number' ? token.iat : Number.NEGATIVE_INFINITY;
  return revokedKinds.some((kind) => {
    const value = token[kind];
    return typeof value === 'string' && issuedAt < (list.get(`${kind}:${value}`) ?? Number.NEGATIVE_INFINITY);
  });
}
