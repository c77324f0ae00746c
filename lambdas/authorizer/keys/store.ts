import { createBackOff } from './back-off';
import type { Clock } from './clock';
import { type FetchKeySet, KeyFetchError } from './fetch';
import { type Fetch, FREEZE_GRACE_MS, fetchWithRetry } from './fetch-with-retry';
import type { KeySet, VerificationKey } from './key-set';
import { type UnknownKidBudget, unknownKidBudget } from './unknown-kid-budget';

/** Total time for a fetch of the keys by default, in seconds. */
export const KEYS_TIMEOUT_SECONDS = 3;

/** Age at which the next call refreshes the keys, in milliseconds; each set draws its own from 80 % to 120 % of it. */
export const SOFT_AGE_MS = 300_000;

/** How long a call waits for such a refresh before it continues with the current keys, in milliseconds. */
const REFRESH_WAIT_MS = 500;

/** Least time between two refreshes of keys that are still good, in milliseconds: 60 to 75 s with jitter. */
const REFRESH_PAUSE_MS = 60_000;

/** What a call that has waited for another call's fetch may take beyond the time for one fetch, in milliseconds. */
const SECOND_FETCH_MS = 1_500;

/** A fetch that fails after this share of its time was slow. */
const SLOW_SHARE = 1 / 3;

/** The provider's keys are unavailable: whether a token is good cannot be known. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  constructor(cause?: unknown) {
    super("The identity provider's keys are unavailable", { cause });
  }
}

/** What happened on the way to the provider, for the log and the metrics. */
export type KeyStoreEvent =
  | {
      readonly event: 'keys_fetched';
      readonly keys: number;
      /** Keys beyond the fourth under one `kid`, which are not used. */
      readonly leftOut?: number | undefined;
      readonly milliseconds: number;
    }
  | {
      readonly event: 'keys_fetch_failed';
      readonly failure: string;
      readonly code?: string | undefined;
      /** The HTTP status, where that is what is wrong. */
      readonly status?: number | undefined;
      readonly milliseconds: number;
    };

export interface KeyStoreOptions {
  readonly fetchKeySet: FetchKeySet;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Keys of an age beyond this are not used any more, in milliseconds. */
  readonly hardAgeMs: number;
  /**
   * Total time for a fetch with all its tries, in milliseconds.
   *
   * @default 3000
   */
  readonly timeoutMs?: number;
  /** Keys to start from. They were configured, not fetched, so they have no hard age. */
  readonly seed?: KeySet | undefined;
  /** May throw: nothing depends on it. */
  readonly observe: (event: KeyStoreEvent) => void;
}

/** What the provider publishes under a `kid`. */
export interface FoundKeys {
  /** None when the provider has no such key. */
  readonly keys: readonly VerificationKey[];
  /** Whether there can be none newer: they were fetched during this very call, and no other replica may have others. */
  readonly areNew: boolean;
}

/** The provider's keys. Any number of calls may use it at once. */
export interface KeyStore {
  /**
   * The keys a token with this `kid` may be signed with.
   *
   * @param sourceIp the caller's network address, which pays for refetches that find nothing.
   * @throws KeysUnavailableError when they cannot be known.
   */
  find(kid: string, sourceIp: string): Promise<FoundKeys>;
  /**
   * The keys under this `kid` after a refetch, for a token that none of the known ones signed: the provider may have
   * replaced a key and kept its `kid`. The same ones where it has not, where the caller may cause no refetch, and where
   * the refetch fails.
   *
   * @param keys the ones that {@link find} returned.
   */
  findNewer(kid: string, keys: readonly VerificationKey[], sourceIp: string): Promise<readonly VerificationKey[]>;
  /** Fetches the keys ahead of the first call, unless there are some. Never rejects: a later call tries again. */
  fill(): Promise<void>;
}

/** The current keys, replaced as a whole. */
interface Current {
  readonly keys: KeySet;
  /** When the try that brought them started: they are no older than this. */
  readonly sinceMs: number;
  /** When they reach their hard age. */
  readonly usableUntilMs: number;
}

/** The fetch under way. */
interface Fetching extends Fetch {
  /** Whether a call cannot do without its answer: only then a second try is made where one may help. */
  isNeeded: boolean;
  /** Never rejects: it yields the error, if there was one. */
  done: Promise<unknown>;
}

/**
 * Keeps the provider's keys in a warm container. It has no timers of its own and no background work to rely on: a
 * container freezes between calls, so everything happens within a call.
 */
export function createKeyStore(options: KeyStoreOptions): KeyStore {
  const { fetchKeySet, clock, random, timeoutMs = KEYS_TIMEOUT_SECONDS * 1000 } = options;
  const jitter = () => 1 + 0.25 * random();
  const softAgeMs = () => SOFT_AGE_MS * (0.8 + 0.4 * random());
  const backOff = createBackOff(clock, jitter);
  // Two, so that forged signatures do not delay callers with a rotated key, and unknown kids not those with a replaced one.
  const kidBudget = unknownKidBudget(clock);
  const signatureBudget = unknownKidBudget(clock);

  const { seed } = options;
  let current: Current = {
    keys: seed ?? new Map(),
    sinceMs: clock(),
    usableUntilMs: seed ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
  };
  let fetching: Fetching | undefined;
  /** When the next refresh of keys that are still good is due: at their soft age, then after each pause. */
  let refreshAtMs = clock() + softAgeMs();
  /** Whether the last refresh has not ended: its container was frozen before the provider answered. */
  let isRefreshOpen = false;
  /** Kids whose keys the last refresh removed or replaced. Each may be requested once more: replicas may disagree. */
  let changed = new Set<string>();

  const isUsable = (): boolean => clock() <= current.usableUntilMs;
  const isSince = (timeMs: number): boolean => current.sinceMs >= timeMs;
  const keysOf = (kid: string, keys = current.keys) => keys.get(kid) ?? [];

  /** The fetch under way, unless it was left over from before a freeze. */
  const underWay = (): Fetching | undefined =>
    fetching && clock() - fetching.startedAtMs <= fetching.timeoutMs + FREEZE_GRACE_MS ? fetching : undefined;

  /** Waits for another call's fetch. Yields the error, if there was one. */
  function join(joined: Fetching): Promise<unknown> {
    joined.isNeeded = true;
    return joined.done;
  }

  /** Starts a fetch, unless one is under way. Yields the error, if there was one. */
  function fetchKeys(isNeeded: boolean, limitMs = timeoutMs): Promise<unknown> {
    const joined = underWay();
    if (joined) return isNeeded ? join(joined) : joined.done;
    const own: Fetching = {
      startedAtMs: clock(),
      timeoutMs: limitMs,
      isNeeded,
      isWanted: () => own === fetching,
      mayRetry: (error) =>
        backOff.recordFailedTry() && own.isNeeded && error instanceof KeyFetchError && error.transient,
      done: Promise.resolve(),
    };
    fetching = own; // before it starts, so that one that ends at once is not left behind
    own.done = run(own, !isNeeded);
    return own.done;
  }

  async function run(own: Fetching, isRefresh: boolean): Promise<unknown> {
    const result = await fetchWithRetry(own, fetchKeySet, clock);
    const durationMs = clock() - own.startedAtMs;
    const isWanted = own.isWanted();
    if (isWanted) fetching = undefined;
    if ('keys' in result) {
      install(result.keys, result.startedAtMs, durationMs, isRefresh);
      return undefined;
    }
    const { error, wasFrozen } = result;
    if (isWanted && !wasFrozen) recordFailure(error, durationMs);
    return error;
  }

  function install(keys: KeySet, sinceMs: number, durationMs: number, isRefresh: boolean): void {
    if (current.sinceMs > sinceMs) return; // left over from before a freeze
    // Stryker disable next-line ArrayDeclaration: a kid that no set has is unchanged.
    const kids = isRefresh ? [...current.keys.keys()] : [];
    changed = new Set(kids.filter((kid) => modulusesOf(keysOf(kid, keys)) !== modulusesOf(keysOf(kid))));
    current = { keys, sinceMs, usableUntilMs: sinceMs + options.hardAgeMs };
    refreshAtMs = sinceMs + softAgeMs();
    isRefreshOpen = false;
    backOff.recordSuccess();
    const { size, leftOut } = keys;
    tell({ event: 'keys_fetched', keys: size, leftOut, milliseconds: Math.round(durationMs) });
  }

  function recordFailure(error: unknown, durationMs: number): void {
    isRefreshOpen = false;
    backOff.recordFailure(durationMs > timeoutMs * SLOW_SHARE);
    const known = error instanceof KeyFetchError ? error : undefined;
    tell({
      event: 'keys_fetch_failed',
      failure: known?.failure ?? 'unexpected',
      code: known?.code,
      status: known?.status,
      milliseconds: Math.round(durationMs),
    });
  }

  function tell(event: KeyStoreEvent): void {
    try {
      options.observe(event);
    } catch {
      // An observer that fails must cost no keys.
    }
  }

  /** Refreshes keys that are still good; waits only a moment for that, or longer where a freeze ended the last refresh. */
  async function refresh(): Promise<void> {
    refreshAtMs = clock() + REFRESH_PAUSE_MS * jitter();
    const waitMs = isRefreshOpen ? timeoutMs : REFRESH_WAIT_MS;
    isRefreshOpen = true;
    await atMost(waitMs, fetchKeys(false));
  }

  /** Fetches keys when there are none to continue with. */
  async function fetchFirst(calledAtMs: number): Promise<void> {
    let error: unknown;
    const joined = underWay();
    if (joined) error = await join(joined);
    const leftMs = calledAtMs + timeoutMs - clock();
    // Stryker disable next-line EqualityOperator: with no time left, what has failed was slow, so its pause is not over.
    if (!isUsable() && backOff.isOver() && leftMs > 0) error = await fetchKeys(true, leftMs);
    if (!isUsable()) throw new KeysUnavailableError(error);
  }

  /**
   * Brings the current set up to date with this call, unless the caller's network may not cause that. A fetch that another
   * call has started since is as good as one of its own, and only that other call pays for it.
   *
   * @param kid the one the call is about: where the last refresh changed its keys, the budget is not asked.
   * @param isMissing whether the current set lacks what the call is after.
   * @throws KeysUnavailableError when the fetch fails, and when the provider is left alone because others did.
   */
  async function refetch(
    budget: UnknownKidBudget,
    kid: string,
    isMissing: () => boolean,
    sourceIp: string,
    calledAtMs: number,
  ): Promise<void> {
    const before = current;
    const isFree = changed.delete(kid);
    const isAnswered = () => !isMissing() || (current !== before && isSince(calledAtMs));
    // Stryker disable next-line ConditionalExpression: to wait a turn for nothing changes nothing.
    if (!underWay()) await nextTurn(); // calls that arrive together share one fetch
    for (let joined = underWay(); joined && !isAnswered(); joined = underWay()) requireSuccess(await join(joined));
    if (isAnswered()) return;
    if (!backOff.isOver()) throw new KeysUnavailableError();
    if (!budget.take(sourceIp) && !isFree) {
      if (backOff.isFailing()) throw new KeysUnavailableError();
      return;
    }
    const leftMs = calledAtMs + timeoutMs + SECOND_FETCH_MS - clock();
    requireSuccess(await fetchKeys(true, Math.min(timeoutMs, Math.max(leftMs, SECOND_FETCH_MS))));
    if (isMissing()) budget.recordFruitless(sourceIp);
  }

  return {
    async find(kid, sourceIp) {
      const calledAtMs = clock();
      if (isUsable() && calledAtMs > refreshAtMs) await refresh();
      if (!isUsable()) await fetchFirst(calledAtMs);
      const areNew = () => isSince(calledAtMs) && !changed.has(kid);
      const isMissing = () => keysOf(kid).length === 0;
      if (isMissing() && !areNew()) await refetch(kidBudget, kid, isMissing, sourceIp, calledAtMs);
      return { keys: keysOf(kid), areNew: areNew() };
    },
    async findNewer(kid, keys, sourceIp) {
      const moduli = modulusesOf(keys);
      try {
        await refetch(signatureBudget, kid, () => modulusesOf(keysOf(kid)) === moduli, sourceIp, clock());
      } catch (error) {
        if (!(error instanceof KeysUnavailableError)) throw error; // the known keys say no
      }
      return keysOf(kid);
    },
    async fill() {
      if (!isUsable()) await fetchKeys(false);
    },
  };
}

/** @throws KeysUnavailableError for the error that a fetch yields. */
function requireSuccess(error: unknown): void {
  if (error !== undefined) throw new KeysUnavailableError(error);
}

const modulusesOf = (keys: readonly VerificationKey[]): string => keys.map(({ jwk: { n, e } }) => `${n}.${e}`).join();

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Resolves with the promise, or without it when the time is up. */
async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
