import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { jwks, signingKey } from '../../../../samples/keys';
import { certificate } from '../../../support/certificates';
import { httpsServer, json, raw, type Script } from '../../../support/https-server';
import { outcome, scene } from '../../../support/scene';

const key = signingKey('key-1');
const rekeyed = signingKey('key-1');
const nextKey = signingKey('key-2');
const good = json(jwks(key));

/** For a busy machine, which may take seconds for a fetch. */
const patient = { AUTHACTION_KEYS_TIMEOUT_SECONDS: '10' };

/** Answers after a while. */
const delayed =
  (delayMs: number, script: Script): Script =>
  (...request) =>
    void setTimeout(() => script(...request), delayMs);

const addresses = (count: number) => Array.from({ length: count }, (_, index) => `192.0.2.${index + 1}`);

test.concurrent('a provider that always takes two seconds costs a cold call its time', async () => {
  await scene({ script: delayed(2_000, good) }, async ({ event, authorizer, fetches }) => {
    const cold = await authorizer.invoke(event(key));
    expect(outcome(cold)).toBe('allowed');
    expect(fetches()).toBeLessThanOrEqual(2); // on a busy machine, with the second request of a slow fetch
  });
});

test.concurrent('a provider that always takes two seconds makes a rotated key good that is not among the keys of the settings', async () => {
  const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)) };
  await scene({ script: delayed(2_000, json(jwks(key, nextKey))), env }, async ({ call }) => {
    expect(await call(key)).toBe('allowed');
    expect(await call(nextKey)).toBe('allowed');
  });
});

test.concurrent('a provider that takes four seconds works with a longer deadline', async () => {
  const env = { AUTHACTION_KEYS_TIMEOUT_SECONDS: '8' };
  await scene({ script: delayed(4_000, good), env }, async ({ call }) => expect(await call(key)).toBe('allowed'));
});

test.concurrent('the log has the HTTP status of a failed fetch', async () => {
  await scene({ script: raw('', 403) }, async ({ call, authorizer }) => {
    await call(key);
    expect(authorizer.lines.join()).toContain('"event":"keys_fetch_failed","failure":"status","status":403');
  });
});

test.concurrent('a new key under the old kid is good at once, and the old one is not', async () => {
  await scene({ script: good, env: patient }, async ({ server, call, fetches }) => {
    expect(await call(key)).toBe('allowed');
    server.script = json(jwks(rekeyed));
    expect(await call(rekeyed)).toBe('allowed');
    expect(await call(key, { sourceIp: '192.0.2.2' })).toBe('Unauthorized');
    expect(await call(rekeyed)).toBe('allowed');
    expect(fetches()).toBeLessThanOrEqual(3);
  });
});

test.concurrent('forged signatures of one network cost at most four fetches, and delay no other network', async () => {
  await scene({ script: good, env: patient }, async ({ server, call, fetches }) => {
    expect(await call(key)).toBe('allowed');
    for (let calls = 0; calls < 30; calls += 1) {
      expect(await call(rekeyed, { sourceIp: '198.51.100.7' })).toBe('Unauthorized');
    }
    expect(fetches()).toBeLessThanOrEqual(4);
    server.script = json(jwks(rekeyed));
    expect(await call(rekeyed)).toBe('allowed');
  });
});

test.concurrent('malformed kids of 33 networks at once cost no more than two fetches', async () => {
  await scene({ script: good, env: patient }, async ({ server, call, fetches }) => {
    expect(await call(key)).toBe('allowed');
    await Promise.all(addresses(33).map((sourceIp) => call(nextKey, { kid: `junk-${sourceIp}`, sourceIp })));
    expect(fetches()).toBeLessThanOrEqual(3);
    server.script = json(jwks(key, nextKey));
    expect(await call(nextKey, { sourceIp: '198.51.100.1' })).toBe('allowed');
  });
});

test.concurrent('a hundred calls at once with good, malformed, forged and rotated keys get what is right for each', async () => {
  await scene({ script: good, env: patient }, async ({ server, call, fetches }) => {
    expect(await call(key)).toBe('allowed');
    server.script = json(jwks(key, nextKey));
    const outcomes = await Promise.all(
      addresses(100).map(async (sourceIp, index) => {
        if (index % 4 === 0) return [await call(key, { sourceIp }), 'allowed'];
        if (index % 4 === 1) return [await call(nextKey, { sourceIp }), 'allowed'];
        if (index % 4 === 2) return [await call(nextKey, { sourceIp, kid: `junk-${index}` }), 'Unauthorized'];
        return [await call(rekeyed, { sourceIp }), 'Unauthorized'];
      }),
    );
    for (const [got, expected] of outcomes) expect(got).toBe(expected);
    expect(fetches()).toBeLessThanOrEqual(4);
  });
});

describe("behind a proxy that is the only way out, with Node's own settings", () => {
  const major = Number(process.versions.node.split('.')[0]);
  const { stdout } = spawnSync(process.execPath, ['-p', "'proxyEnv' in require('https').globalAgent.options"], {
    env: { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9' },
    encoding: 'utf8',
  });
  const isSupported = stdout.trim() === 'true';
  const testProxy = isSupported ? test : test.skip;
  const reason = isSupported ? '' : ` (skipped: Node ${process.versions.node} has no NODE_USE_ENV_PROXY)`;

  test('Node supports it from 24 on', () => {
    expect(isSupported || major < 24).toBe(true);
  });

  /** Plays with a provider whose name only the proxy knows. */
  async function behindProxy(
    env: (proxy: string) => Readonly<Record<string, string>>,
    play: (tunnels: readonly string[], call: () => Promise<string>) => Promise<void>,
  ) {
    const tunnels: string[] = [];
    const proxy = createServer();
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const settings = {
      AUTHACTION_DOMAIN: 'tenant.invalid',
      ...env(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`),
    };
    const shown = await certificate({ host: 'tenant.invalid' });
    const server = await httpsServer(shown, good);
    proxy.on('connect', (request, near) => {
      tunnels.push(request.url ?? '');
      const far = connect(Number(server.host.split(':')[1]), 'localhost', () => {
        near.write('HTTP/1.1 200 OK\r\n\r\n');
        far.pipe(near).pipe(far);
      });
      for (const socket of [near, far]) socket.on('error', () => {});
    });
    await scene({ script: good, ca: shown.cert, env: settings }, ({ call }) => play(tunnels, () => call(key)));
    await server.close();
    proxy.close();
  }

  testProxy.each(['HTTPS_PROXY', 'https_proxy'])(
    `%s is used, with a connection for each fetch${reason}`,
    async (name) => {
      await behindProxy(
        (proxy) => ({ NODE_USE_ENV_PROXY: '1', [name]: proxy }),
        async (tunnels, call) => {
          expect(await call()).toBe('allowed');
          expect(tunnels).toEqual(['tenant.invalid:443']);
        },
      );
    },
  );

  testProxy.each(['NO_PROXY', 'no_proxy'])(`%s is respected${reason}`, async (name) => {
    await behindProxy(
      (proxy) => ({ NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxy, [name]: 'other.test,tenant.invalid' }),
      async (tunnels, call) => {
        expect(await call()).not.toBe('allowed');
        expect(tunnels).toEqual([]);
      },
    );
  });

  testProxy(`no proxy is used without NODE_USE_ENV_PROXY${reason}`, async () => {
    await behindProxy(
      (proxy) => ({ HTTPS_PROXY: proxy }),
      async (tunnels, call) => {
        expect(await call()).not.toBe('allowed');
        expect(tunnels).toEqual([]);
      },
    );
  });
});
