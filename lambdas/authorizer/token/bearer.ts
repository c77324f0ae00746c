import { membersOf } from '../../shared/json';
import { type Checked, pass, refuse } from '../decision';

/** The maximum length of a token, in characters. */
export const MAX_TOKEN_LENGTH = 16_384;

/** API Gateway's quota for all header values together, in bytes: no longer value can arrive. */
const MAX_HEADER_LENGTH = 20_480;

/** `"Bearer" 1*SP token68` (RFC 6750 2.1, RFC 9110 11.2). Linear: no two parts of it can match the same character. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The header fields of a REQUEST authorizer event, before anything is known about them. */
export interface HeaderFields {
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
}

/**
 * Takes the one bearer token out of the request's `Authorization` field.
 *
 * Field names are compared without regard to case (RFC 9110 5.1). Exactly one credential is accepted: a field repeated
 * under another spelling, with two values, comma-joined, or different in `headers` and `multiValueHeaders` is refused,
 * since another reader of the same request might pick the other one. Tokens anywhere else (query, cookie, body, other
 * headers) are not looked at. Does not look into the token.
 */
export function bearerToken({ headers, multiValueHeaders }: HeaderFields): Checked<string> {
  const single = fieldValues(headers);
  const lists = fieldValues(multiValueHeaders);
  const multiple = lists.flat();
  const [value] = [...single, ...multiple];
  if (value === undefined || value === '') return refuse('missing_token');
  if (single.length > 1 || lists.length > 1 || multiple.length > 1) return refuse('multiple_credentials');
  if (typeof value !== 'string' || !lists.every((list) => Array.isArray(list))) {
    return refuse('malformed_authorization');
  }
  if (lists.length > 0 && multiple[0] !== value) return refuse('multiple_credentials');
  if (value.length > MAX_HEADER_LENGTH) return refuse('token_too_large');
  if (value.includes(',')) return refuse('multiple_credentials');
  const token = BEARER.exec(value)?.[1];
  if (token === undefined) return refuse('malformed_authorization');
  return token.length > MAX_TOKEN_LENGTH ? refuse('token_too_large') : pass(token);
}

/** Every value stored under a spelling of `Authorization`. Anything that is not a map of fields has none. */
function fieldValues(fields: unknown): unknown[] {
  return Object.entries(membersOf(fields))
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => value);
}
