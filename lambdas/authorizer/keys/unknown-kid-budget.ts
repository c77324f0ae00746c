import type { Clock } from './clock';

/** The maximum number of networks on record for refetches in vain; the oldest makes room. */
const MAX_ADDRESSES = 256;

/** How long a network stays on record after its last request, in milliseconds. */
const RECORD_MS = 3_600_000;

/** Refetches that networks without a record may cause at once, and how long each takes to come back, in milliseconds. */
const NEWCOMER_BURST = 32;
const NEWCOMER_REFILL_MS = 60_000;

/** The pause between refetches that networks on record share: the first, the longest, and how fast it grows. */
const REPEAT_PAUSE_MS = 10_000;
const MAX_REPEAT_PAUSE_MS = 3_600_000;
const REPEAT_PAUSE_GROWTH = 6;

/**
 * A caller's network: an IPv4 address, or the first 64 bits of an IPv6 address, since a caller who has one of those has all
 * addresses behind it (RFC 4291 2.5.4). Zeros that the notation leaves out count as zeros of these bits.
 */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = ''] = address.split('::');
  return [...head.split(':').filter(Boolean), '0', '0', '0', '0'].slice(0, 4).join(':');
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
 * whatever others send. Networks on record share one pause, which grows with each use of it until no network is on record
 * any more; the regular refresh brings what they miss within minutes. Memory and the total rate are bounded: beyond its
 * burst, new networks share that pause, too.
 */
export function unknownKidBudget(clock: Clock): UnknownKidBudget {
  const lastSeen = new Map<string, number>();
  let newcomers = NEWCOMER_BURST;
  let refilledAt = clock();
  let pauseMs = REPEAT_PAUSE_MS;
  let nextRepeatAt = 0;

  /** Drops the expired records: the map is ordered by age. */
  const forget = (now: number): void => {
    for (const [address, at] of lastSeen) {
      if (now - at < RECORD_MS) return;
      lastSeen.delete(address);
    }
  };

  /** Puts the network on record, or renews its record, as the youngest one. */
  const record = (address: string, now: number): void => {
    lastSeen.delete(address);
    lastSeen.set(address, now);
    if (lastSeen.size <= MAX_ADDRESSES) return;
    const [oldest] = lastSeen.keys();
    if (oldest !== undefined) lastSeen.delete(oldest);
  };

  return {
    take(caller) {
      const now = clock();
      const address = networkOf(caller);
      const refill = Math.floor((now - refilledAt) / NEWCOMER_REFILL_MS);
      newcomers = Math.min(NEWCOMER_BURST, newcomers + refill);
      refilledAt += refill * NEWCOMER_REFILL_MS;
      forget(now);
      if (lastSeen.size === 0) pauseMs = REPEAT_PAUSE_MS;
      if (lastSeen.has(address)) {
        record(address, now);
      } else if (newcomers > 0) {
        newcomers -= 1;
        return true;
      }
      if (now < nextRepeatAt) return false;
      nextRepeatAt = now + pauseMs;
      pauseMs = Math.min(pauseMs * REPEAT_PAUSE_GROWTH, MAX_REPEAT_PAUSE_MS);
      return true;
    },
    recordFruitless(caller) {
      const now = clock();
      record(networkOf(caller), now);
      nextRepeatAt = Math.max(nextRepeatAt, now + REPEAT_PAUSE_MS);
    },
  };
}
