import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { jwks, signingKey } from '../../../../samples/keys';
import { certificate, daysFromNow } from '../../../support/certificates';
import {
  drip,
  gzipBomb,
  hang,
  hangInBody,
  huge,
  inTurn,
  json,
  raw,
  reset,
  type Script,
  tcpServer,
  truncated,
} from '../../../support/https-server';
import { goodCertificate, outcome, scene } from '../../../support/scene';

/** What a busy machine may add to a time that the product promises, in milliseconds. */
const BUSY_MS = 1_000;

const UNAVAILABLE = 'The token cannot be checked';
const key = signingKey('key-1');
const keySet = jwks(key);
const good = json(keySet);

/** Redirects elsewhere on the same server, where the good key set lies. */
const redirect =
  (status: number): Script =>
  (response, request) =>
    request.url === '/moved'
      ? response.end(JSON.stringify(keySet))
      : response.writeHead(status, { location: '/moved' }).end();

const brokenAnswers: [string, Script][] = [
  ...[400, 401, 403, 404, 429, 500, 502, 503, 204, 304].map((status): [string, Script] => [
    `status ${status}`,
    raw('', status),
  ]),
  ['status 500 over a good body', json(keySet, 500)],
  ['status 203 over a good body', json(keySet, 203)],
  ...[301, 302, 307, 308].map((status): [string, Script] => [
    `a redirect (${status}) to the good body`,
    redirect(status),
  ]),
  ['a web page', raw('<!doctype html><title>Sign in</title>')],
  ['no body', raw('')],
  ['half of a body', truncated(keySet)],
  ['a body that is not UTF-8', raw(Buffer.from(JSON.stringify(keySet).replace('key-1', '\u00E9'), 'latin1'))],
  ['an empty object', json({})],
  ['a list', json([])],
  ['null', json(null)],
  ['no keys', json({ keys: [] })],
  ['only unusable keys', json(jwks(signingKey('key-1', { bits: 1024 })))],
  ['a good body in gzip', raw(gzipSync(JSON.stringify(keySet)), 200, { 'content-encoding': 'gzip' })],
  ['fifty megabytes', huge(50_000_000)],
  ['a gzip bomb', gzipBomb(50)],
  ['a broken connection', reset],
];

describe('a provider whose answer is', () => {
  test.concurrent.each(brokenAnswers)(
    '%s makes a cold authorizer fail until the provider recovers',
    async (_title, script) => {
      await scene({ script }, async ({ server, call, untilAllowed, fetches, authorizer }) => {
        expect(await call(key)).toBe(UNAVAILABLE);
        expect(fetches()).toBeLessThanOrEqual(3);
        expect(server.paths).not.toContain('/moved');
        server.script = good;
        await untilAllowed(key);
        for (const line of authorizer.lines) expect(JSON.parse(line)).toEqual(expect.any(Object));
      });
    },
  );
});

describe('a provider that', () => {
  test.concurrent.each<[string, Script]>([
    ['never answers', hang],
    ['stops in mid-body', hangInBody(keySet)],
    ['sends a byte every 200 ms', drip(keySet)],
  ])('%s costs a cold call less than 3.5 s and the next one less than 1 s', async (_title, script) => {
    await scene({ script }, async ({ server, event, untilAllowed, authorizer }) => {
      const cold = await authorizer.invoke(event(key));
      expect(outcome(cold)).toBe(UNAVAILABLE);
      expect(cold.millisecondsSinceInit).toBeLessThan(3_500 + BUSY_MS);
      const second = await authorizer.invoke(event(key));
      expect(outcome(second)).toBe(UNAVAILABLE);
      expect(second.milliseconds).toBeLessThan(1_000);
      server.script = good;
      await untilAllowed(key);
    });
  });

  test.concurrent.each<[string, Parameters<typeof tcpServer>[0]]>([
    ['accepts connections and never speaks TLS', () => {}],
    ['speaks something else than TLS', (socket) => socket.end('220 mail.example.test ESMTP\r\n')],
    ['hangs up at once', (socket) => socket.destroy()],
  ])('%s is an outage, in less than 3.5 s', async (_title, onConnection) => {
    const silent = await tcpServer(onConnection);
    try {
      await scene({ script: good, env: { AUTHACTION_DOMAIN: silent.host } }, async ({ event, authorizer }) => {
        const cold = await authorizer.invoke(event(key));
        expect(outcome(cold)).toBe(UNAVAILABLE);
        expect(cold.millisecondsSinceInit).toBeLessThan(3_500 + BUSY_MS);
        expect(silent.connections()).toBeLessThanOrEqual(6);
      });
    } finally {
      await silent.close();
    }
  });

  test.concurrent.each([
    ['has no DNS entry', 'tenant.invalid'],
    ['refuses connections', 'localhost:1'],
  ])('%s is an outage', async (_title, AUTHACTION_DOMAIN) => {
    await scene({ script: good, env: { AUTHACTION_DOMAIN } }, async ({ event, authorizer }) => {
      const cold = await authorizer.invoke(event(key));
      expect(outcome(cold)).toBe(UNAVAILABLE);
      expect(cold.millisecondsSinceInit).toBeLessThan(3_500 + BUSY_MS);
    });
  });

  test.concurrent('speaks plain http is an outage', async () => {
    const server = createServer((_request, response) => response.end(JSON.stringify(keySet)));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const address = server.address();
    const AUTHACTION_DOMAIN = `localhost:${typeof address === 'object' ? address?.port : ''}`;
    try {
      await scene({ script: good, env: { AUTHACTION_DOMAIN } }, async ({ call }) => {
        expect(await call(key)).toBe(UNAVAILABLE);
      });
    } finally {
      server.close();
    }
  });

  const certificates = {
    expired: () => certificate({ notBefore: daysFromNow(-2), notAfter: daysFromNow(-1) }),
    'not yet valid': () => certificate({ notBefore: daysFromNow(1), notAfter: daysFromNow(2) }),
    "another host's": () => certificate({ host: 'other.test' }),
    'self-signed by a stranger': () => certificate(),
  };
  test.concurrent.each(
    (Object.keys(certificates) as (keyof typeof certificates)[]).flatMap((title) => [
      [title, '1'] as const,
      [title, '0'] as const,
    ]),
  )('shows a certificate that is %s is an outage, NODE_TLS_REJECT_UNAUTHORIZED=%s or not', async (title, checked) => {
    const shown = await certificates[title]();
    // All but the stranger's are trusted, so that only the fault under test can be the reason.
    const ca = title === 'self-signed by a stranger' ? (await goodCertificate()).cert : shown.cert;
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: checked };
    await scene({ script: good, certificate: shown, ca, env }, async ({ call, fetches }) => {
      expect(await call(key)).toBe(UNAVAILABLE);
      expect(fetches()).toBe(0);
    });
  });

  test.concurrent.each<[string, Script]>([
    ['breaks off once', inTurn(reset, good)],
    ['answers 500 once', inTurn(raw('', 500), good)],
    ['never answers the first request', inTurn(hang, good)],
  ])('%s delays the call, which is then allowed', async (_title, script) => {
    await scene({ script }, async ({ call, fetches }) => {
      expect(await call(key)).toBe('allowed');
      expect(fetches()).toBe(2);
    });
  });

  test.concurrent('is down gets at most six fetches for twenty calls', async () => {
    await scene({ script: raw('', 503) }, async ({ call, fetches }) => {
      for (let calls = 0; calls < 20; calls += 1) expect(await call(key)).toBe(UNAVAILABLE);
      expect(fetches()).toBeLessThanOrEqual(6);
    });
  });

  test.concurrent('is slow to answer gets one fetch for a burst of fifty cold calls, or two', async () => {
    const slow: Script = (...request) => void setTimeout(() => good(...request), 300);
    await scene({ script: slow }, async ({ call, fetches }) => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => call(key)));
      expect(new Set(outcomes)).toEqual(new Set(['allowed']));
      expect(fetches()).toBeLessThanOrEqual(2); // on a busy machine, with the second request of a slow fetch
    });
  });
});

test.concurrent('keys from the settings need no provider', async () => {
  await scene({ script: hang, env: { AUTHACTION_JWKS: JSON.stringify(keySet) } }, async ({ call, fetches }) => {
    expect(await call(key)).toBe('allowed');
    expect(fetches()).toBe(0);
  });
});
