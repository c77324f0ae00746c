import { jwks, signingKey } from '../../../../samples/keys';
import { gzipBomb, hang, huge, json, raw, reset, type Script } from '../../../support/https-server';
import { outcome, scene } from '../../../support/scene';

/** What a busy machine may add to a time that the product promises, in milliseconds. */
const BUSY_MS = 1_000;

const UNAVAILABLE = 'The token cannot be checked';
const key = signingKey('key-1');
const nextKey = signingKey('key-2');
const good = json(jwks(key));

const unknownKids = (count: number) => Array.from({ length: count }, (_, index) => `unknown-${index}`);

test.concurrent('a warm call makes no fetch', async () => {
  await scene({ script: good }, async ({ untilAllowed, call, fetches }) => {
    await untilAllowed(key);
    const before = fetches();
    for (let calls = 0; calls < 20; calls += 1) expect(await call(key)).toBe('allowed');
    expect(fetches()).toBe(before);
  });
});

test.concurrent.each<[string, Script]>([
  ['breaks connections off', reset],
  ['never answers', hang],
  ['answers 500', raw('', 500)],
  ['answers garbage', raw('{"keys":[{"kty":')],
  ['answers an empty set', json({ keys: [] })],
  ['answers a set without usable keys', json({ keys: [{ ...key.jwk, use: 'enc' }] })],
])(
  'a provider that %s after a good start makes calls with unknown kids fail and leaves known keys in use',
  async (_title, script) => {
    await scene({ script: good }, async ({ untilAllowed, server, call, event, authorizer, fetches }) => {
      await untilAllowed(key);
      server.script = script;
      const unknown = authorizer.invoke(event(nextKey));
      const meanwhile = await authorizer.invoke(event(key));
      expect(outcome(meanwhile)).toBe('allowed');
      expect(meanwhile.milliseconds).toBeLessThan(1_000);
      const undecided = await unknown;
      expect(outcome(undecided)).toBe(UNAVAILABLE);
      expect(undecided.milliseconds).toBeLessThan(3_500 + BUSY_MS);
      for (const kid of unknownKids(20)) expect(await call(nextKey, { kid })).toBe(UNAVAILABLE);
      expect(await call(key)).toBe('allowed');
      expect(fetches()).toBeLessThanOrEqual(10); // six, and more where a busy machine takes long for them
    });
  },
);

test.concurrent('thirty unknown kids cost at most four fetches and delay no other call', async () => {
  await scene({ script: good }, async ({ call, fetches }) => {
    for (const kid of unknownKids(30)) {
      expect(await call(nextKey, { kid })).toBe('Unauthorized');
      expect(await call(key)).toBe('allowed');
    }
    expect(fetches()).toBeLessThanOrEqual(4);
  });
});

test.concurrent('thirty unknown kids at once cost at most four fetches', async () => {
  await scene({ script: good }, async ({ untilAllowed, call, fetches }) => {
    await untilAllowed(key);
    const outcomes = await Promise.all(unknownKids(30).map((kid) => call(nextKey, { kid })));
    expect(new Set(outcomes)).toEqual(new Set(['Unauthorized']));
    expect(fetches()).toBeLessThanOrEqual(4);
  });
});

test.concurrent('a burst of calls with a new key costs one refetch and is allowed', async () => {
  await scene({ script: good }, async ({ untilAllowed, server, call, fetches }) => {
    await untilAllowed(key);
    server.script = json(jwks(key, nextKey));
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => call(nextKey)));
    expect(new Set(outcomes)).toEqual(new Set(['allowed']));
    expect(await call(key)).toBe('allowed');
    expect(fetches()).toBe(2);
  });
});

test.concurrent('after a sudden rotation the new key is accepted at once and the old one is refused', async () => {
  await scene({ script: good }, async ({ untilAllowed, server, call }) => {
    await untilAllowed(key);
    server.script = json(jwks(nextKey));
    expect(await call(nextKey)).toBe('allowed');
    expect(await call(key)).toBe('Unauthorized');
  });
});

test.concurrent('unknown kids from one address delay no other address when keys rotate', async () => {
  await scene({ script: good }, async ({ server, call }) => {
    for (const kid of unknownKids(30)) await call(nextKey, { kid, sourceIp: '198.51.100.7' });
    server.script = json(jwks(key, nextKey));
    expect(await call(nextKey, { sourceIp: '192.0.2.1' })).toBe('allowed');
    expect(await call(nextKey, { sourceIp: '198.51.100.7' })).toBe('allowed');
  });
});

test.concurrent.each<[string, Script]>([
  ['fifty megabytes', huge(50_000_000)],
  ['a gzip bomb', gzipBomb(500)],
])('%s instead of a key set cost less than 60 MB', async (_title, script) => {
  await scene({ script: good, execArgv: ['--expose-gc'] }, async ({ untilAllowed, server, call, authorizer }) => {
    await untilAllowed(key);
    const before = await authorizer.memory();
    server.script = script;
    expect(await call(nextKey)).toBe(UNAVAILABLE);
    const after = await authorizer.memory();
    expect(after.maxRss - before.rss).toBeLessThan(60_000_000);
    expect(await call(key)).toBe('allowed');
  });
});
