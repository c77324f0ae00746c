import type { Principal } from '../shared/principal';
import type { VerificationKey } from './keys/key-set';

/** What is kept of a token that passed every check. */
export interface AcceptedToken {
  readonly principal: Principal;
  readonly kid: string;
  /** The key its signature was verified with: this very object, so that it counts only as long as its key set does. */
  readonly key: VerificationKey;
}

/** Tokens that were accepted, so that the same one need not be verified again at once. */
export interface TokenMemo {
  /**
   * What is kept of this very token, every character compared. Says nothing about now: the caller has to check that the
   * key is still in the set in hand and that the token has not run out.
   */
  get(token: string): AcceptedToken | undefined;
  set(token: string, accepted: AcceptedToken): void;
}

/** End of a token that it is found by: part of its signature, so nobody can choose it. The whole is compared after that. */
const TAIL_LENGTH = 32;

/** Remembers the last `maxEntries` tokens that were set, in memory only; none with 0. The oldest makes room. */
export function tokenMemo(maxEntries: number): TokenMemo {
  const entries = new Map<string, { readonly token: string; readonly accepted: AcceptedToken }>();
  return {
    get(token) {
      const entry = entries.get(token.slice(-TAIL_LENGTH));
      return entry?.token === token ? entry.accepted : undefined;
    },
    set(token, accepted) {
      const tail = token.slice(-TAIL_LENGTH);
      entries.delete(tail);
      entries.set(tail, { token, accepted });
      if (entries.size <= maxEntries) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
