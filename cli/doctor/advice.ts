import type { Reason } from '../../lambdas/authorizer/decision';
import { MAX_TOKEN_LENGTH } from '../../lambdas/authorizer/token/bearer';
import { CLOCK_TOLERANCE_SECONDS } from '../../lambdas/authorizer/token/claims';

/** What a reason means, and the one thing to do about it where no check has shown more. */
export interface Advice {
  readonly meaning: string;
  readonly todo: string;
}

/** The words for each reason, for a token and for a log line alike. A reason without words does not compile. */
export const advice = {
  missing_token: {
    meaning: 'The request has no Authorization header, or an empty one.',
    todo: 'Send the access token as "Authorization: Bearer <token>".',
  },
  malformed_authorization: {
    meaning: 'The Authorization header is not the word Bearer, spaces and one token.',
    todo: 'Send exactly "Bearer", a space and the token: no quotes, line breaks or other words.',
  },
  multiple_credentials: {
    meaning: 'The request has more than one credential, or a comma in its Authorization header.',
    todo: 'Send one Authorization header with one token: look for a proxy or client that adds its own.',
  },
  token_too_large: {
    meaning: `The token has more than ${MAX_TOKEN_LENGTH} characters, the maximum that this authorizer reads.`,
    todo: 'Request fewer scopes, or have the provider leave out large claims such as groups.',
  },
  malformed_token: {
    meaning: 'The token is not a JWT of three base64url parts with a header and claims in JSON.',
    todo: 'Send the access token, complete and unchanged. A token without dots is opaque: name the audience in the token request to get a JWT.',
  },
  unsupported_algorithm: {
    meaning: 'The token is not signed with RS256.',
    todo: 'Set the signing algorithm of the API at AuthAction to RS256.',
  },
  unsupported_header: {
    meaning: 'The header of the token has crit, b64 or enc, which this authorizer does not support.',
    todo: 'Get the token from AuthAction: its tokens have no such header.',
  },
  wrong_type: {
    meaning: 'The typ in the header of the token is not that of an access token this API accepts.',
    todo: 'Send an access token, not another kind of token; AUTHACTION_TOKEN_TYPE says which this API accepts.',
  },
  missing_kid: {
    meaning: 'The header of the token does not name its key: kid is missing, empty or not a string.',
    todo: 'Get the token from AuthAction: its tokens name their key.',
  },
  unknown_key: {
    meaning: 'The provider publishes no usable key under the kid of the token.',
    todo: 'Get a new token: its key may have been withdrawn. If that does not help, the token comes from another tenant or is forged.',
  },
  wrong_issuer: {
    meaning: 'The iss claim is not the issuer that AUTHACTION_DOMAIN names.',
    todo: 'Set AUTHACTION_DOMAIN to the tenant that issues the token, or get the token from the configured tenant.',
  },
  wrong_audience: {
    meaning: 'The aud claim does not name this API.',
    todo: 'Request the token with the audience this API expects, or set AUTHACTION_AUDIENCE to that of the token.',
  },
  invalid_claim: {
    meaning: 'A claim is missing or has the wrong type, or those for handlers are too large.',
    todo: 'Get the token from AuthAction, and look for a rule or action there that changes this claim.',
  },
  expired: {
    meaning: 'The exp claim is in the past.',
    todo: 'Get a new token. Clients do so a little before the current one expires.',
  },
  not_yet_valid: {
    meaning: `The nbf claim is more than ${CLOCK_TOLERANCE_SECONDS} seconds in the future.`,
    todo: "Compare the clocks: by the authorizer's clock the token is valid only later.",
  },
  bad_signature: {
    meaning: 'The signature does not fit the key that the token names.',
    todo: 'Get a new token and send it unchanged. If that is refused too, another tenant signed it or it is forged.',
  },
  revoked: {
    meaning: 'The token is good, but AUTHACTION_REVOKED lists its subject, client, key or id.',
    todo: 'Get a new token, if this caller is still trusted; take the entry out of AUTHACTION_REVOKED to allow it again.',
  },
  insufficient_scope: {
    meaning: 'The token is good, but lacks a scope that the route requires.',
    todo: 'Request the token with these scopes; the tenant must have granted them to the client.',
  },
  client_not_allowed: {
    meaning: 'The token is good, but AUTHACTION_ALLOWED_CLIENTS does not list its client.',
    todo: 'Add the client to AUTHACTION_ALLOWED_CLIENTS and deploy, or use a client that is listed there.',
  },
  keys_unavailable: {
    meaning: "The authorizer could not fetch the provider's keys, so callers get 503.",
    todo: "Run the doctor without a token for the provider's state, and look for keys_fetch_failed in the authorizer's log.",
  },
  unsupported_event: {
    meaning: 'The event does not come from a REST API with a REQUEST authorizer.',
    todo: 'Attach the authorizer to a REST API, as an authorizer of type REQUEST.',
  },
  internal_error: {
    meaning: 'The authorizer failed in a way that it does not expect.',
    todo: 'Report this as a defect of the authorizer.',
  },
} as const satisfies Record<Reason, Advice>;
