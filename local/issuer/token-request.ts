import type { IncomingMessage } from 'node:http';
import { parseJsonObject } from '../../lambdas/shared/json';
import { readBody } from '../read-body';
import { resourceOf } from './resource';

/** The maximum size of a token request, in bytes. */
const MAX_BODY_BYTES = 16_384;

/** Parameters of AuthAction's token request and what oidc-provider calls them. */
const PARAMETERS = {
  grant_type: 'grant_type',
  client_id: 'client_id',
  client_secret: 'client_secret',
  audience: 'resource',
  scope: 'scope',
} as const;

/** An error answer of the token endpoint (RFC 6749 5.2). */
export interface TokenError {
  readonly status: 400 | 405 | 413;
  readonly error: 'invalid_request' | 'invalid_target';
  readonly error_description: string;
}

const invalid = (error_description: string, status: TokenError['status'] = 400): TokenError => ({
  status,
  error: 'invalid_request',
  error_description,
});

/**
 * Reads AuthAction's token request, JSON or a form, into the form that oidc-provider takes.
 *
 * Checks the shape only: oidc-provider checks client, secret, grant type, audience and scope.
 *
 * @returns an `application/x-www-form-urlencoded` string, or the error to answer with.
 */
export async function readTokenRequest(request: IncomingMessage): Promise<string | TokenError> {
  if (request.method !== 'POST') return invalid('the token endpoint takes POST requests only', 405);
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) return invalid(`the request is larger than ${MAX_BODY_BYTES} bytes`, 413);
  const parameters = parse(request.headers['content-type'] ?? '', body);
  if (!(parameters instanceof Map)) return parameters;

  const form = new URLSearchParams();
  for (const [name, value] of parameters) {
    if (!Object.hasOwn(PARAMETERS, name)) continue; // RFC 6749 3.2: unrecognized parameters are ignored
    if (typeof value !== 'string') return invalid(`${name} is not a string`);
    form.set(PARAMETERS[name as keyof typeof PARAMETERS], name === 'audience' ? resourceOf(value) : value);
  }
  for (const name of ['grant_type', 'client_id', 'client_secret', 'audience'] as const) {
    if (!form.get(PARAMETERS[name])) return invalid(`missing required parameter: ${name}`);
  }
  return form.toString();
}

function parse(contentType: string, body: string): Map<string, unknown> | TokenError {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') {
    const entries = [...new URLSearchParams(body)];
    const parameters = new Map(entries);
    return parameters.size === entries.length ? parameters : invalid('a parameter is there more than once');
  }
  if (type !== 'application/json') return invalid('the content type is not application/json');
  const document = parseJsonObject(body); // a SyntaxError would quote the secret
  return document ? new Map(Object.entries(document)) : invalid('the body is not a JSON object');
}
