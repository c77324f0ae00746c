import type { Clock } from './clock';
import type { FetchKeySet } from './fetch';
import type { KeySet } from './key-set';

/** A try that ends this long after its time is up was frozen with the container: no fault of the provider. */
export const FREEZE_GRACE_MS = 500;

/** With less time left, a second try is not worth its request, in milliseconds. */
const SHORTEST_TRY_MS = 200;

/** One fetch, which may take more than one try. */
export interface Fetch {
  /** When it started, or came to after a freeze. Its deadline counts from here. */
  startedAtMs: number;
  readonly timeoutMs: number;
  /** Whether its answer is still wanted: a fetch left over from before a freeze may have been replaced. */
  readonly isWanted: () => boolean;
  /** Told about each failed try but those that were frozen. Returns whether a second try may help. */
  readonly mayRetry: (error: unknown) => boolean;
}

/** The keys, and when the try that brought them started: they are no older than that. */
export type FetchResult =
  | { readonly keys: KeySet; readonly startedAtMs: number }
  | { readonly error: unknown; readonly wasFrozen: boolean };

/**
 * Fetches the keys within one deadline. A failure that may pass gets a second try, if there is time for it. A fetch that
 * was frozen with its container starts afresh, once.
 */
export async function fetchWithRetry(fetch: Fetch, fetchKeySet: FetchKeySet, clock: Clock): Promise<FetchResult> {
  let hasRetried = false;
  let hasRestarted = false;
  for (;;) {
    const startedAtMs = clock();
    try {
      const keys = await fetchKeySet(fetch.startedAtMs + fetch.timeoutMs - startedAtMs);
      return { keys, startedAtMs };
    } catch (error) {
      const nowMs = clock();
      const leftMs = fetch.startedAtMs + fetch.timeoutMs - nowMs;
      const wasFrozen = leftMs < -FREEZE_GRACE_MS;
      if (!fetch.isWanted() || (wasFrozen && hasRestarted)) return { error, wasFrozen };
      if (wasFrozen) {
        hasRestarted = true;
        fetch.startedAtMs = nowMs;
      } else {
        if (!fetch.mayRetry(error) || hasRetried || leftMs < SHORTEST_TRY_MS) return { error, wasFrozen };
        hasRetried = true;
      }
    }
  }
}
