import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { connectionCode, connectionProblem } from '../../client/connection-problems';
import { isLoopback } from '../../client/http-request';
import { quote } from '../../terminal/quote';
import { duration } from '../../terminal/times';
import type { ProxyState } from './proxy';
import { type Check, fail, pass, skip, warn } from './report';

/** A certificate that expires within this many seconds is worth a warning: most are renewed earlier. */
const RENEWAL_SECONDS = 14 * 86_400;

/** The maximum number of addresses that are tried. */
const MAX_ADDRESSES = 8;

/** The way to the provider: whether it can be used at all, and the checks that show it. */
export interface Path {
  readonly isOpen: boolean;
  readonly checks: readonly Check[];
}

/**
 * Resolves the host and tries each of its addresses up to the end of the TLS handshake, as the authorizer may.
 *
 * @param timeoutMs the authorizer's deadline.
 */
export async function examinePath(host: string, port: number, proxy: ProxyState, timeoutMs: number): Promise<Path> {
  const first = proxy.check === undefined ? [] : [proxy.check];
  const startedAtMs = performance.now();
  let addresses: readonly LookupAddress[];
  try {
    addresses = await lookup(host, { all: true });
  } catch (error) {
    const dns = unresolved(host, error, proxy);
    return { isOpen: proxy.isUsed, checks: [...first, dns] };
  }
  const tookMs = Math.round(performance.now() - startedAtMs);
  const dns = pass('dns', `${host} is ${addresses.map(({ address }) => address).join(', ')}, ${tookMs} ms`);
  if (proxy.isUsed) return { isOpen: true, checks: [...first, dns, skip('tls', 'by way of the proxy; see jwks')] };

  const tries = await Promise.all(
    addresses.slice(0, MAX_ADDRESSES).map((address) => handshake(host, address, port, timeoutMs)),
  );
  const tls = tlsCheck(tries, host, proxy);
  const perAddress =
    tries.length > 1 && tls.status !== 'fail' ? tries.map((each) => addressCheck(each, tries, host)) : [];
  return { isOpen: tls.status !== 'fail', checks: [...first, dns, ...perAddress, tls] };
}

function unresolved(host: string, error: unknown, { isUsed, explanation }: ProxyState): Check {
  const problem = `${host} cannot be resolved here`;
  if (isUsed) return skip('dns', `${problem}; the proxy does that`);
  const code = connectionCode(error) ?? 'no code';
  if (explanation !== undefined) return fail('dns', `${problem} (${code}). ${explanation.detail}`, explanation.todo);
  return code === 'ENOTFOUND'
    ? fail('dns', `${problem} (${code}): no such name`, 'Check the spelling of AUTHACTION_DOMAIN.')
    : fail('dns', `${problem} (${code}): the name server does not answer`, 'Check the network connection here.');
}

/** One address, tried up to the end of a TLS handshake with full checks. */
interface Try {
  readonly address: LookupAddress;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  readonly certificate?: PeerCertificate;
  readonly protocol?: string;
  readonly problem?: string;
}

function handshake(host: string, address: LookupAddress, port: number, timeoutMs: number): Promise<Try> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    const elapsedMs = () => Math.round(performance.now() - startedAtMs);
    let tcpMs: number | undefined;
    const done = (result: Partial<Try>) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ address, ...(tcpMs === undefined ? {} : { tcpMs }), ...result });
    };
    const isName = /[^\d.]/.test(host) && !host.includes(':');
    const socket = connectTls({
      host: address.address,
      port,
      ...(isName ? { servername: host } : {}),
      rejectUnauthorized: true,
    });
    socket.once('connect', () => {
      tcpMs = elapsedMs();
    });
    socket.once('secureConnect', () =>
      done({ tlsMs: elapsedMs(), certificate: socket.getPeerCertificate(), protocol: socket.getProtocol() ?? 'TLS' }),
    );
    socket.on('error', (error) => done({ problem: connectionProblem(error) }));
    const timer = setTimeout(
      () => done({ problem: `no ${tcpMs === undefined ? 'connection' : 'TLS handshake'} within ${timeoutMs} ms` }),
      timeoutMs,
    );
  });
}

function tlsCheck(tries: readonly Try[], host: string, { explanation }: ProxyState): Check {
  const good = tries.find(({ certificate }) => certificate !== undefined);
  if (good?.certificate !== undefined) {
    return certificateCheck(good.certificate, good.protocol ?? 'TLS', Date.now() / 1000, isLoopback(host));
  }
  const problems = [...new Set(tries.map(({ problem }) => problem))];
  const problem =
    problems.length === 1 ? String(problems[0]) : tries.map((each) => `${nameOf(each)}: ${each.problem}`).join('; ');
  return explanation === undefined
    ? fail(
        'tls',
        problem,
        'The authorizer meets the same connection: until it works, callers get 503. Repair it first.',
      )
    : fail('tls', `${problem}. ${explanation.detail}`, explanation.todo);
}

/** One of several addresses. One that does not work costs time as long as another does. */
function addressCheck(each: Try, tries: readonly Try[], host: string): Check {
  const { address, tcpMs, tlsMs, problem } = each;
  const name = nameOf(each);
  if (problem === undefined) return pass('address', `${name}: TCP ${tcpMs} ms, TLS ${tlsMs} ms`);
  // A local server listens on one of the two loopback addresses.
  if (isLoopback(host)) return skip('address', `${name}: ${problem}`);
  const good = tries.find(({ certificate }) => certificate !== undefined);
  const other = good === undefined ? '' : `; ${nameOf(good)} answers within ${good.tlsMs} ms`;
  return warn(
    'address',
    `${name} does not answer (${problem})${other}. The authorizer tries the next address, which makes its fetches slower`,
    address.family === 6
      ? 'Give this network a way out over IPv6, or have the provider withdraw its AAAA record.'
      : 'Have the provider repair or withdraw this address.',
  );
}

const nameOf = ({ address: { address, family } }: Try): string => `IPv${family} address ${address}`;

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
    ? warn('tls', detail, 'The certificate expires soon: make sure that it is renewed.')
    : pass('tls', detail);
}
