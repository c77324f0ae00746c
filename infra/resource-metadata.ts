/** Where an API publishes its metadata, below its public URL (RFC 9728 3). */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

/** OAuth 2.0 protected resource metadata (RFC 9728 2), as far as an API of this project publishes it. */
export interface ResourceMetadata {
  /** The resource's identifier: the URL, or its beginning, that clients call. */
  readonly resource: string;
  /** Issuers, spelled as their discovery documents spell them. */
  readonly authorization_servers: readonly [string];
  /** Every scope of the route table; absent when it has none (RFC 9728 3.2). */
  readonly scopes_supported?: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
  readonly resource_documentation?: string;
}
