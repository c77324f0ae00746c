/**
 * The bodies a caller sees when a request is refused. None says why: the log, the metrics and the doctor do.
 * The gateway responses of the stack and the handlers' own refusals use the same objects.
 */
export const unauthorized = { error: 'Unauthorized', message: 'Missing or invalid access token' } as const;
export const forbidden = { error: 'Forbidden', message: 'The access token does not allow this request' } as const;
export const unavailable = {
  error: 'Service Unavailable',
  message: 'Access tokens cannot be checked at the moment, try again shortly',
} as const;

/** RFC 6750 section 3 challenges. */
export const challenge = {
  unauthorized: 'Bearer',
  invalidToken: 'Bearer error="invalid_token"',
  forbidden: 'Bearer error="insufficient_scope"',
} as const;

/**
 * Response headers that pages of other origins may read (Fetch, `Access-Control-Expose-Headers`): why a request is refused,
 * under the name that API Gateway gives a handler's header, too; when to try again; API Gateway's ids of the request.
 */
export const exposedHeaders = [
  'WWW-Authenticate',
  'x-amzn-Remapped-WWW-Authenticate',
  'Retry-After',
  'x-amzn-RequestId',
  'x-amz-apigw-id',
] as const;

/**
 * The challenge of a route: it names the scopes that the route needs (RFC 6750 3.1).
 *
 * @param scopes of the route table, so none has a character that a quoted string could not hold.
 */
export const forbiddenChallenge = (scopes: readonly string[]): string =>
  scopes.length === 0 ? challenge.forbidden : `${challenge.forbidden}, scope="${scopes.join(' ')}"`;
