import type { Clock } from './clock';

/** Pause after the first, second, … failure in a row, in milliseconds. Two quick failures are forgiven at once. */
const PAUSES_MS = [0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000] as const;

/** A slow failure counts as this many quick ones: a call cannot afford another one after it. */
const SLOW_FAILURE = 3;

/** This many tries since the last success may be second ones; after that, one try a fetch. */
const MAX_TRIES_WITH_RETRY = 3;

/** How long a provider that fails is left alone. */
export interface BackOff {
  /** Whether the pause after the last failure is over. */
  isOver(): boolean;
  /** Whether the last fetch failed. */
  isFailing(): boolean;
  recordSuccess(): void;
  recordFailure(isSlow: boolean): void;
  /** Counts a try that failed. Returns whether a second try may follow it. */
  recordFailedTry(): boolean;
}

/** @param jitter draws the factor for each pause. */
export function createBackOff(clock: Clock, jitter: () => number): BackOff {
  let failures = 0;
  let failedTries = 0;
  let overAtMs = 0;
  return {
    isOver: () => clock() >= overAtMs,
    isFailing: () => failures > 0,
    recordSuccess() {
      failures = 0;
      failedTries = 0;
      overAtMs = 0;
    },
    recordFailure(isSlow) {
      failures = Math.max(failures + 1, isSlow ? SLOW_FAILURE : 0);
      overAtMs = clock() + (PAUSES_MS[failures - 1] ?? 60_000) * jitter();
    },
    recordFailedTry() {
      failedTries += 1;
      return failedTries < MAX_TRIES_WITH_RETRY;
    },
  };
}
