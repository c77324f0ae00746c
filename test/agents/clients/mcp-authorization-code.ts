/** An MCP client that acts for a user: knows a URL, and nothing else. A browser without cookies stands for the user. */
import { randomUUID } from 'node:crypto';
import {
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { useTools } from './use-tools';

const REDIRECT_URL = 'http://127.0.0.1:8765/callback';

class HeadlessUser implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URL;
  readonly clientMetadata = {
    client_name: 'agent',
    redirect_uris: [REDIRECT_URL],
    token_endpoint_auth_method: 'none',
  };
  /** Where the authorization server sent the browser. */
  callback: URL | undefined;
  readonly #state = randomUUID();
  #verifier = '';
  #client: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #discovered: OAuthDiscoveryState | undefined;

  async redirectToAuthorization(authorizationUrl: URL): Promise<void> {
    const { headers } = await fetch(authorizationUrl, { redirect: 'manual' });
    const callback = new URL(headers.get('location') ?? '');
    if (callback.searchParams.get('state') !== this.#state) throw new Error('The state is not the one that was sent');
    this.callback = callback;
  }

  state = () => this.#state;
  clientInformation = () => this.#client;
  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#client = client;
  }
  tokens = () => this.#tokens;
  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }
  codeVerifier = () => this.#verifier;
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  discoveryState = () => this.#discovered;
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state;
  }
  /** Lets the next request be refused, as after the token has expired. */
  forgetAccessToken(): void {
    if (this.#tokens) this.#tokens = { ...this.#tokens, access_token: 'expired' };
  }
}

async function main(): Promise<void> {
  const url = new URL(process.argv[2] ?? '');
  const authProvider = new HeadlessUser();
  const transport = () => new StreamableHTTPClientTransport(url, { authProvider });

  const first = transport();
  const refusal: unknown = await useTools(first, {}).catch((error: unknown) => error);
  if (!(refusal instanceof UnauthorizedError) || !authProvider.callback) throw refusal;
  await first.finishAuth(authProvider.callback.searchParams);
  const run = await useTools(transport(), {});

  authProvider.callback = undefined;
  authProvider.forgetAccessToken();
  const refreshed = await useTools(transport(), {});
  console.log(
    JSON.stringify({ ...run, refreshed: refreshed.tools, signedInAgain: authProvider.callback !== undefined }),
  );
}

void main();
