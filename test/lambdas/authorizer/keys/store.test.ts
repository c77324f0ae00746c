import { setTimeout as sleep } from 'node:timers/promises';
import { KeyFetchError } from '../../../../lambdas/authorizer/keys/fetch';
import { SOFT_AGE_MS } from '../../../../lambdas/authorizer/keys/store';
import {
  ADDRESS,
  both,
  HARD_AGE_MS,
  keysFrom,
  lasting,
  MINUTE,
  observed,
  only1,
  only2,
  rekeyed1,
  SECOND,
  settled,
  setUp,
  warm,
} from './driven-store';

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

  test('gives the first try the whole time, and the second one what is left of it', async () => {
    const { find, fetch, pass } = setUp();
    const found = await find('key-1');
    expect((await fetch(1)).timeoutMs).toBe(3_000);
    pass(400);
    (await fetch(1)).fail();
    expect((await fetch(2)).timeoutMs).toBe(2_600);
    (await fetch(2)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('takes its time from the settings', async () => {
    const { find, fetch } = setUp({ timeoutMs: 10_000 });
    await find('key-1');
    expect((await fetch(1)).timeoutMs).toBe(10_000);
  });

  test.each([
    [2_800, 2],
    [2_801, 1],
  ])('makes a second try only with 200 ms left: after %d ms it has made %d', async (milliseconds, tries) => {
    const { find, fetch, pass } = setUp();
    await find('key-1');
    pass(milliseconds);
    (await fetch(1)).fail();
    await fetch(tries);
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

  test('tries once more for all calls that have waited for the fetch of init', async () => {
    const { store, find, fetch } = setUp();
    const filled = store.fill();
    const calls = [await find('key-1'), await find('key-1'), await find('key-1')];
    (await fetch(1)).fail(lasting());
    await filled;
    (await fetch(2)).succeed(only1);
    for (const call of calls) expect(await call.outcome()).toBe(only1.get('key-1'));
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

  test('makes two tries of its own in a call that has waited for init, in the time that is left of the call', async () => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-1');
    pass(999);
    (await fetch(1)).fail(lasting());
    expect((await fetch(2)).timeoutMs).toBe(2_001);
    (await fetch(2)).fail();
    (await fetch(3)).succeed(only1);
    expect(await found.outcome()).toBe(only1.get('key-1'));
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
    await expect(found).rejects.toThrow("The identity provider's keys are unavailable");
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
    const third = observed(keysFrom(store.find('key-2', ADDRESS)));
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
    expect(await keysFrom(store.find('key-1', ADDRESS))).toBe(only1.get('key-1'));
    expect(performance.now() - startedAt).toBeGreaterThan(450);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    // The next calls do not wait again for the same refresh.
    expect(await keysFrom(store.find('key-1', ADDRESS))).toBe(only1.get('key-1'));
    await fetch(2);
  });

  test('go on half a second into the refresh that follows a failed one', async () => {
    const { find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    const first = await find('key-1');
    (await fetch(2)).fail(lasting());
    expect(await first.outcome()).toBe(only1.get('key-1'));
    pass(2 * MINUTE);
    const second = await find('key-1');
    await fetch(3);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await second.outcome()).toBe(only1.get('key-1'));
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
    pass(pause);
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

  test('that a refresh drops are requested once more before they are refused, whatever the budget says', async () => {
    const { find, fetch, pass } = await warm(both);
    const junk = await find('junk');
    (await fetch(2)).succeed(both);
    expect(await junk.outcome()).toEqual([]);
    pass(SOFT_AGE_MS);
    const moreJunk = await find('more-junk');
    (await fetch(3)).fail(lasting());
    expect(await moreJunk.outcome()).toBe('unavailable'); // and the budget of its address is spent
    pass(1);
    const found = await find('key-1');
    (await fetch(4)).succeed(only2);
    (await fetch(5)).succeed(only2);
    expect(await found.outcome()).toEqual([]);
    pass(1);
    expect(await (await find('key-1')).outcome()).toEqual([]);
    await fetch(5);
  });

  test('that a refresh drops and another replica still has stay good', async () => {
    const { find, fetch, pass } = await warm(both);
    pass(SOFT_AGE_MS + 1);
    const found = await find('key-1');
    (await fetch(2)).succeed(only2);
    (await fetch(3)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-1'));
  });

  test('that a refetch drops are not requested without a budget', async () => {
    const { find, fetch, pass } = await warm(only1);
    const junk = await find('junk');
    (await fetch(2)).succeed(only2);
    expect(await junk.outcome()).toEqual([]);
    pass(1);
    expect(await (await find('key-1')).outcome()).toEqual([]);
    await fetch(2);
  });

  test('of a configured set never grow too old, but are refreshed', async () => {
    const { find, fetch, pass } = setUp({ seed: only1 });
    expect(await (await find('key-1')).outcome()).toBe(only1.get('key-1'));
    pass(HARD_AGE_MS * 100);
    const found = await find('key-1');
    (await fetch(1)).fail();
    expect(await found.outcome()).toBe(only1.get('key-1'));
  });

  test('of a configured set go on when the first refresh takes longer than half a second', async () => {
    const { find, pass } = setUp({ seed: only1 });
    pass(SOFT_AGE_MS + 1);
    const found = await find('key-1');
    await new Promise((resolve) => setTimeout(resolve, 600));
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

  test('is asked for once by calls from several networks that arrive in one turn', async () => {
    const { store, pass, fetch } = await warm(only1);
    const calls: ReturnType<typeof observed>[] = [];
    for (let count = 0; count < 3; count += 1) {
      pass(1);
      calls.push(observed(keysFrom(store.find('junk', `192.0.2.${count}`))));
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
    }
    (await fetch(2)).succeed(only1);
    for (const call of calls) expect(await call.outcome()).toEqual([]);
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

  test.each([
    [1_500, 3_000],
    [1_501, 2_999],
    [2_900, 1_600],
  ])('leaves a call that has waited %d ms for another fetch %d ms for its own', async (waitedMs, timeoutMs) => {
    const { store, find, fetch, pass } = setUp();
    void store.fill();
    pass(1);
    const found = await find('key-2');
    pass(waitedMs);
    (await fetch(1)).succeed(only1);
    expect((await fetch(2)).timeoutMs).toBe(timeoutMs);
    (await fetch(2)).succeed(both);
    expect(await found.outcome()).toBe(both.get('key-2'));
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

  test('that ends a refresh makes the next one wait for the answer, so that a withdrawn key is refused', async () => {
    const { store, find, fetch, pass } = await warm(only1);
    pass(SOFT_AGE_MS + 1);
    expect(await keysFrom(store.find('key-1', ADDRESS))).toBe(only1.get('key-1'));
    for (const number of [2, 3]) {
      pass(10 * MINUTE);
      (await fetch(number)).fail(new KeyFetchError('timeout', true));
      await settled();
    }
    const found = await find('key-1');
    await sleep(600);
    expect(await found.outcome()).toBe('pending');
    (await fetch(4)).succeed(rekeyed1);
    expect(await found.outcome()).toBe(rekeyed1.get('key-1'));
  });

  test('is distinguished from a time-out by half a second', async () => {
    const { find, fetch, pass } = setUp();
    const found = await find('key-1');
    pass(3_500);
    (await fetch(1)).fail(lasting());
    expect(await found.outcome()).toBe('unavailable');
    const other = setUp();
    const thawed = await other.find('key-1');
    other.pass(3_501);
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
    pass(3_500);
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
