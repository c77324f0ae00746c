import { KeyFetchError } from '../../../../lambdas/authorizer/keys/fetch';
import { type KeySet, parseKeySet } from '../../../../lambdas/authorizer/keys/key-set';
import {
  createKeyStore,
  type KeyStoreEvent,
  type KeyStoreOptions,
  KeysUnavailableError,
  SOFT_AGE_MS,
} from '../../../../lambdas/authorizer/keys/store';
import { jwks, type SigningKey, signingKey } from '../../../../samples/keys';

const HARD_AGE_MS = 6 * 3_600_000;
const ADDRESS = '192.0.2.1';
const SECOND = 1_000;
const MINUTE = 60_000;

const key1 = signingKey('key-1');
const key2 = signingKey('key-2');
const setOf = (...keys: readonly SigningKey[]): KeySet => parseKeySet(jwks(...keys)) ?? new Map();
const only1 = setOf(key1);
const only2 = setOf(key2);
const both = setOf(key1, key2);
const rekeyed1 = setOf(signingKey('key-1'));

const quick = () => new KeyFetchError('status', true);
const lasting = () => new KeyFetchError('status', false);

interface Fetch {
  readonly timeoutMs: number;
  readonly succeed: (keys: KeySet) => void;
  readonly fail: (error?: unknown) => void;
}

/** A store whose clock and provider are moved by hand. `random` at 0.5 makes the soft age exactly {@link SOFT_AGE_MS}. */
function setUp({ random = 0.5, ...options }: { random?: number; seed?: KeySet; hardAgeMs?: number } = {}) {
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
      const call = observed(store.find(kid, address));
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
function observed(promise: Promise<readonly unknown[]>): { outcome: () => Promise<Outcome> } {
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

/** Lets everything run that does not wait for a clock or the provider. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A store that holds these keys, fetched just now. */
async function warm(keys: KeySet, options: Parameters<typeof setUp>[0] = {}) {
  const set = setUp(options);
  const filled = set.store.fill();
  (await set.fetch(1)).succeed(keys);
  await filled;
  set.pass(1);
  return set;
}

describe('a cold store', () => {
  test('answers out of the fetch that init has started, and makes none of its own', async () => {
    const { store, find, fetch } = setUp();
    const filled = store.fill();
    const first = await find('key-1');
    const second = await find('key-1');
    expect(await first.outcome()).toBe('pending');
    (await fetch(1)).succeed(only1);
    await filled;
    expect(await first.outcome()).toBe(only1.get('key-1'));
    expect(await second.outcome()).toBe(only1.get('key-1'));
    await fetch(1);
  });

  test('fetches by itself when init did not', async () => {
    const { find, fetch } = setUp();
    const found = await find('key-1');
    (await fetch(1)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('knows without a second fetch that a key it has just fetched for is not there', async () => {
    const { find, fetch } = setUp();
    const found = await find('key-2');
    (await fetch(1)).succeed(only1);
    expect(await found.outcome()).toEqual([]);
    await fetch(1);
  });

  test('has no key for kid that objects inherit', async () => {
    const { find } = await warm(only1);
    const found = await find('constructor');
    expect(await found.outcome()).toBe('pending');
  });

  test('gives the first try 1.6 s and the second one 1.2 s', async () => {
    const { find, fetch } = setUp();
    const found = await find('key-1');
    expect((await fetch(1)).timeoutMs).toBe(1_600);
    (await fetch(1)).fail();
    await settled();
    expect((await fetch(2)).timeoutMs).toBe(1_200);
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('makes no third try, and says so', async () => {
    const { find, fetch, events } = setUp();
    const found = await find('key-1');
    (await fetch(1)).fail();
    (await fetch(2)).fail(
      new KeyFetchError('network', true, { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }),
    );
    expect(await found.outcome()).toBe('unavailable');
    await fetch(2);
    expect(events).toEqual([{ event: 'keys_fetch_failed', failure: 'network', code: 'ECONNRESET', milliseconds: 0 }]);
  });

  test('makes no second try where it would not help', async () => {
    const { find, fetch } = setUp();
    const found = await find('key-1');
    (await fetch(1)).fail(lasting());
    expect(await found.outcome()).toBe('unavailable');
    await fetch(1);
  });

  test('makes no second try after an error of an unknown kind, and reports it without its message', async () => {
    const { find, fetch, events } = setUp();
    const found = await find('key-1');
    (await fetch(1)).fail(new TypeError('secret'));
    expect(await found.outcome()).toBe('unavailable');
    expect(events).toEqual([{ event: 'keys_fetch_failed', failure: 'unexpected', code: undefined, milliseconds: 0 }]);
  });

  test('tries once more in the call when the fetch of init has failed quickly', async () => {
    const { store, find, fetch } = setUp();
    const filled = store.fill();
    const found = await find('key-1');
    (await fetch(1)).fail(lasting());
    await filled;
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('makes one try in init while no call waits for it, and two in the call after that', async () => {
    const { store, find, fetch } = setUp();
    const filled = store.fill();
    (await fetch(1)).fail();
    await filled;
    await fetch(1);
    const found = await find('key-1');
    (await fetch(2)).fail();
    (await fetch(3)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('makes a second try in init for a call that waits for it, and a third one in the call', async () => {
    const { store, find, fetch } = setUp();
    void store.fill();
    const found = await find('key-1');
    (await fetch(1)).fail();
    (await fetch(2)).fail();
    (await fetch(3)).fail();
    expect(await found.outcome()).toBe('unavailable');
    await fetch(3);
  });

  test('counts a fetch of init that a call waits for as failed only after its second try', async () => {
    const { store, find, fetch, events } = setUp();
    void store.fill();
    const found = await find('key-1');
    (await fetch(1)).fail();
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
    expect(events).toMatchObject([{ event: 'keys_fetched' }]);
  });

  test('makes two tries of its own in a call that has waited half a second for init', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-1');
    pass(500);
    (await fetch(1)).fail(lasting());
    (await fetch(2)).fail();
    (await fetch(3)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('makes one try of its own in a call that has waited more than half a second for init', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-1');
    pass(501);
    (await fetch(1)).fail(lasting());
    (await fetch(2)).fail();
    expect(await found.outcome()).toBe('unavailable');
    await fetch(2);
  });

  test('does not try again in a call that has waited more than a second for init', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-1');
    pass(1_000);
    (await fetch(1)).fail(lasting());
    expect(await found.outcome()).toBe('unavailable');
    await fetch(1);
  });

  test('rejects with a KeysUnavailableError that carries the cause', async () => {
    const { store, fetch } = setUp();
    const found = store.find('key-1', ADDRESS);
    const error = lasting();
    (await fetch(1)).fail(error);
    await expect(found).rejects.toMatchObject({ name: 'KeysUnavailableError', cause: error });
    await expect(found).rejects.toThrow('The keys of the identity provider cannot be had');
  });

  test('init never fails, whatever the provider does', async () => {
    const { store, fetch } = setUp();
    const filled = store.fill();
    (await fetch(1)).fail(new Error('x'));
    await expect(filled).resolves.toBeUndefined();
  });
});

describe('back-off', () => {
  test('forgives two quick failures at once and then waits 1, 2, 4, … 60 s', async () => {
    const { find, fetches, pass } = setUp({ random: 0 });
    const failNext = async () => {
      const count = fetches.length;
      const found = await find('key-1');
      await settled();
      if (fetches.length === count) return false;
      fetches.at(-1)?.fail(lasting());
      expect(await found.outcome()).toBe('unavailable');
      return true;
    };
    expect(await failNext()).toBe(true);
    expect(await failNext()).toBe(true);
    expect(await failNext()).toBe(true);
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
      pass(seconds * SECOND - 1);
      expect(await failNext()).toBe(false);
      pass(1);
      expect(await failNext()).toBe(true);
    }
  });

  test('draws out each pause by up to a quarter', async () => {
    const { find, fetches, pass } = setUp({ random: 1 });
    for (let times = 0; times < 3; times += 1) {
      const found = await find('key-1');
      fetches.at(-1)?.fail(lasting());
      await found.outcome();
    }
    pass(1_249);
    expect(await (await find('key-1')).outcome()).toBe('unavailable');
    expect(fetches).toHaveLength(3);
    pass(1);
    await find('key-1');
    await settled();
    expect(fetches).toHaveLength(4);
  });

  test('makes one try per fetch after the first three, not two', async () => {
    const { find, fetch } = setUp();
    const first = await find('key-1');
    (await fetch(1)).fail();
    (await fetch(2)).fail();
    expect(await first.outcome()).toBe('unavailable');
    const second = await find('key-1');
    (await fetch(3)).fail();
    expect(await second.outcome()).toBe('unavailable');
    await fetch(3);
  });

  test('leaves a second try to a call that meets the second of three tries', async () => {
    const { find, fetch } = setUp();
    const first = await find('key-1');
    (await fetch(1)).fail(lasting());
    expect(await first.outcome()).toBe('unavailable');
    const second = await find('key-1');
    (await fetch(2)).fail();
    (await fetch(3)).succeed(only1);
    expect(await second.outcome()).toBe(only1.get('key-1'));
  });

  test('forgets the tries with the first success', async () => {
    const { find, fetch, store, pass } = setUp();
    const first = await find('key-1');
    (await fetch(1)).fail();
    (await fetch(2)).fail();
    expect(await first.outcome()).toBe('unavailable');
    const second = await find('key-1');
    (await fetch(3)).succeed(only1);
    expect(await second.outcome()).toBe(only1.get('key-1'));
    pass(1);
    const third = observed(store.find('key-2', ADDRESS));
    (await fetch(4)).fail();
    (await fetch(5)).succeed(both);
    expect(await third.outcome()).toBe(both.get('key-2'));
  });

  test('takes a failure after just a second for a quick one', async () => {
    const { find, fetch, pass } = setUp({ random: 0 });
    const found = await find('key-1');
    pass(1_000);
    (await fetch(1)).fail(lasting());
    expect(await found.outcome()).toBe('unavailable');
    await find('key-1');
    await fetch(2);
  });

  test('begins at once after a slow failure', async () => {
    const { find, fetch, pass } = setUp({ random: 0 });
    const found = await find('key-1');
    pass(1_600);
    (await fetch(1)).fail(new KeyFetchError('timeout', true));
    await settled();
    pass(1_200);
    (await fetch(2)).fail(new KeyFetchError('timeout', true));
    expect(await found.outcome()).toBe('unavailable');
    pass(999);
    expect(await (await find('key-1')).outcome()).toBe('unavailable');
    await fetch(2);
    pass(1);
    await find('key-1');
    await fetch(3);
  });

  test('grows on after slow failures', async () => {
    const { find, fetches, pass } = setUp({ random: 0 });
    const fail = async () => {
      const found = await find('key-1');
      await settled();
      pass(1_600);
      fetches.at(-1)?.fail(lasting());
      expect(await found.outcome()).toBe('unavailable');
    };
    await fail();
    pass(1 * SECOND);
    await fail();
    pass(1 * SECOND);
    expect(await (await find('key-1')).outcome()).toBe('unavailable');
    expect(fetches).toHaveLength(2);
    pass(1 * SECOND);
    await fail();
    expect(fetches).toHaveLength(3);
  });

  test('ends with the first success', async () => {
    const { find, fetch, fetches, pass } = await warm(only1, { random: 0 });
    for (let times = 0; times < 3; times += 1) {
      const found = await find('key-2', `192.0.2.${times + 10}`);
      await settled();
      fetches.at(-1)?.fail(lasting());
      expect(await found.outcome()).toBe('unavailable');
    }
    pass(1 * SECOND);
    const found = await find('key-2', '192.0.2.20');
    (await fetch(5)).succeed(only1);
    expect(await found.outcome()).toEqual([]);
    pass(1);
    const next = await find('key-2', '192.0.2.21');
    (await fetch(6)).fail();
    (await fetch(7)).succeed(both);
    expect(await next.outcome()).toBe(both.get('key-2'));
  });
});

describe('cached keys', () => {
  test('answer without a fetch up to their soft age', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS - 1);
    expect(await (await find('key-1')).outcome()).toBe(only1.get('key-1'));
    await fetch(1);
  });

  test('are refreshed by the first call beyond it, which waits for the answer', async () => {
    const { find, fetch, pass, events } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    const found = await find('key-1');
    expect(await found.outcome()).toBe('pending');
    pass(120);
    (await fetch(2)).succeed(rekeyed1);
    expect(await found.outcome()).toBe(rekeyed1.get('key-1'));
    expect(events.at(-1)).toEqual({ event: 'keys_fetched', keys: 1, milliseconds: 120 });
  });

  test.each([
    [0, 0.8],
    [1, 1.2],
  ])('draw their soft age: %d of 1 makes it %d of the plain one', async (random, share) => {
    const { find, fetch, pass } = await warm(only1, { random });
    pass(SOFT_AGE_MS * share - 1);
    await (await find('key-1')).outcome();
    await fetch(1);
    pass(1);
    await find('key-1');
    await fetch(2);
  });

  test('go on when the refresh takes longer than half a second', async () => {
    const { store, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    const startedAt = performance.now();
    expect(await store.find('key-1', ADDRESS)).toBe(only1.get('key-1'));
    expect(performance.now() - startedAt).toBeGreaterThan(450);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    // The next calls do not wait again for the same refresh.
    expect(await store.find('key-1', ADDRESS)).toBe(only1.get('key-1'));
    await fetch(2);
  });

  test('are refreshed with a single try', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    const found = await find('key-1');
    (await fetch(2)).fail();
    expect(await found.outcome()).toBe(only1.get('key-1'));
    await fetch(2);
  });

  test.each([
    [0, 60_000],
    [1, 75_000],
  ])('have their refresh tried again after a pause (random %d: %d ms), no sooner', async (random, pause) => {
    const { find, fetch, pass } = await warm(only1, { random });
    pass(SOFT_AGE_MS * 1.2 + 1);
    const found = await find('key-1');
    (await fetch(2)).fail();
    await found.outcome();
    pass(pause - 1);
    expect(await (await find('key-1')).outcome()).toBe(only1.get('key-1'));
    await fetch(2);
    pass(1);
    const again = await find('key-1');
    (await fetch(3)).succeed(both);
    expect(await again.outcome()).toBe(both.get('key-1'));
  });

  test('may be refreshed at their next soft age without regard to the last pause', async () => {
    const { find, fetch, pass } = await warm(only1, { random: 0 });
    pass(SOFT_AGE_MS * 0.8 + 1);
    const found = await find('key-1');
    (await fetch(2)).succeed(both);
    await found.outcome();
    pass(SOFT_AGE_MS * 0.8 + 1);
    await find('key-1');
    await fetch(3);
  });

  test('are used up to their hard age when no refresh succeeds, and no longer', async () => {
    const { find, fetches, pass } = await warm(only1);
    const refreshFails = async () => {
      const found = await find('key-1');
      await settled();
      fetches.at(-1)?.fail(lasting());
      return found.outcome();
    };
    pass(HARD_AGE_MS - 1);
    expect(await refreshFails()).toBe(only1.get('key-1'));
    pass(1);
    expect(await refreshFails()).toBe('unavailable');
  });

  test('come back after their hard age with the first fetch that succeeds', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(HARD_AGE_MS + 1);
    const found = await find('key-1');
    (await fetch(2)).fail();
    (await fetch(3)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-1'));
  });

  test('that were withdrawn are gone with the refresh', async () => {
    const { find, fetch, pass } = await warm(both);
    pass(SOFT_AGE_MS + 1);
    const found = await find('key-1');
    (await fetch(2)).succeed(only2);
    await settled();
    // It asks once more for the key that it lacks now, and no longer than that.
    await fetch(2);
    expect(await found.outcome()).toEqual([]);
  });

  test('of a configured set never grow too old, but are refreshed', async () => {
    const { find, fetch, pass } = setUp({ seed: only1 });
    expect(await (await find('key-1')).outcome()).toBe(only1.get('key-1'));
    pass(HARD_AGE_MS * 100);
    const found = await find('key-1');
    (await fetch(1)).fail();
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('of a configured set make init fetch nothing', async () => {
    const { store, fetches } = setUp({ seed: only1 });
    await store.fill();
    expect(fetches).toHaveLength(0);
  });

  test('of a configured set give way to fetched ones, which do grow too old', async () => {
    const { find, fetch, pass } = setUp({ seed: only1 });
    pass(SOFT_AGE_MS + 1);
    const found = await find('key-1');
    (await fetch(1)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-1'));
    pass(HARD_AGE_MS + 1);
    const late = await find('key-1');
    (await fetch(2)).fail(lasting());
    expect(await late.outcome()).toBe('unavailable');
  });
});

describe('a kid the set lacks', () => {
  test('is asked for once by any number of calls at the same time', async () => {
    const { find, fetch } = await warm(only1);
    const calls = await Promise.all(Array.from({ length: 20 }, (_, index) => find('key-2', `192.0.2.${index}`)));
    (await fetch(2)).succeed(both);
    for (const call of calls) expect(await call.outcome()).toBe(both.get('key-2'));
    await fetch(2);
  });

  test('is asked for with a second try', async () => {
    const { find, fetch } = await warm(only1);
    const found = await find('key-2');
    (await fetch(2)).fail();
    (await fetch(3)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-2'));
  });

  test('is undecided when the refetch fails, for all who wait for it', async () => {
    const { find, fetch } = await warm(only1);
    const first = await find('key-2');
    const second = await find('key-3');
    (await fetch(2)).fail(lasting());
    expect(await first.outcome()).toBe('unavailable');
    expect(await second.outcome()).toBe('unavailable');
    expect(await (await find('key-1')).outcome()).toBe(only1.get('key-1'));
    await fetch(2);
  });

  test('is undecided during back-off, without a fetch', async () => {
    const { find, fetch, fetches } = await warm(only1);
    for (let times = 0; times < 3; times += 1) {
      const found = await find('key-2');
      await settled();
      fetches.at(-1)?.fail(lasting());
      await found.outcome();
    }
    expect(await (await find('key-2')).outcome()).toBe('unavailable');
    await fetch(4);
  });

  test('is refused without a fetch once its address has overdone it, while the provider is well', async () => {
    const { find, fetch, pass } = await warm(only1);
    const junk = await find('junk');
    (await fetch(2)).succeed(only1);
    expect(await junk.outcome()).toEqual([]);
    pass(1);
    expect(await (await find('more-junk')).outcome()).toEqual([]);
    await fetch(2);
  });

  test('is undecided once its address has overdone it, while the provider is not', async () => {
    const { find, fetch, pass } = await warm(only1);
    const junk = await find('junk');
    (await fetch(2)).succeed(only1);
    await junk.outcome();
    pass(1);
    const other = await find('junk', '192.0.2.2');
    (await fetch(3)).fail(lasting());
    await other.outcome();
    expect(await (await find('more-junk')).outcome()).toBe('unavailable');
    await fetch(3);
  });

  test('of an address that has overdone it is asked for again after ten seconds', async () => {
    const { find, fetch, pass } = await warm(only1);
    const junk = await find('junk');
    (await fetch(2)).succeed(only1);
    await junk.outcome();
    pass(10 * SECOND);
    const rotated = await find('key-2');
    (await fetch(3)).succeed(both);
    expect(await rotated.outcome()).toBe(both.get('key-2'));
  });

  test('is asked for anew by an address that once found what it asked for', async () => {
    const { find, fetch, pass } = await warm(only1);
    const rotated = await find('key-2');
    (await fetch(2)).succeed(both);
    await rotated.outcome();
    pass(1);
    const again = await find('key-3');
    await fetch(3);
    expect(await again.outcome()).toBe('pending');
  });

  test('waits for a refresh under way and takes its answer', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    const known = await find('key-1');
    await settled();
    const unknown = await find('key-2');
    (await fetch(2)).succeed(both);
    expect(await unknown.outcome()).toBe(both.get('key-2'));
    expect(await known.outcome()).toBe(both.get('key-1'));
    await fetch(2);
  });

  test('is asked for once more when a refresh that was under way does not bring it', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    await find('key-1');
    pass(1);
    const unknown = await find('key-2');
    (await fetch(2)).succeed(only1);
    (await fetch(3)).succeed(both);
    expect(await unknown.outcome()).toBe(both.get('key-2'));
  });

  test('is undecided when a refresh that was under way fails', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    await find('key-1');
    pass(1);
    const unknown = await find('key-2');
    (await fetch(2)).fail(lasting());
    expect(await unknown.outcome()).toBe('unavailable');
    await fetch(2);
  });

  test('gets a second try out of a refresh that was under way', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    await find('key-1');
    pass(1);
    const unknown = await find('key-2');
    (await fetch(2)).fail();
    (await fetch(3)).succeed(both);
    expect(await unknown.outcome()).toBe(both.get('key-2'));
  });

  test('is asked for once more when a fetch that was under way does not bring it', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-2');
    (await fetch(1)).succeed(only1);
    (await fetch(2)).fail();
    expect(await found.outcome()).toBe('pending');
    (await fetch(3)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-2'));
  });

  test('is asked for once more with two tries by a call that has waited for half a second', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-2');
    pass(500);
    (await fetch(1)).succeed(only1);
    (await fetch(2)).fail();
    (await fetch(3)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-2'));
  });

  test('is asked for once more with a single try by a call that has waited for more than half a second', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-2');
    pass(501);
    (await fetch(1)).succeed(only1);
    (await fetch(2)).fail();
    expect(await found.outcome()).toBe('unavailable');
    await fetch(2);
  });
});

describe('a freeze', () => {
  test('in mid-fetch is no failure: the fetch is made again, once', async () => {
    const { find, fetch, pass, events } = setUp();
    const found = await find('key-1');
    pass(10 * MINUTE);
    (await fetch(1)).fail(new KeyFetchError('timeout', true));
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
    expect(events).toEqual([{ event: 'keys_fetched', keys: 1, milliseconds: 0 }]);
  });

  test('does not use up the second try', async () => {
    const { find, fetch, pass } = setUp();
    const found = await find('key-1');
    pass(10 * MINUTE);
    (await fetch(1)).fail(new KeyFetchError('network', false));
    (await fetch(2)).fail();
    (await fetch(3)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('does not make up for a failure after it', async () => {
    const { find, fetch, pass, events } = setUp();
    const found = await find('key-1');
    pass(10 * MINUTE);
    (await fetch(1)).fail(new KeyFetchError('timeout', true));
    pass(7);
    (await fetch(2)).fail(lasting());
    expect(await found.outcome()).toBe('unavailable');
    expect(events).toEqual([{ event: 'keys_fetch_failed', failure: 'status', code: undefined, milliseconds: 0 }]);
  });

  test('for the second time in a fetch ends it, but counts as no failure: the next call starts afresh', async () => {
    const { find, fetch, pass, events } = setUp();
    const found = await find('key-1');
    for (const number of [1, 2]) {
      pass(10 * MINUTE);
      (await fetch(number)).fail(new KeyFetchError('timeout', true));
      await settled();
    }
    expect(await found.outcome()).toBe('unavailable');
    expect(events).toEqual([]);
    const next = await find('key-1');
    (await fetch(3)).succeed(only1);
    expect(await next.outcome()).toBe(only1.get('key-1'));
  });

  test('is told from a time-out by half a second', async () => {
    const { find, fetch, pass } = setUp();
    const found = await find('key-1');
    pass(2_100);
    (await fetch(1)).fail(lasting());
    expect(await found.outcome()).toBe('unavailable');
    const other = setUp();
    const thawed = await other.find('key-1');
    other.pass(2_101);
    (await other.fetch(1)).fail(lasting());
    expect(await thawed.outcome()).toBe('pending');
    await other.fetch(2);
  });

  test('leaves a fetch behind that a call after the thaw joins once it is made again', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(10 * MINUTE);
    (await fetch(1)).fail(new KeyFetchError('timeout', true));
    await settled();
    const found = await find('key-1');
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
    await fetch(2);
  });

  test('abandons a fetch that no call waits for', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(3_300);
    await find('key-1');
    await fetch(1);
    pass(1);
    const found = await find('key-1');
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('leaves a fetch behind that overwrites no newer keys', async () => {
    const { store, find, fetch, fetches, pass, events } = setUp();
    void store.fill();
    pass(10 * MINUTE);
    const found = await find('key-1');
    (await fetch(2)).succeed(only1);
    await found.outcome();
    fetches[0]?.succeed(only2);
    expect(await (await find('key-1')).outcome()).toBe(only1.get('key-1'));
    expect(events).toHaveLength(1);
    await fetch(2);
  });

  test('leaves a fetch behind whose failure does not count and is not followed up', async () => {
    const { store, find, fetch, fetches, pass, events } = setUp();
    void store.fill();
    pass(10 * MINUTE);
    const found = await find('key-1');
    await settled();
    fetches[0]?.fail(new KeyFetchError('timeout', true));
    (await fetch(2)).fail();
    (await fetch(3)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
    expect(events).toMatchObject([{ event: 'keys_fetched' }]);
  });

  test('makes keys as old as the fetch that brought them', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(SOFT_AGE_MS + 1);
    (await fetch(1)).succeed(only1);
    await settled();
    await find('key-1');
    await fetch(2);
  });
});
