import type { RefuseReason } from '../../lambdas/authorizer/decision';

/**
 * Reasons for 401 that every caller gets at once when a setting is wrong, or when the provider changes its tokens. The two
 * reasons for 403 point there, too.
 *
 * Left out: what one caller's mistake or an attacker's input looks like (`missing_token`, `malformed_token`, …), what ends
 * by itself (`expired`), and `unknown_key` and `bad_signature`, which have an alarm of their own.
 */
export const configurationReasons = [
  'wrong_issuer',
  'wrong_audience',
  'wrong_type',
  'unsupported_algorithm',
  'unsupported_header',
  'missing_kid',
  'invalid_claim',
  'not_yet_valid',
  'revoked',
] as const satisfies readonly RefuseReason[];
