import { KeyFetchError } from '../../../../lambdas/authorizer/keys/fetch';
import { SOFT_AGE_MS } from '../../../../lambdas/authorizer/keys/store';
import {
  ADDRESS,
  both,
  keysFrom,
  lasting,
  observed,
  only1,
  only2,
  rekeyed1,
  SECOND,
  settled,
  setUp,
  warm,
} from './driven-store';

const oldKeys = only1.get('key-1') ?? [];
const newKeys = rekeyed1.get('key-1') ?? [];

/** 192.0.2.1, 192.0.2.2, … */
const addresses = (count: number) => Array.from({ length: count }, (_, index) => `192.0.2.${index + 1}`);

describe('a bad signature under a known kid', () => {
  /** A warm store, and what it answers for a token that the known key did not sign. */
  async function suspicious() {
    const set = await warm(only1);
    const findNewer = async (address = ADDRESS, keys = oldKeys) => {
      const call = observed(set.store.findNewer('key-1', keys, address));
      await settled();
      return call;
    };
    return { ...set, findNewer };
  }

  test('refetches once and finds the new key under the old kid', async () => {
    const { findNewer, find, fetch } = await suspicious();
    const found = await findNewer();
    (await fetch(2)).succeed(rekeyed1);
    expect(await found.outcome()).toBe(newKeys);
    expect(await (await find('key-1')).outcome()).toBe(newKeys);
    await fetch(2);
  });

  test('fails with an error that is no outage', async () => {
    let isBroken = false;
    const clock = () => {
      if (isBroken) throw new TypeError();
      return 1_000_000;
    };
    const { store } = setUp({ seed: only1, clock });
    isBroken = true;
    await expect(store.findNewer('key-1', oldKeys, ADDRESS)).rejects.toThrow(TypeError);
  });

  test('does not refetch what another call has replaced since', async () => {
    const { find, findNewer, fetch } = await suspicious();
    const other = await find('key-2');
    (await fetch(2)).succeed(rekeyed1);
    await other.outcome();
    expect(await (await findNewer()).outcome()).toBe(newKeys);
    await fetch(2);
  });

  test('finds no key when the kid is not published any more', async () => {
    const { findNewer, fetch } = await suspicious();
    const found = await findNewer();
    (await fetch(2)).succeed(only2);
    expect(await found.outcome()).toEqual([]);
  });

  test('puts its network on record when the key is the same: it causes no second refetch for ten seconds', async () => {
    const { findNewer, fetch, pass } = await suspicious();
    const forged = await findNewer();
    (await fetch(2)).succeed(only1);
    expect(await forged.outcome()).toBe(oldKeys);
    pass(10 * SECOND - 1);
    expect(await (await findNewer()).outcome()).toBe(oldKeys);
    await fetch(2);
    pass(1);
    await findNewer();
    await fetch(3);
  });

  test('leaves a network without a record that found a new key', async () => {
    const { findNewer, fetch, pass } = await suspicious();
    const found = await findNewer();
    (await fetch(2)).succeed(rekeyed1);
    await found.outcome();
    pass(1);
    await findNewer(ADDRESS, newKeys);
    await fetch(3);
  });

  test('has a budget beside that of unknown kids', async () => {
    const { findNewer, find, fetch, pass } = await suspicious();
    const junk = await find('junk');
    (await fetch(2)).succeed(only1);
    await junk.outcome();
    pass(1);
    const found = await findNewer();
    (await fetch(3)).succeed(only1);
    expect(await found.outcome()).toBe(oldKeys);
  });

  test('is answered by the known keys when the refetch fails, and during back-off', async () => {
    const { findNewer, fetch, fetches } = await suspicious();
    for (const address of addresses(3)) {
      const found = await findNewer(address);
      fetches.at(-1)?.fail(lasting());
      expect(await found.outcome()).toBe(oldKeys);
    }
    await fetch(4);
    expect(await (await findNewer('192.0.2.9')).outcome()).toBe(oldKeys);
    await fetch(4);
  });

  /** The same store after a refresh that replaced the key, without a budget for refetches. */
  async function replaced() {
    const set = await suspicious();
    for (const fetches of [2, 3]) {
      const forged = await set.findNewer();
      (await set.fetch(fetches)).succeed(only1);
      expect(await forged.outcome()).toBe(oldKeys);
      set.pass(10 * SECOND);
    }
    set.pass(SOFT_AGE_MS + 1);
    await set.find('key-1');
    (await set.fetch(4)).succeed(rekeyed1);
    await settled();
    return set;
  }

  test('refetches once more after a refresh that replaced the key, whatever the budget says', async () => {
    const { findNewer, fetch, pass } = await replaced();
    const found = await findNewer(ADDRESS, newKeys);
    (await fetch(5)).succeed(only1);
    expect(await found.outcome()).toBe(oldKeys);
    pass(1);
    expect(await (await findNewer()).outcome()).toBe(oldKeys);
    await fetch(5);
  });

  test('refetches only once after such a refresh, even if that fails', async () => {
    const { findNewer, fetch } = await replaced();
    const found = await findNewer(ADDRESS, newKeys);
    (await fetch(5)).fail(lasting());
    expect(await found.outcome()).toBe(newKeys);
    expect(await (await findNewer(ADDRESS, newKeys)).outcome()).toBe(newKeys);
    await fetch(5);
  });

  test('takes the answer of a refresh under way when it brings a new key, and refetches when it does not', async () => {
    const { findNewer, find, fetch, pass } = await suspicious();
    pass(SOFT_AGE_MS + 1);
    await find('key-1');
    pass(1);
    const found = await findNewer();
    (await fetch(2)).succeed(only1);
    (await fetch(3)).succeed(rekeyed1);
    expect(await found.outcome()).toBe(newKeys);
  });
});

describe('keys that find returns', () => {
  test('are new when the call has fetched them, and not when it has not', async () => {
    const { store, fetch, pass } = setUp();
    const cold = store.find('key-1', ADDRESS);
    (await fetch(1)).succeed(only1);
    expect(await cold).toEqual({ keys: oldKeys, areNew: true });
    pass(1);
    expect(await store.find('key-1', ADDRESS)).toEqual({ keys: oldKeys, areNew: false });
  });

  test.each([
    ['are new', 'the same', only1, true],
    ['are not new', 'others under their kid', rekeyed1, false],
  ] as const)('%s when the refresh of the call brought %s', async (_title, _what, brought, areNew) => {
    const { store, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    const found = store.find('key-1', ADDRESS);
    (await fetch(2)).succeed(brought);
    expect(await found).toEqual({ keys: brought.get('key-1'), areNew });
  });
});

describe('calls at the same time', () => {
  test('with 33 malformed kids from 33 networks cause one refetch, and a newcomer with a rotated kid is allowed', async () => {
    const { find, store, fetch, pass } = await warm(only1);
    const junk = addresses(33).map((address) =>
      observed(store.find(`junk-${address}`, address).then(({ keys }) => keys)),
    );
    (await fetch(2)).succeed(only1);
    for (const call of junk) expect(await call.outcome()).toEqual([]);
    await fetch(2);
    pass(6 * SECOND);
    const honest = await find('key-2', '198.51.100.1');
    (await fetch(3)).succeed(both);
    expect(await honest.outcome()).toBe(both.get('key-2'));
  });

  test('share one refetch although the clock moves on between them', async () => {
    let now = 0;
    const { store, fetch } = await warm(only1, { clock: () => now++ });
    const junk = addresses(33).map((address) => observed(keysFrom(store.find(`junk-${address}`, address))));
    (await fetch(2)).succeed(only1);
    for (const call of junk) expect(await call.outcome()).toEqual([]);
    await fetch(2);
  });

  test('that come while a refetch is under way share one more, at the price of one network', async () => {
    const { find, fetch, pass } = await warm(only1);
    const first = await find('junk', '198.51.100.1');
    pass(1);
    const later = await Promise.all(addresses(40).map((address) => find(`junk-${address}`, address)));
    (await fetch(2)).succeed(only1);
    (await fetch(3)).succeed(only1);
    for (const call of [first, ...later]) expect(await call.outcome()).toEqual([]);
    await fetch(3);
    pass(1);
    // Of the 40, one is on record.
    const [, , honest] = await Promise.all(
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => find('key-2', address)),
    );
    (await fetch(4)).succeed(both);
    expect(await honest?.outcome()).toBe(both.get('key-2'));
  });

  test('with good, malformed, forged and freshly rotated kids get what is right for each, out of one fetch', async () => {
    const { store, fetch } = await warm(only1);
    const calls = addresses(100).map((address, index) => {
      const kid = ['key-1', 'key-2', `junk-${index}`][index % 4];
      const found =
        kid === undefined
          ? store.findNewer('key-1', oldKeys, address)
          : store.find(kid, address).then(({ keys }) => keys);
      return { kid, call: observed(found) };
    });
    await settled();
    const good = calls.filter(({ kid }) => kid === 'key-1');
    for (const { call } of good) expect(await call.outcome()).toBe(oldKeys);
    (await fetch(2)).succeed(both);
    const right = (kid: string | undefined) => (kid === undefined ? both.get('key-1') : (both.get(kid) ?? []));
    for (const { kid, call } of calls.filter((each) => each.kid !== 'key-1')) {
      expect(await call.outcome()).toEqual(right(kid));
    }
    await fetch(2);
  });
});

describe('what goes wrong around a fetch', () => {
  test('a fetch function that throws at once does not block the next call', async () => {
    let isBroken = true;
    const { store } = setUp({
      fetchKeySet: () => {
        if (isBroken) throw new Error('broken');
        return Promise.resolve(only1);
      },
    });
    expect(await observed(store.find('key-1', ADDRESS).then(({ keys }) => keys)).outcome()).toBe('unavailable');
    isBroken = false;
    expect(await store.find('key-1', ADDRESS)).toMatchObject({ keys: oldKeys });
  });

  test('a fetch function that throws at once gets its second try', async () => {
    let tries = 0;
    const { store } = setUp({
      fetchKeySet: () => {
        tries += 1;
        if (tries === 1) throw new KeyFetchError('network', true);
        return Promise.resolve(only1);
      },
    });
    expect(await store.find('key-1', ADDRESS)).toMatchObject({ keys: oldKeys });
  });

  test('a call whose time has passed in freezes of the fetch that it joined starts no other one', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-1');
    for (const number of [1, 2]) {
      pass(60 * SECOND);
      (await fetch(number)).fail();
      await settled();
    }
    expect(await found.outcome()).toBe('unavailable');
    await fetch(2);
  });

  test('an observer that throws costs no keys and no failure', async () => {
    const { find, fetch, pass } = setUp({
      observe: () => {
        throw new Error('observer');
      },
    });
    const failed = await find('key-1');
    (await fetch(1)).fail(lasting());
    expect(await failed.outcome()).toBe('unavailable');
    const found = await find('key-1');
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(oldKeys);
    pass(1);
    expect(await (await find('key-1')).outcome()).toBe(oldKeys);
    await fetch(2);
  });

  test('a failed fetch is reported with the HTTP status', async () => {
    const { find, fetch, events } = setUp();
    await find('key-1');
    (await fetch(1)).fail(new KeyFetchError('status', false, { status: 404 }));
    await settled();
    expect(events).toMatchObject([{ event: 'keys_fetch_failed', failure: 'status', status: 404 }]);
  });

  test('keys that were left out of the set are reported', async () => {
    const { find, fetch, events } = setUp();
    await find('key-1');
    (await fetch(1)).succeed(Object.assign(new Map(only1), { leftOut: 2 }));
    await settled();
    expect(events).toMatchObject([{ event: 'keys_fetched', keys: 1, leftOut: 2 }]);
  });
});
