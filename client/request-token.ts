import { type JsonObject, parseJsonObject } from '../lambdas/shared/json';
import { quote } from '../terminal/quote';
import { connectionProblem } from './connection-problems';
import { type HttpAnswer, httpRequest } from './http-request';

/** A client credentials request (RFC 6749 4.4) as AuthAction takes it. */
export interface TokenRequest {
  /** `https://{domain}/oauth2/m2m/token`. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
  /** Scopes asked for, separated by spaces; those the client has by default when absent. */
  readonly scope?: string | undefined;
  /** Authorities to trust instead of the usual ones, as PEM. */
  readonly ca?: string | undefined;
}

/** The endpoint gave no token. The message says why and what to do, and holds no secret. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';
}

/** What each error code of a token endpoint means for a client credentials request, and what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_client: 'The client id and secret do not match: check AUTHACTION_CLIENT_ID and AUTHACTION_CLIENT_SECRET.',
  unauthorized_client:
    'Allow the client credentials grant for this client, and authorize it for the API, at AuthAction.',
  access_denied: 'Authorize this client for the API at AuthAction.',
  invalid_target:
    'The provider knows no API with this audience: check AUTHACTION_AUDIENCE, or name another with --audience.',
  invalid_scope: 'A scope is unknown, or not granted to this client: check --scope, and grant it at AuthAction.',
  invalid_request: 'The provider rejects the request, often because of an unknown audience (AUTHACTION_AUDIENCE).',
  unsupported_grant_type: 'The provider does not support the client credentials grant: enable it there.',
  server_error: 'The provider failed: try again later.',
  temporarily_unavailable: 'The provider is overloaded: try again later.',
};

/**
 * Gets an access token. Does not check the token: that is the API's business, or the doctor's.
 *
 * @throws TokenRequestError
 */
export async function requestToken(request: TokenRequest): Promise<string> {
  const { endpoint, clientId, clientSecret, audience, scope, ca } = request;
  const body = {
    client_id: clientId,
    client_secret: clientSecret,
    audience,
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  };
  let answer: HttpAnswer;
  try {
    answer = await httpRequest({
      url: endpoint,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      ca,
    });
  } catch (error) {
    throw new TokenRequestError(`${endpoint} cannot be reached.\n${connectionProblem(error)}`);
  }
  const parsed = parseJsonObject(answer.body);
  if (parsed === undefined) throw new TokenRequestError(notJson(endpoint, answer.status));
  if (answer.status === 200 && typeof parsed.access_token === 'string') return parsed.access_token;
  throw new TokenRequestError(explain(endpoint, answer.status, withoutSecret(parsed, clientSecret)));
}

function explain(endpoint: string, status: number, { error, error_description: description }: JsonObject): string {
  if (status === 200)
    return `${endpoint} answered without an access_token.\nIt is not a token endpoint: check AUTHACTION_DOMAIN.`;
  if (typeof error !== 'string') {
    return `${endpoint} answered ${status} without an error code.\n${status >= 500 ? ADVICE.server_error : 'Check AUTHACTION_DOMAIN.'}`;
  }
  const said = typeof description === 'string' ? `, ${quote(description)}` : '';
  const advice = Object.hasOwn(ADVICE, error)
    ? ADVICE[error]
    : 'RFC 6749 does not define this code: see what AuthAction says about it.';
  return `The token endpoint answered ${status} ${quote(error)}${said}.\n${advice}`;
}

function notJson(endpoint: string, status: number): string {
  const todo =
    status === 404
      ? 'There is no token endpoint at this host: check AUTHACTION_DOMAIN.'
      : status >= 500
        ? 'The provider failed: try again later.'
        : 'Something else answers there, perhaps a proxy: check AUTHACTION_DOMAIN.';
  return `${endpoint} answered ${status}, but not with JSON.\n${todo}`;
}

/** A provider may quote the request in its error. Taken out before anything is cut off or escaped. */
const withoutSecret = ({ error, error_description: description }: JsonObject, secret: string): JsonObject => {
  const clean = (value: unknown) => (typeof value === 'string' ? value.replaceAll(secret, '[secret]') : undefined);
  return { error: clean(error), error_description: clean(description) };
};
