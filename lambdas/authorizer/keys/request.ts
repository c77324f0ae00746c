import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { ClientRequest } from 'node:http';
import { Agent, type AgentOptions, get, globalAgent } from 'node:https';
import { type FetchFailure, KeyFetchError } from './fetch-error';

/** Largest JWKS document read, in bytes. */
export const MAX_BODY_BYTES = 150_000;

/** Without a TLS connection after this long, the next address is tried beside it (RFC 8305 5), in milliseconds. */
const NEXT_ADDRESS_MS = 400;

/** Share of the time after which a request without an answer is made once more, beside the first one. */
const SECOND_REQUEST_SHARE = 0.7;

export interface RequestOptions {
  /** PEM certificates to trust instead of Node's own list. */
  readonly ca?: string | undefined;
  /** Every address of a host name; the system's own answer by default. */
  readonly resolveHost?: ((hostname: string) => Promise<readonly LookupAddress[]>) | undefined;
  /** Where the next request begins among the addresses: after those that failed. Kept from one call to the next. */
  readonly turn: { first: number };
}

/**
 * Gets a document over HTTPS with full certificate checks, within one total time.
 *
 * Any address that works is enough: they are tried beside each other, families in turn, and the first TLS connection
 * wins. Takes 200 and nothing else, follows no redirect, asks for and accepts only the identity encoding, reads at most
 * {@link MAX_BODY_BYTES}. Each request has a connection of its own: a kept one may have died while the container was
 * frozen. A proxy is used as Node itself does: `HTTPS_PROXY` and `NO_PROXY` with `NODE_USE_ENV_PROXY=1`, from Node 24 on.
 *
 * @throws KeyFetchError
 */
export function requestBody(
  uri: string,
  { ca, resolveHost = lookupAll, turn }: RequestOptions,
  timeoutMs: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    /** Requests under way, and those of them that have no TLS connection yet. */
    const requests = new Set<ClientRequest>();
    const connecting = new Set<ClientRequest>();
    let resolved: Promise<readonly LookupAddress[]> | undefined;
    /** Addresses that may be tried. A proxy's are Node's business. */
    let known = 1;
    let started = 0;
    let nextAddressTimer: NodeJS.Timeout | undefined;

    const drop = (dropped: Iterable<ClientRequest>) => {
      for (const request of dropped) {
        requests.delete(request);
        connecting.delete(request);
        request.destroy();
      }
    };
    const end = () => {
      for (const timer of [nextAddressTimer, secondRequestTimer, timeoutTimer]) clearTimeout(timer);
      drop(requests);
    };
    const fail = (error: KeyFetchError) => {
      end();
      turn.first += started;
      reject(error);
    };
    const recordFailure = (request: ClientRequest, error: KeyFetchError) => {
      if (!requests.has(request)) return;
      const mayTryNext = connecting.has(request) && started < known;
      drop([request]);
      if (mayTryNext) startRequest();
      else if (requests.size === 0) fail(error);
    };
    const tryNextAddressSoon = () => {
      clearTimeout(nextAddressTimer);
      if (connecting.size > 0 && started < known) nextAddressTimer = setTimeout(startRequest, NEXT_ADDRESS_MS);
    };

    function startRequest() {
      const index = turn.first + started;
      started += 1;
      const request = get(uri, {
        agent: new Agent(agentOptions()),
        rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
        ca,
        timeout: timeoutMs, // ends a proxy's tunnel that is never built
        lookup(hostname, _options, done) {
          resolved ??= resolveHost(hostname).then(familiesInTurn);
          resolved.then(
            (addresses) => {
              // Stryker disable next-line StringLiteral: neither string is an address.
              const { address = '', family } = addresses[index % addresses.length] ?? {};
              known = addresses.length;
              tryNextAddressSoon();
              done(null, address, family);
            },
            // Stryker disable next-line StringLiteral: beside an error no address is read.
            (error) => done(error, ''),
          );
        },
        headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'authaction-aws-api' },
      });
      requests.add(request);
      connecting.add(request);
      const failed = (
        failure: FetchFailure,
        transient: boolean,
        details?: ConstructorParameters<typeof KeyFetchError>[2],
      ) => recordFailure(request, new KeyFetchError(failure, transient, details));
      const broken = (cause: Error) => failed('network', true, { cause });
      request.on('error', broken);
      request.on('socket', (socket) =>
        socket.once('secureConnect', () => {
          connecting.delete(request);
          drop(connecting);
          clearTimeout(nextAddressTimer);
        }),
      );
      request.on('response', (response) => {
        response.on('error', broken);
        const { statusCode: status = 0 } = response;
        if (status !== 200) return failed('status', status >= 500, { status });
        if (!/^(identity)?$/i.test(response.headers['content-encoding'] ?? '')) return failed('encoding', false);
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > MAX_BODY_BYTES) failed('too_large', false);
        });
        response.on('end', () => {
          end();
          resolve(Buffer.concat(chunks));
        });
      });
    }

    startRequest();
    const secondRequestTimer = setTimeout(startRequest, timeoutMs * SECOND_REQUEST_SHARE);
    // After a freeze, timers run before what arrived meanwhile is read: that comes first.
    const timeoutTimer = setTimeout(() => setImmediate(() => fail(new KeyFetchError('timeout', true))), timeoutMs);
  });
}

const lookupAll = (hostname: string): Promise<readonly LookupAddress[]> => lookup(hostname, { all: true });

/** The first address of each family, then the second of each, and so on, otherwise in the system's order (RFC 8305 4). */
function familiesInTurn(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
  const ranks: Record<number, number> = {};
  const rank = ({ family }: LookupAddress) => (ranks[family] = (ranks[family] ?? 0) + 1);
  return addresses
    .map((address) => ({ address, rank: rank(address) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ address }) => address);
}

/** Node's own agent knows the environment's proxy settings, where the runtime supports them and they are switched on. */
function agentOptions(): AgentOptions {
  const { proxyEnv }: NewerAgentOptions = globalAgent.options;
  return { proxyEnv, autoSelectFamily: false } as AgentOptions; // the attempts here wait longer, and for TLS
}

/** Not in the types of the oldest Node supported. */
type NewerAgentOptions = AgentOptions & { readonly proxyEnv?: unknown };
