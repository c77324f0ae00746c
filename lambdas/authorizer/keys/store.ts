import type { Clock } from './clock';
import { type FetchKeySet, KeyFetchError } from './fetch';
import type { KeySet, VerificationKey } from './key-set';
import { unknownKidBudget } from './unknown-kid-budget';

/** Age at which the next call refreshes the keys, in milliseconds; each set draws its own from 80 % to 120 % of it. */
export const SOFT_AGE_MS = 300_000;

/** How long a call waits for such a refresh before it goes on with the keys in hand, in milliseconds. */
const REFRESH_WAIT_MS = 500;

/** Time for one fetch that a call depends on: its first try, and the second one where a second one may help. */
const FIRST_TRY_MS = 1_600;
const SECOND_TRY_MS = 1_200;

/** A try that ends this much after its time is up was frozen with the container: no fault of the provider. */
const FREEZE_GRACE_MS = 500;

/** After so many freezes a fetch is given up, still without counting as a failure: the next call starts afresh. */
const MAX_FREEZES = 1;

/** A fetch that fails later than this was slow: a call cannot afford another one after it, in milliseconds. */
const SLOW_MS = 1_000;

/** A call that has waited longer than this for somebody else's fetch cannot afford two tries of its own, in milliseconds. */
const PATIENCE_MS = 500;

/** So many tries since the last success may be second ones; after that, one try a fetch. */
const MAX_TRIES_WITH_RETRY = 3;

/** Pause after the first, second, … failure in a row, in milliseconds. Two quick failures are forgiven at once. */
const BACK_OFF_MS = [0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000] as const;

/** Least time between two refreshes of keys that are still good, in milliseconds: 60 to 75 s with jitter. */
const REFRESH_PAUSE_MS = 60_000;

/** Nobody can tell whether a token is good: the provider's keys cannot be had. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  constructor(cause?: unknown) {
    super('The keys of the identity provider cannot be had', { cause });
  }
}

/** What happened on the way to the provider, for the log and the metrics. */
export type KeyStoreEvent =
  | { readonly event: 'keys_fetched'; readonly keys: number; readonly milliseconds: number }
  | {
      readonly event: 'keys_fetch_failed';
      readonly failure: string;
      readonly code?: string | undefined;
      readonly milliseconds: number;
    };

export interface KeyStoreOptions {
  readonly fetchKeySet: FetchKeySet;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Keys of an age beyond this are not used any more, in milliseconds. */
  readonly hardAgeMs: number;
  /** Keys to start from. They were configured, not fetched, so they have no hard age. */
  readonly seed?: KeySet | undefined;
  readonly observe: (event: KeyStoreEvent) => void;
}

export interface KeyStore {
  /**
   * The keys a token with this `kid` may be signed with; none when the provider has no such key.
   *
   * @param address the caller's network address, which pays for refetches that find nothing.
   * @throws KeysUnavailableError when that cannot be known.
   */
  find(kid: string, address: string): Promise<readonly VerificationKey[]>;
  /** Fetches the keys ahead of the first call, unless there are some. Never rejects: a later call tries again. */
  fill(): Promise<void>;
}

/** The keys in hand, replaced as a whole. */
interface Current {
  readonly keys: KeySet;
  /** When the fetch that brought them was started: no older than this. */
  readonly since: number;
  readonly softAgeMs: number;
  readonly hardAgeMs: number;
}

/** A fetch under way. `done` never rejects: it yields the error there was, if any. */
interface Fetching {
  /** When it was started, or came to after a freeze. */
  startedAt: number;
  /** Whether a call cannot do without its answer. */
  isNeeded: boolean;
  readonly done: Promise<unknown>;
}

/**
 * Keeps the provider's keys in a warm container. There are no timers of its own and no background work to rely on: a
 * container freezes between calls, so all that happens, happens in a call.
 */
export function createKeyStore(options: KeyStoreOptions): KeyStore {
  const { fetchKeySet, clock, random, observe } = options;
  const budget = unknownKidBudget(clock);
  const jitter = () => 1 + 0.25 * random();
  const softAge = () => SOFT_AGE_MS * (0.8 + 0.4 * random());

  let current: Current | undefined = options.seed && {
    keys: options.seed,
    since: clock(),
    softAgeMs: softAge(),
    hardAgeMs: Number.POSITIVE_INFINITY,
  };
  let fetching: Fetching | undefined;
  /** Number of fetches started. One that is no longer the latest was left over from before a freeze. */
  let fetches = 0;
  /** Fetches that failed, and tries that did, since the last success. */
  let failures = 0;
  let tries = 0;
  let nextTryAt = 0;
  let nextRefreshAt = 0;

  const usable = (): Current | undefined =>
    current && clock() - current.since <= current.hardAgeMs ? current : undefined;

  /** The fetch under way, unless it was left over from before a freeze. */
  const underWay = (): Fetching | undefined =>
    fetching && clock() - fetching.startedAt <= FIRST_TRY_MS + SECOND_TRY_MS + FREEZE_GRACE_MS ? fetching : undefined;

  /**
   * Joins the fetch under way or starts one.
   *
   * @param isNeeded whether a call cannot do without the answer: only then a second try is made where one may help.
   */
  function fetchKeys(isNeeded: boolean): Promise<unknown> {
    const joined = underWay();
    if (joined) {
      joined.isNeeded ||= isNeeded;
      return joined.done;
    }
    fetches += 1;
    fetching = { startedAt: clock(), isNeeded, done: run(fetches) };
    return fetching.done;
  }

  async function run(id: number): Promise<unknown> {
    const isLatest = () => id === fetches;
    let startedAt = clock();
    let timeoutMs = FIRST_TRY_MS;
    let freezes = 0;
    let error: unknown;
    for (;;) {
      const since = clock();
      try {
        install(await fetchKeySet(timeoutMs), since, startedAt);
        error = undefined;
        break;
      } catch (caught) {
        error = caught;
        if (!isLatest()) break;
        if (clock() - since > timeoutMs + FREEZE_GRACE_MS) {
          freezes += 1;
          if (freezes > MAX_FREEZES) break;
          startedAt = clock();
          if (fetching) fetching.startedAt = startedAt;
        } else {
          tries += 1;
          const mayHelp = error instanceof KeyFetchError && error.transient && fetching?.isNeeded;
          if (!mayHelp || timeoutMs === SECOND_TRY_MS || tries >= MAX_TRIES_WITH_RETRY) break;
          timeoutMs = SECOND_TRY_MS;
        }
      }
    }
    if (isLatest()) {
      fetching = undefined;
      if (error !== undefined && freezes <= MAX_FREEZES) failed(error, clock() - startedAt);
    }
    return error;
  }

  function install(keys: KeySet, since: number, startedAt: number): void {
    if (current && current.since > since) return; // left over from before a freeze
    observe({ event: 'keys_fetched', keys: keys.size, milliseconds: Math.round(clock() - startedAt) });
    failures = 0;
    tries = 0;
    nextTryAt = 0;
    nextRefreshAt = 0;
    current = { keys, since, softAgeMs: softAge(), hardAgeMs: options.hardAgeMs };
  }

  function failed(error: unknown, durationMs: number): void {
    failures = durationMs > SLOW_MS ? Math.max(failures + 1, 3) : failures + 1;
    const pause = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length) - 1] ?? 0;
    nextTryAt = clock() + pause * jitter();
    const { failure, code } = error instanceof KeyFetchError ? error : { failure: 'unexpected', code: undefined };
    observe({ event: 'keys_fetch_failed', failure, code, milliseconds: Math.round(durationMs) });
  }

  /** Whether there are keys, of an age at which they should be refreshed, and it is time to try. */
  function isRefreshDue(): boolean {
    const now = usable();
    return now !== undefined && clock() - now.since > now.softAgeMs && clock() >= nextRefreshAt;
  }

  /** Refreshes keys that are still good; waits only a moment for that. */
  async function refresh(): Promise<void> {
    nextRefreshAt = clock() + REFRESH_PAUSE_MS * jitter();
    await atMost(REFRESH_WAIT_MS, fetchKeys(false));
  }

  /** Keys when there are none to go on with. */
  async function fetched(calledAt: number): Promise<Current> {
    let error: unknown;
    if (underWay()) error = await fetchKeys(true);
    if (!usable() && clock() >= nextTryAt) error = await fetchKeys(clock() - calledAt <= PATIENCE_MS);
    const now = usable();
    if (!now) throw new KeysUnavailableError(error);
    return now;
  }

  /** The provider may have rotated its keys: asks once more, if the caller's address has not overdone it. */
  async function refetched(kid: string, address: string, calledAt: number): Promise<readonly VerificationKey[]> {
    if (underWay()) {
      const error = await fetchKeys(true);
      if (error) throw new KeysUnavailableError(error);
      const found = usable()?.keys.get(kid);
      if (found) return found;
    }
    if (clock() < nextTryAt) throw new KeysUnavailableError();
    if (!budget.take(address)) {
      if (failures > 0) throw new KeysUnavailableError();
      return [];
    }
    const error = await fetchKeys(clock() - calledAt <= PATIENCE_MS);
    if (error) throw new KeysUnavailableError(error);
    const found = usable()?.keys.get(kid);
    if (!found) budget.fruitless(address);
    return found ?? [];
  }

  return {
    async find(kid, address) {
      const calledAt = clock();
      if (isRefreshDue()) await refresh();
      const now = usable() ?? (await fetched(calledAt));
      const keys = now.keys.get(kid);
      if (keys) return keys;
      if (now.since >= calledAt) return [];
      return refetched(kid, address, calledAt);
    },
    async fill() {
      if (!usable()) await fetchKeys(false);
    },
  };
}

/** Resolves with the promise, or without it when the time is up. */
async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
