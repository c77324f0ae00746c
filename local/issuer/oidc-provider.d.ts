/** The part of oidc-provider that is used here; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    on(event: 'server_error', listener: (ctx: unknown, error: Error) => void): this;
    cookieName(type: 'session'): string;
    readonly Session: new (
      payload: Readonly<Record<string, unknown>>,
    ) => { save(ttlSeconds: number): Promise<string> };
    readonly Grant: new (properties: {
      readonly accountId: string;
      readonly clientId: string;
    }) => Grant;
  }

  /** What a user allowed a client to do. */
  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  /** What the provider passes to a configuration function. */
  export interface RequestContext {
    readonly oidc: {
      readonly provider: Provider;
      readonly client: { readonly clientId: string };
      readonly params: { [name: string]: string | undefined };
      readonly requestParamOIDCScopes: ReadonlySet<string>;
      readonly resourceServers: Readonly<Record<string, { readonly scope: string }>>;
    };
  }

  export const errors: {
    readonly AccessDenied: new (description: string) => Error;
    readonly InvalidTarget: new (description: string) => Error;
    readonly InvalidScope: new (description: string, scope: string) => Error;
  };

  export namespace interactionPolicy {
    class Prompt {
      constructor(options: { readonly name: string; readonly requestable: boolean });
      readonly checks: { clear(): void };
    }
  }
}
