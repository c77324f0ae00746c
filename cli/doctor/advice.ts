import type { Reason } from '../../lambdas/authorizer/decision';

/** What to do about each reason the authorizer refuses a request for. A reason without advice does not compile. */
export const advice = {
  missing_token: 'Send the access token as "Authorization: Bearer <token>".',
  malformed_authorization:
    'Send exactly "Bearer", spaces and the token: no quotes, line breaks or other words. Copy the access_token value alone.',
  multiple_credentials: 'Send one Authorization header with one token: look for a proxy or client that adds its own.',
  token_too_large: 'Ask for fewer scopes or claims: API Gateway itself refuses headers of more than about 10 KB.',
  malformed_token:
    'Send the access token, complete and unchanged. A token without dots is opaque: name the audience in the token request to get a JWT.',
  unsupported_algorithm: 'Set the signing algorithm of the API at AuthAction to RS256.',
  unsupported_header: 'Get the token from AuthAction: it sends no critical header extensions.',
  wrong_type: 'Send an access token, not another kind of token; see AUTHACTION_TOKEN_TYPE for what this API accepts.',
  missing_kid: 'Get the token from AuthAction: its tokens name their key.',
  unknown_key:
    'Get a new token: its key may have been withdrawn. If that does not help, the token comes from another tenant or is forged.',
  wrong_issuer:
    'Set AUTHACTION_DOMAIN to the tenant that issues the token, or get the token from the tenant configured.',
  wrong_audience:
    'Request the token with the audience this API expects, or set AUTHACTION_AUDIENCE. An ID token is no access token: its audience is the client.',
  invalid_claim: 'Get the token from AuthAction, and look for a rule or action there that changes this claim.',
  expired: 'Get a new token. Clients should do so a little before the old one runs out.',
  not_yet_valid: 'Compare the clocks: the token is valid only later, by this clock.',
  bad_signature:
    "Send the token unchanged. If it is, it was not signed with this tenant's key: it is forged, or another tenant uses the same key id.",
  revoked:
    'Get a new token, if this caller is still trusted: AUTHACTION_REVOKED lists this one. Take the entry out to allow it again.',
  insufficient_scope: 'Request the token with the scopes the route needs, and grant them to the client at AuthAction.',
  client_not_allowed: 'Add the client to AUTHACTION_ALLOWED_CLIENTS and deploy, or use one that is listed there.',
  keys_unavailable: 'See "Identity provider" above: until its keys can be fetched, callers get 503.',
  unsupported_event: 'Attach the authorizer to a REST API, as a REQUEST authorizer.',
  internal_error: 'This is a defect of the authorizer: please report it.',
} as const satisfies Record<Reason, string>;
