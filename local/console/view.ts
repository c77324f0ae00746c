import type { Outcome, Reason } from '../../lambdas/authorizer/decision';

/** The contract between the console's server and its page: what the page shows and what it asks for. Nothing of Node. */

/** The state of the run, sent whole whenever any of it changes. */
export interface RunView {
  readonly apiUrl: string;
  readonly routes: readonly RouteView[];
  readonly issuer: IssuerView;
  /** API Gateway's result cache: how long an entry lasts, and how many there are. */
  readonly cache: { readonly ttlSeconds: number; readonly entries: number };
  /** The authorizer's list of revoked tokens (AUTHACTION_REVOKED). */
  readonly revoked: string;
  /** Which tokens are available: a tenant issues valid ones only, and none to a client that is not configured. */
  readonly tokens: 'any' | 'valid' | 'none';
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
  readonly state: 'running' | 'stopped' | 'unreachable';
  /** Why it is unreachable, and what to do. */
  readonly problem?: string;
  readonly keys: readonly KeyView[];
}

export interface KeyView {
  readonly kid: string;
  readonly signs: boolean;
}

/** One request that went through the gateway, from any client. */
export interface Trace {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly method: string;
  readonly path: string;
  /** As sent, from the question mark on, but for tokens; absent for none. */
  readonly query?: string;
  readonly status: number;
  /** Such as `Unauthorized`. */
  readonly statusText: string;
  readonly milliseconds: number;
  /** Whether there is such a route. */
  readonly matched: boolean;
  /** Where the gateway took the decision from; `none`: it needed none, or there was no token. */
  readonly decidedBy: 'none' | 'cache' | 'authorizer';
  /** The authorizer's decision on this request; of a cached one, no more than outcome and key are known. */
  readonly decision?: { readonly outcome: Outcome; readonly reason?: Reason; readonly kid?: string };
  readonly authorizerMilliseconds?: number;
  /** Whether the authorizer fetched keys meanwhile, or failed to. */
  readonly keyFetch?: 'fetched' | 'failed';
  readonly handler?: {
    /** Logical id of its function. */
    readonly name: string;
    readonly milliseconds: number;
    /** What it failed with, its stack mapped to TypeScript. */
    readonly error?: string;
  };
  readonly answer: AnswerView;
  /** What the authorizer and the handler logged during this request, a line each. */
  readonly logs: readonly string[];
}

/** The answer as the caller got it; long bodies are cut off. */
export interface AnswerView {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export const tokenKinds = ['plain', 'scoped', 'expired', 'wrong_audience', 'forged'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** Methods the page can send. */
export const callMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type CallMethod = (typeof callMethods)[number];

/** A request for the API. */
export interface Call {
  readonly method: CallMethod;
  /** With its query, encoded. */
  readonly path: string;
  readonly token?: string;
  readonly body?: string;
  /** Content type of the body. */
  readonly contentType?: string;
}

/** What the page may ask for. */
export type ConsoleAction =
  | { readonly action: 'token'; readonly kind: TokenKind }
  | { readonly action: 'call'; readonly call: Call }
  | { readonly action: 'rotate-key' }
  | { readonly action: 'stop-issuer' }
  | { readonly action: 'start-issuer' }
  | { readonly action: 'clear-cache' }
  | { readonly action: 'restart-lambdas' }
  /** Replaces the list of revoked tokens; without a list, only tells it. */
  | { readonly action: 'revoke'; readonly list?: string };

/** What it gets: an error is one line for people. A call's answer comes as a {@link Trace}. */
export type ActionAnswer =
  | { readonly ok: true; readonly token?: string; readonly revoked?: string }
  | { readonly ok: false; readonly error: string };
