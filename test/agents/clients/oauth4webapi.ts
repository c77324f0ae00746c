/** A client that is not an agent: finds the way from a URL to a protected call with RFC 9728, RFC 8414 and RFC 6749. */
import * as oauth from 'oauth4webapi';

/** The API is on this machine, without TLS. */
const insecure = { [oauth.allowInsecureRequests]: true };

async function main(): Promise<void> {
  const resource = new URL(process.argv[2] ?? '');
  const { CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;

  const metadata = await oauth.resourceDiscoveryRequest(resource, insecure);
  const { authorization_servers, scopes_supported } = await oauth.processResourceDiscoveryResponse(resource, metadata);
  const issuer = new URL(authorization_servers?.[0] ?? '');

  const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
  const server = await oauth.processDiscoveryResponse(issuer, discovery);

  const client = { client_id: CLIENT_ID };
  const parameters = { resource: resource.href.replace(/\/$/, ''), scope: 'orders:read' };
  const granted = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.ClientSecretPost(CLIENT_SECRET),
    parameters,
  );
  const { access_token, scope } = await oauth.processClientCredentialsResponse(server, client, granted);

  const call = (path: string) =>
    oauth.protectedResourceRequest(access_token, 'GET', new URL(path, resource), undefined, undefined, insecure);
  const orders = (await (await call('/orders')).json()) as unknown;
  const challenges = await call('/customers').then(
    () => undefined,
    (error: unknown) => (error instanceof oauth.WWWAuthenticateChallengeError ? error.cause : error),
  );
  console.log(JSON.stringify({ scopes_supported, scope, orders, challenges }));
}

void main();
