import { lookup } from 'node:dns/promises';
import { connect, type PeerCertificate } from 'node:tls';
import { connectionProblem } from '../../client/connection-problems';
import { type HttpAnswer, httpRequest, isLoopback } from '../../client/http-request';
import type { Config } from '../../lambdas/authorizer/config';
import { httpsKeySet, KeyFetchError } from '../../lambdas/authorizer/keys/fetch';
import { judgeKey, keysOf } from '../../lambdas/authorizer/keys/key-set';
import { CLOCK_TOLERANCE_SECONDS } from '../../lambdas/authorizer/token/claims';
import { quote } from '../../terminal/quote';
import { duration } from '../../terminal/times';
import { type Check, fail, pass, type Section, skip, warn } from './report';

/** Time for the authorizer's own fetch and for a TLS handshake, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** A certificate that runs out within so many seconds is worth a warning: most are renewed earlier. */
const RENEWAL_SECONDS = 14 * 86_400;

/** A `Date` header has whole seconds and is read a moment after it was written: less than this says nothing. */
const CLOCK_RESOLUTION_SECONDS = 5;

/** Looks at the identity provider the way the authorizer reaches it: name, TLS, keys, discovery document, clock. */
export async function examineProvider(config: Config): Promise<Section> {
  const title = 'Identity provider';
  const { hostname, port, host, href } = new URL(config.jwksUri);
  const address = hostname.replace(/^\[|\]$/g, '');

  const dns = await resolves(address);
  if (dns.status === 'fail') return { title, checks: [dns] };
  const tls = await handshake(address, Number(port || '443'));
  if (tls.status === 'fail') return { title, checks: [dns, tls] };

  const [jwks, discovery, fetched] = await Promise.all([
    httpRequest({ url: href }).catch((error: unknown) => connectionProblem(error)),
    httpRequest({ url: `https://${host}/.well-known/openid-configuration` }).catch((error: unknown) =>
      connectionProblem(error),
    ),
    fetchedByAuthorizer(config),
  ]);
  const publishedKeys = typeof jwks === 'string' ? [] : (keysOf(json(jwks.body)) ?? []);
  const checks = [
    dns,
    tls,
    fetched,
    ...publishedKeys.map(keyCheck),
    ...seedCheck(config, publishedKeys),
    typeof discovery === 'string' ? skip('discovery', discovery) : discoveryCheck(config, discovery),
    typeof jwks === 'string' ? skip('clock', jwks) : clockCheck(jwks.headers.date, Date.now() / 1000),
  ];
  return { title, checks };
}

async function resolves(hostname: string): Promise<Check> {
  try {
    const addresses = await lookup(hostname, { all: true });
    return pass('dns', `${hostname} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return fail('dns', `${hostname}: ${connectionProblem(error)}`, 'Check the spelling of AUTHACTION_DOMAIN.');
  }
}

/** One TLS handshake with full checks, the way every HTTPS client makes it. */
function handshake(host: string, port: number): Promise<Check> {
  return new Promise((resolve) => {
    const done = (check: Check) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(check);
    };
    const failed = (problem: string) =>
      done(fail('tls', problem, 'The authorizer refuses the connection for the same reason: callers get 503.'));
    const isName = /[^\d.]/.test(host) && !host.includes(':');
    const socket = connect({ host, port, ...(isName ? { servername: host } : {}) }, () =>
      done(
        certificateCheck(
          socket.getPeerCertificate(),
          socket.getProtocol() ?? 'TLS',
          Date.now() / 1000,
          isLoopback(host),
        ),
      ),
    );
    socket.on('error', (error) => failed(connectionProblem(error)));
    const timer = setTimeout(() => failed('no TLS handshake within 5 seconds'), TIMEOUT_MS);
  });
}

/** A certificate that already passed: who issued it, and how long it lasts. */
export function certificateCheck(
  certificate: Pick<PeerCertificate, 'issuer' | 'valid_to'>,
  protocol: string,
  nowSeconds: number,
  isLocal: boolean,
): Check {
  const { issuer, valid_to: validTo } = certificate;
  const left = Date.parse(validTo) / 1000 - nowSeconds;
  const by = quote(issuer.O ?? issuer.CN ?? 'unknown');
  const detail = `${protocol}, certificate from ${by}, valid for ${duration(left)}`;
  // A local issuer's certificate is thrown away with it.
  return left < RENEWAL_SECONDS && !isLocal
    ? warn('tls', detail, 'The certificate runs out soon: make sure that it is renewed.')
    : pass('tls', detail);
}

/** The authorizer's own fetch, with its own rules for what is a key set. */
async function fetchedByAuthorizer({ jwksUri, seed }: Config): Promise<Check> {
  try {
    const startedAt = Date.now();
    const keys = await httpsKeySet(jwksUri)(TIMEOUT_MS);
    return pass('jwks', `${jwksUri}: ${count(keys.size, 'usable key')}, ${Date.now() - startedAt} ms`);
  } catch (error) {
    if (!(error instanceof KeyFetchError)) throw error;
    const detail = `${jwksUri}: ${FAILURES[error.failure]}${error.failure === 'network' ? `, ${connectionProblem(error)}` : ''}`;
    return seed
      ? warn('jwks', detail, 'The authorizer starts from AUTHACTION_JWKS, but never learns of a new key.')
      : fail(
          'jwks',
          detail,
          'Until this works, callers get 503. Check AUTHACTION_DOMAIN, and open the address in a browser.',
        );
  }
}

const FAILURES: Readonly<Record<KeyFetchError['failure'], string>> = {
  timeout: 'no whole answer in time',
  network: 'the connection failed',
  status: 'the answer is not 200 (redirects are not followed)',
  encoding: 'the answer is compressed although it must not be',
  too_large: 'the answer is far larger than a key set',
  malformed: 'the answer is not JSON in UTF-8',
  no_usable_key: 'the answer holds no key that can verify RS256',
};

/** One published key, and the authorizer's verdict on it. */
function keyCheck(jwk: unknown): Check {
  const { kid, alg } = typeof jwk === 'object' && jwk !== null ? (jwk as Record<string, unknown>) : {};
  const verdict = judgeKey(jwk);
  const algorithm = alg === undefined ? 'no alg (RS256 is assumed)' : `alg ${quote(alg)}`;
  return verdict.usable
    ? pass('key', `${quote(kid)}: ${algorithm}, ${verdict.bits} bits, used`)
    : skip('key', `${quote(kid)}: ${algorithm}, not used: ${verdict.problem}`);
}

/** Whether the keys configured to start from are still the provider's. */
function seedCheck({ seed }: Config, publishedKeys: readonly unknown[]): readonly Check[] {
  if (!seed) return [];
  const published = new Set(
    publishedKeys.map(judgeKey).flatMap((verdict) => (verdict.usable ? [verdict.key.jwk.kid] : [])),
  );
  if (published.size === 0) return [];
  const missing = [...seed.keys()].filter((kid) => !published.has(kid));
  return missing.length === 0
    ? [pass('AUTHACTION_JWKS', `${count(seed.size, 'key')} to start from, still published`)]
    : [
        warn(
          'AUTHACTION_JWKS',
          `${missing.map(quote).join(', ')} no longer published`,
          'Renew AUTHACTION_JWKS: tokens of a withdrawn key pass until the first refresh.',
        ),
      ];
}

/** Compares the issuer that the provider says it is with those the authorizer accepts. The authorizer never reads it. */
export function discoveryCheck({ issuers, jwksUri }: Config, { status, body }: HttpAnswer): Check {
  if (status !== 200) return skip('discovery', `no discovery document (HTTP ${status}); the authorizer needs none`);
  const document = json(body);
  const { issuer, jwks_uri: published } =
    typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  if (typeof issuer !== 'string' || !(issuers as readonly string[]).includes(issuer)) {
    return fail(
      'discovery',
      `the provider calls itself ${quote(issuer)}, this API expects ${issuers.map(quote).join(' or ')}`,
      'Set AUTHACTION_DOMAIN to the host of the issuer: tokens carry that name.',
    );
  }
  return published === undefined || published === jwksUri
    ? pass('discovery', `issuer ${quote(issuer)}, as expected`)
    : warn(
        'discovery',
        `issuer as expected, but jwks_uri is ${quote(published)}`,
        `Compare the keys there with those at ${jwksUri}, where the authorizer takes them.`,
      );
}

/** Compares this machine's clock with the server's. @param date the `Date` header (RFC 9110 6.6.1). */
export function clockCheck(date: string | undefined, nowSeconds: number): Check {
  const server = Date.parse(date ?? '') / 1000;
  if (Number.isNaN(server)) return skip('clock', 'the server sends no Date');
  const skew = nowSeconds - server;
  if (Math.abs(skew) < CLOCK_RESOLUTION_SECONDS) return pass('clock', 'agrees with the server');
  const detail = `this clock is ${duration(skew)} ${skew > 0 ? 'ahead of' : 'behind'} the server`;
  const todo = 'Set this clock by NTP. Lambda has a clock of its own: what is said of times below may differ there.';
  return Math.abs(skew) > CLOCK_TOLERANCE_SECONDS ? fail('clock', detail, todo) : warn('clock', detail, todo);
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
