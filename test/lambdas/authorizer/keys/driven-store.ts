import { KeyFetchError } from '../../../../lambdas/authorizer/keys/fetch';
import { type KeySet, parseKeySet } from '../../../../lambdas/authorizer/keys/key-set';
import {
  createKeyStore,
  type FoundKeys,
  type KeyStoreEvent,
  type KeyStoreOptions,
  KeysUnavailableError,
  SOFT_AGE_MS,
} from '../../../../lambdas/authorizer/keys/store';
import { jwks, type SigningKey, signingKey } from '../../../../samples/keys';

export const HARD_AGE_MS = 6 * 3_600_000;
export const ADDRESS = '192.0.2.1';
export const SECOND = 1_000;
export const MINUTE = 60_000;

const key1 = signingKey('key-1');
const key2 = signingKey('key-2');
const setOf = (...keys: readonly SigningKey[]): KeySet => parseKeySet(jwks(...keys)) ?? new Map();
export const only1 = setOf(key1);
export const only2 = setOf(key2);
export const both = setOf(key1, key2);
export const rekeyed1 = setOf(signingKey('key-1'));

const quick = () => new KeyFetchError('status', true);
export const lasting = () => new KeyFetchError('status', false);

interface Fetch {
  readonly timeoutMs: number;
  readonly succeed: (keys: KeySet) => void;
  readonly fail: (error?: unknown) => void;
}

/** A store whose clock and provider are moved by hand. `random` at 0.5 makes the soft age exactly {@link SOFT_AGE_MS}. */
export function setUp({
  random = 0.5,
  ...options
}: Partial<Omit<KeyStoreOptions, 'random'>> & { random?: number } = {}) {
  const fetches: Fetch[] = [];
  const events: KeyStoreEvent[] = [];
  let now = 1_000_000;
  const fetchKeySet: KeyStoreOptions['fetchKeySet'] = (timeoutMs) =>
    new Promise((succeed, fail) => {
      fetches.push({ timeoutMs, succeed, fail: (error = quick()) => fail(error) });
    });
  const store = createKeyStore({
    fetchKeySet,
    clock: () => now,
    random: () => random,
    hardAgeMs: HARD_AGE_MS,
    observe: (event) => events.push(event),
    ...options,
  });
  return {
    store,
    fetches,
    events,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** Starts a call and lets it get as far as it gets. */
    find: async (kid: string, address = ADDRESS) => {
      const call = observed(keysFrom(store.find(kid, address)));
      await settled();
      return call;
    },
    /** The last fetch; fails the test when it is not the one expected. */
    fetch: async (number: number): Promise<Fetch> => {
      await settled();
      expect(fetches).toHaveLength(number);
      const last = fetches.at(-1);
      if (!last) throw new Error('No fetch');
      return last;
    },
  };
}

type Outcome = 'pending' | 'unavailable' | readonly unknown[];

/** Follows a promise, so that a test can see whether it is still pending. */
export function observed(promise: Promise<readonly unknown[]>): { outcome: () => Promise<Outcome> } {
  let outcome: Outcome = 'pending';
  promise.then(
    (keys) => {
      outcome = keys;
    },
    (error) => {
      expect(error).toBeInstanceOf(KeysUnavailableError);
      outcome = 'unavailable';
    },
  );
  return {
    async outcome() {
      await settled();
      return outcome;
    },
  };
}

export const keysFrom = async (found: Promise<FoundKeys>) => (await found).keys;

/** Lets everything run that does not wait for a clock or the provider. A refetch begins one turn later than its call. */
export async function settled() {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A store that holds these keys, fetched just now. */
export async function warm(keys: KeySet, options: Parameters<typeof setUp>[0] = {}) {
  const set = setUp(options);
  const filled = set.store.fill();
  (await set.fetch(1)).succeed(keys);
  await filled;
  set.pass(1);
  return set;
}
