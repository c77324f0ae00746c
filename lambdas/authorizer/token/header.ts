import type { JsonObject } from '../../shared/json';
import { type Checked, pass, refuse } from '../decision';

/** Which `typ` values an access token may carry. */
export type TokenTypes = 'any' | 'at+jwt';

/**
 * Compared without regard to case; `application/` may be left out (RFC 7515 4.1.9). A missing `typ` passes only where it
 * is not required (RFC 8725 3.11).
 */
const ACCEPTED: Record<TokenTypes, readonly unknown[]> = {
  any: [undefined, 'jwt', 'at+jwt'],
  'at+jwt': ['at+jwt'],
};

const UNSUPPORTED = ['crit', 'b64', 'enc'] as const;

/**
 * Checks a JOSE header (RFC 7515 4) and returns its `kid`.
 *
 * The algorithm is ours, not the token's (RFC 8725 3.1): exactly `RS256`. Extensions (`crit`, `b64`) are refused, since
 * none is understood here, and so is `enc`, which belongs to encrypted tokens. Keys and addresses in the header (`jwk`,
 * `jku`, `x5c`, `x5u`) are ignored.
 */
export function checkHeader(header: JsonObject, types: TokenTypes): Checked<string> {
  const { alg, typ, kid } = header;
  if (alg !== 'RS256') return refuse('unsupported_algorithm');
  if (UNSUPPORTED.some((name) => name in header)) return refuse('unsupported_header');
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (!ACCEPTED[types].includes(type)) return refuse('wrong_type');
  return typeof kid === 'string' && kid !== '' ? pass(kid) : refuse('missing_kid');
}
