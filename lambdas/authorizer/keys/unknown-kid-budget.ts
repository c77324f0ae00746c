import type { Clock } from './clock';

/** The maximum number of networks on record for refetches in vain; the oldest makes room. */
const MAX_NETWORKS = 256;

/** How long a network stays on record after its last request, in milliseconds. */
const RECORD_MS = 3_600_000;

/** Refetches that networks without a record may cause at once, and how long each takes to come back, in milliseconds. */
const NEWCOMER_BURST = 30;
const NEWCOMER_REFILL_MS = 55_000;

/** Least time from a refetch in vain to the next repeat, and between repeats, in milliseconds. */
const FIRST_REPEAT_MS = 10_000;
const REPEAT_PAUSE_MS = 3_600_000;

/**
 * A caller's network: an IPv4 address, or the first 64 bits of an IPv6 address, since a caller who has one of those has all
 * addresses behind it (RFC 4291 2.5.4). Zeros that the notation leaves out count as zeros of these bits.
 */
function networkOf(address: string): string {
  const groups = address.replace(/::.*/, '').split(':').filter(Boolean);
  return [...groups, '0', '0', '0', '0'].slice(0, 4).join(':');
}

/** Decides which callers may cause a refetch: for an unknown kid, or for a bad signature under a known one. */
export interface UnknownKidBudget {
  /** Requests one refetch for a caller's network, and spends it when it is granted. */
  take(address: string): boolean;
  /** Puts the caller's network on record: its refetch found nothing new. */
  recordFruitless(address: string): void;
}

/**
 * A budget under which malformed kids and forged signatures neither flood the provider nor delay callers who hold a really
 * rotated key.
 *
 * A network without a record is granted a refetch at once, so that the first honest caller after a rotation gets through
 * whatever others send. Networks on record share one repeat an hour; the regular refresh brings what they miss within
 * minutes. Memory and the total rate are bounded: beyond their burst, new networks share that repeat, too.
 */
export function unknownKidBudget(clock: Clock): UnknownKidBudget {
  const lastSeenMs = new Map<string, number>();
  let newcomers = NEWCOMER_BURST;
  let refilledAtMs = clock();
  let nextRepeatAtMs = refilledAtMs;

  /** Drops the expired records, and the oldest beyond the maximum: the map is ordered by age. */
  const forget = (nowMs: number): void => {
    for (const [network, atMs] of lastSeenMs) {
      if (nowMs - atMs < RECORD_MS && lastSeenMs.size <= MAX_NETWORKS) return;
      lastSeenMs.delete(network);
    }
  };

  /** Puts the network on record, or renews its record, as the youngest one. */
  const record = (network: string, nowMs: number): void => {
    lastSeenMs.delete(network);
    lastSeenMs.set(network, nowMs);
    forget(nowMs);
  };

  return {
    take(address) {
      const nowMs = clock();
      const network = networkOf(address);
      const refill = Math.floor((nowMs - refilledAtMs) / NEWCOMER_REFILL_MS);
      newcomers = Math.min(NEWCOMER_BURST, newcomers + refill);
      refilledAtMs += refill * NEWCOMER_REFILL_MS;
      forget(nowMs);
      if (lastSeenMs.has(network)) {
        record(network, nowMs);
      } else if (newcomers > 0) {
        newcomers -= 1;
        return true;
      }
      if (nowMs < nextRepeatAtMs) return false;
      nextRepeatAtMs = nowMs + REPEAT_PAUSE_MS;
      return true;
    },
    recordFruitless(address) {
      const nowMs = clock();
      record(networkOf(address), nowMs);
      nextRepeatAtMs = Math.max(nextRepeatAtMs, nowMs + FIRST_REPEAT_MS);
    },
  };
}
