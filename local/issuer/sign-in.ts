import type { IncomingMessage } from 'node:http';
import type { Grant, interactionPolicy, Provider, RequestContext } from 'oidc-provider';
import { isLocalUrl } from './resource';

/** The only user of this issuer: `sub` of the tokens that an authorization code leads to. */
const LOCAL_USER = 'local-user';

/** Id of the session that every browser shares. */
const SESSION = 'local-session';

/** Lifetime of the session and of what it grants, in seconds: longer than any run. */
export const SESSION_LIFETIME_SECONDS = 365 * 86_400;

/** Signs the local user in at a provider. */
export async function startSession(provider: Provider): Promise<void> {
  const loginTs = Math.floor(Date.now() / 1000);
  await new provider.Session({ jti: SESSION, uid: SESSION, accountId: LOCAL_USER, loginTs }).save(
    SESSION_LIFETIME_SECONDS,
  );
}

/**
 * Puts a request to the authorization endpoint into the session of the local user, in place of a sign-in page. A client that
 * follows redirects and keeps no cookies gets a code, too.
 */
export function joinSession(provider: Provider, request: IncomingMessage): void {
  request.headers.cookie = `${provider.cookieName('session')}=${SESSION}`;
}

/**
 * Grants what a client asks for, in place of a consent page.
 *
 * @throws AccessDenied when the code would leave this machine.
 */
export async function grantRequest(
  { oidc }: RequestContext,
  AccessDenied: new (description: string) => Error,
): Promise<Grant> {
  const { client, params, provider, resourceServers } = oidc;
  if (!staysHere(String(params.redirect_uri))) {
    throw new AccessDenied('this issuer is for clients on this machine: redirect to localhost or 127.0.0.1');
  }
  params.scope ??= 'openid'; // the provider refuses a request that leads to no scope at all (RFC 6749 3.3)
  const grant = new provider.Grant({ accountId: LOCAL_USER, clientId: client.clientId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  for (const [resource, { scope }] of Object.entries(resourceServers)) grant.addResourceScope(resource, scope);
  await grant.save();
  return grant;
}

/** Whether a redirect ends on this machine: at a loopback address, or in an app with a scheme of its own (RFC 8252 7). */
const staysHere = (redirectUri: string): boolean => isLocalUrl(redirectUri) || !/^https?:/i.test(redirectUri);

/** Prompts that clients may ask for (`prompt=consent`), without a check that could lead to a page. */
export const silentPrompts = ({ Prompt }: typeof interactionPolicy) =>
  ['login', 'consent'].map((name) => {
    const prompt = new Prompt({ name, requestable: true });
    prompt.checks.clear();
    return prompt;
  });
