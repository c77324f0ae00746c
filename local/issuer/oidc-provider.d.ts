/** The part of oidc-provider that is used here; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    on(event: 'server_error', listener: (ctx: unknown, error: Error) => void): this;
  }
  export const errors: {
    readonly InvalidTarget: new (description: string) => Error;
    readonly InvalidScope: new (description: string, scope: string) => Error;
  };
}
