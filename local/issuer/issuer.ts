import { writeFileSync } from 'node:fs';
import { IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { listen, shut } from '../listen';
import { throwAwayCertificate } from './certificate';
import { createStore } from './memory-store';
import { createProvider, PATHS, type ProviderOptions } from './provider';
import { createSigningKey, type SigningKey, signJwt } from './signing-key';
import { readTokenRequest, type TokenError } from './token-request';

/** What happens at the issuer, for the log and the console. */
export type IssuerEvent =
  | { readonly type: 'issuer-keys'; readonly change: 'created' | 'rotated'; readonly kids: readonly string[] }
  | { readonly type: 'issuer-state'; readonly running: boolean }
  | { readonly type: 'issuer-request'; readonly method: string; readonly path: string; readonly status: number };

/** What the tokens are issued for. */
export interface IssuerTarget {
  readonly audience: string;
  /** Scopes the client may ask for. */
  readonly scopes: readonly string[];
  /** @default 'local-client' */
  readonly clientId?: string | undefined;
}

export interface IssuerOptions extends IssuerTarget {
  /** Claims of its tokens besides those that every token has, which they do not replace. @default none */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Folder the certificate is written to. */
  readonly folder: string;
  readonly onEvent?: (event: IssuerEvent) => void;
}

export interface MintOptions {
  /** Merged over the claims of a good token; `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Merged over `{alg, typ, kid}`; `undefined` removes one. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** `foreign` signs with a key that is not the issuer's, under the issuer's key id. @default 'current' */
  readonly key?: 'current' | 'foreign';
}

/** The embedded issuer, and what tests and the console do to it. */
export interface Issuer {
  /** `https://localhost:{port}`: the `iss` of its tokens. */
  readonly url: string;
  /** The same without the scheme: the value for `AUTHACTION_DOMAIN`. */
  readonly domain: string;
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM file of the certificate, for `NODE_EXTRA_CA_CERTS` and `curl --cacert`. */
  readonly certificateFile: string;
  /** Ids of the published keys; the first one signs. */
  kids(): readonly string[];
  /** Signs with a new key. `overlap` keeps publishing the one before, `sudden` does not. */
  rotate(how: 'overlap' | 'sudden'): Promise<void>;
  /** Issues tokens for this audience, these scopes and this client instead of those it was started with. */
  issueFor(target: IssuerTarget): Promise<void>;
  /** Signs a token with chosen claims, good or bad. */
  mint(options?: MintOptions): Promise<string>;
  isRunning(): boolean;
  /** Stops listening and breaks its connections: an outage. Keys and clients stay. */
  stop(): Promise<void>;
  /** Listens again, at the same port. */
  start(): Promise<void>;
}

/**
 * Starts an issuer with AuthAction's paths on loopback, over HTTPS with a throw-away certificate.
 *
 * @throws PortError
 */
export async function startIssuer({ port, ...options }: IssuerOptions & { readonly port: number }): Promise<Issuer> {
  return (await openIssuer(port)).issue(options);
}

/** The address of an issuer that has no keys yet. */
export interface IssuerAddress {
  /** `localhost:{port}` */
  readonly domain: string;
  /** Creates keys and a certificate, and starts to answer. */
  issue(options: IssuerOptions): Promise<Issuer>;
  close(): Promise<void>;
}

/**
 * Reserves the address of an issuer, so that others can be given it while the keys are created.
 *
 * @param port 0: any free one.
 * @throws PortError
 */
export async function openIssuer(port: number): Promise<IssuerAddress> {
  const server = createServer();
  const domain = `localhost:${await listen(server, port)}`;
  return { domain, issue: (options) => issue(server, domain, options), close: () => shut(server) };
}

async function issue(first: Server, domain: string, options: IssuerOptions): Promise<Issuer> {
  const { claims: ownClaims = {}, onEvent = () => undefined } = options;
  const clientSecret = 'local-secret';
  const complete = ({ audience, scopes, clientId = 'local-client' }: IssuerTarget) => ({ audience, scopes, clientId });
  let target = complete(options);
  const url = `https://${domain}`;
  const [certificate, firstKey] = await Promise.all([throwAwayCertificate(), createSigningKey()]);
  const certificateFile = join(options.folder, 'issuer.pem');
  writeFileSync(certificateFile, certificate.certificate);

  let keys: readonly [SigningKey, ...SigningKey[]] = [firstKey];
  const store = createStore();
  const providerOf = (now: typeof target, published: ProviderOptions['keys']) =>
    createProvider({ issuer: url, clientSecret, ...now, claims: ownClaims, keys: published, store });
  let provider = await providerOf(target, keys);
  const serve = (server: Server): Server => {
    server.setSecureContext({ cert: certificate.certificate, key: certificate.privateKey });
    // A client that does not trust the certificate must not end the process.
    server.on('tlsClientError', () => undefined);
    return server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.once('finish', () =>
        onEvent({ type: 'issuer-request', ...requested(request), status: response.statusCode }),
      );
      void handle(request, response, provider);
    });
  };
  let server: Server | undefined = serve(first);

  const kids = (): readonly string[] => keys.map(({ kid }) => kid);
  onEvent({ type: 'issuer-keys', change: 'created', kids: kids() });
  onEvent({ type: 'issuer-state', running: true });

  return {
    url,
    domain,
    get audience() {
      return target.audience;
    },
    get clientId() {
      return target.clientId;
    },
    clientSecret,
    certificateFile,
    kids,
    async rotate(how) {
      const key = await createSigningKey();
      const next: typeof keys = how === 'overlap' ? [key, keys[0]] : [key];
      provider = await providerOf(target, next);
      keys = next;
      onEvent({ type: 'issuer-keys', change: 'rotated', kids: kids() });
    },
    async issueFor(next) {
      target = complete(next);
      provider = await providerOf(target, keys);
    },
    async mint({ claims = {}, header = {}, key = 'current' } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const good = {
        ...ownClaims,
        iss: url,
        aud: target.audience,
        sub: target.clientId,
        client_id: target.clientId,
        iat: now,
        exp: now + 3600,
      };
      const signer = key === 'foreign' ? await createSigningKey() : keys[0];
      return signJwt(signer, { alg: 'RS256', typ: 'at+jwt', kid: keys[0].kid, ...header }, { ...good, ...claims });
    },
    isRunning: () => server !== undefined,
    async stop() {
      if (!server) return;
      const old = server;
      server = undefined;
      await shut(old);
      onEvent({ type: 'issuer-state', running: false });
    },
    async start() {
      if (server) return;
      const next = serve(createServer());
      server = next;
      try {
        await listen(next, Number(new URL(url).port));
      } catch (error) {
        server = undefined;
        throw error;
      }
      onEvent({ type: 'issuer-state', running: true });
    },
  };
}

const requested = ({ method = '', url = '' }: IncomingMessage): { method: string; path: string } => ({
  method,
  path: url.split('?')[0] ?? '',
});

async function handle(request: IncomingMessage, response: ServerResponse, provider: RequestListener): Promise<void> {
  if (requested(request).path !== PATHS.machineToken) return provider(request, response);
  const form = await readTokenRequest(request);
  if (typeof form !== 'string') return refuse(response, form);
  // The same request with the body that oidc-provider reads.
  const inner = new IncomingMessage(request.socket);
  inner.method = 'POST';
  inner.url = PATHS.token;
  inner.headers = {
    host: request.headers.host,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(form)),
  };
  inner.push(form);
  inner.push(null);
  inner.complete = true;
  provider(inner, response);
}

function refuse(response: ServerResponse, { status, ...body }: TokenError): void {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  response.writeHead(status, status === 405 ? { ...headers, Allow: 'POST' } : headers).end(JSON.stringify(body));
}
