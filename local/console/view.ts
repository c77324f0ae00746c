import type { Reason } from '../../lambdas/authorizer/decision';

/** What the console's page shows and asks for: the contract between server and page. Types only, nothing of Node. */

/** The state of the run, sent whole whenever any of it changes. */
export interface RunView {
  readonly apiUrl: string;
  readonly routes: readonly RouteView[];
  readonly issuer: IssuerView;
  /** API Gateway's result cache: how long an entry lasts, and how many there are. */
  readonly cache: { readonly ttlSeconds: number; readonly entries: number };
  /** Which tokens can be had: a tenant gives only good ones, and none to a client that is not configured. */
  readonly tokens: 'any' | 'good' | 'none';
}

export interface RouteView {
  readonly method: string;
  readonly path: string;
  /** `public`, `token`, or the scopes it needs. */
  readonly access: 'public' | 'token' | readonly string[];
}

export interface IssuerView {
  readonly url: string;
  /** `embedded`: this run's own, which can be rotated and stopped. `tenant`: the real one. */
  readonly kind: 'embedded' | 'tenant';
  readonly running: boolean;
  readonly keys: readonly KeyView[];
}

export interface KeyView {
  readonly kid: string;
  readonly signs: boolean;
}

/** One request that went through the gateway. */
export interface Trace {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Whether there is such a route. */
  readonly matched: boolean;
  /** What the gateway asked: nobody, its cache, or the authorizer. */
  readonly asked: 'nobody' | 'cache' | 'authorizer';
  /** The authorizer's own log line; of a cached decision no more than outcome and key are known. */
  readonly decision?: {
    readonly outcome: 'allow' | 'refuse' | 'forbid' | 'fail';
    readonly reason?: Reason;
    readonly kid?: string;
  };
  readonly authorizerMilliseconds?: number;
  /** Keys that the authorizer fetched meanwhile, or could not. */
  readonly keyFetch?: 'fetched' | 'failed';
  readonly handler?: {
    /** Logical id of its function. */
    readonly name: string;
    readonly milliseconds: number;
    /** What it failed with, its stack mapped to TypeScript. */
    readonly error?: string;
  };
}

export const tokenKinds = ['plain', 'scoped', 'expired', 'wrong_audience', 'forged'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** What the page may ask for. */
export type ConsoleAction =
  | { readonly action: 'token'; readonly kind: TokenKind }
  | { readonly action: 'call'; readonly method: string; readonly path: string; readonly token?: string }
  | { readonly action: 'rotate-key' }
  | { readonly action: 'stop-issuer' }
  | { readonly action: 'start-issuer' }
  | { readonly action: 'clear-cache' }
  | { readonly action: 'restart-lambdas' };

/** What it gets: an error is one line for people. */
export type ActionAnswer =
  | { readonly ok: true; readonly token?: string; readonly call?: CallAnswer }
  | { readonly ok: false; readonly error: string };

/** An answer of the API as the caller got it. */
export interface CallAnswer {
  /** Id of the trace it belongs to. */
  readonly id?: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
