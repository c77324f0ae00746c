import { connectionProblem } from '../../client/connection-problems';
import { type HttpAnswer, httpRequest } from '../../client/http-request';
import { METADATA_PATH } from '../../infra/resource-metadata';
import { membersOf } from '../../lambdas/shared/json';
import type { Route } from '../../lambdas/shared/route-table';
import { quote } from '../../terminal/quote';
import { parseJson } from './key-fetch';
import { type Check, fail, pass, skip, warn } from './report';

export interface PublishedApi {
  /** Address of the API's stage. */
  readonly url: string;
  readonly routes: readonly Route[];
  /** The issuer of the discovery document, where there is one. */
  readonly discoveredIssuer?: string | undefined;
}

/**
 * Finds the API's metadata (RFC 9728) as a client does that knows only this URL, and compares what they say: the resource
 * with the URL, the authorization server with the issuer of the discovery document. No request carries a token.
 */
export async function examineMetadata({ url, routes, discoveredIssuer }: PublishedApi): Promise<readonly Check[]> {
  const base = url.replace(/\/+$/, '');
  try {
    const named = await namedAddress(base, routes);
    // Nothing is fetched from another address than the one that was given.
    if (named !== undefined && !named.startsWith(`${base}${METADATA_PATH}`)) {
      return [fail('challenge', `401 sends clients to ${quote(named)} for the metadata`, OTHER_URL)];
    }
    const answer = await httpRequest({ url: named ?? `${base}${METADATA_PATH}` });
    if (named === undefined && answer.status !== 200) return [skip('metadata', 'not published (RESOURCE_METADATA)')];
    const resource = (named ?? `${base}${METADATA_PATH}`).replace(METADATA_PATH, '');
    return [
      named === undefined
        ? warn('challenge', '401 does not name the metadata', UNNAMED)
        : pass('challenge', '401 names the metadata'),
      documentCheck(answer, resource),
      ...(answer.status === 200 ? [issuerCheck(answer, discoveredIssuer)] : []),
    ];
  } catch (error) {
    return [skip('metadata', connectionProblem(error))];
  }
}

const OTHER_URL =
  'Set RESOURCE_METADATA (protectedResource.url) to the URL that clients use; if --url is not that URL, give that one.';
const UNNAMED = "Clients have to guess the address: deploy again, and leave gatewayResponses at 'all' or 'refusals'.";

/** The metadata's address in the challenge of a protected route. */
async function namedAddress(base: string, routes: readonly Route[]): Promise<string | undefined> {
  const route = routes.find(
    ({ method, path, access }) => method === 'GET' && access !== 'public' && !path.includes('{'),
  );
  if (route === undefined) return undefined;
  const { headers } = await httpRequest({ url: `${base}${route.path}` });
  const [, address] = /\bresource_metadata="([^"]*)"/.exec(headers['www-authenticate'] ?? '') ?? [];
  return address;
}

function documentCheck({ status, headers, body }: HttpAnswer, expected: string): Check {
  if (status !== 200) {
    return fail(
      'metadata',
      `HTTP ${status}, expected 200 without a token`,
      'Deploy again: the method must need no token.',
    );
  }
  const { resource } = membersOf(parseJson(body));
  if (resource !== expected) {
    return fail(
      'metadata',
      `resource is ${quote(resource)}, expected ${quote(expected)}: clients refuse it`,
      OTHER_URL,
    );
  }
  if (headers['access-control-allow-origin'] !== '*') {
    return warn(
      'metadata',
      'pages of other origins cannot read it',
      'Deploy again; something removes the CORS header.',
    );
  }
  return pass('metadata', `resource is ${quote(resource)}, which belongs to this URL`);
}

const AUTHORIZATION_SERVER = 'authorization server';

function issuerCheck({ body }: HttpAnswer, discovered: string | undefined): Check {
  const { authorization_servers: servers } = membersOf(parseJson(body));
  const server: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (discovered === undefined)
    return skip(AUTHORIZATION_SERVER, `${quote(server)}: no discovery document to compare it with`);
  return server === discovered
    ? pass(AUTHORIZATION_SERVER, `${quote(server)}, as the discovery document spells it`)
    : fail(
        AUTHORIZATION_SERVER,
        `${quote(server)}, but the discovery document says ${quote(discovered)}: strict clients stop there`,
        `Set RESOURCE_METADATA_ISSUER (protectedResource.issuer) to ${quote(discovered)}.`,
      );
}
