import { parseJwt } from '../../lambdas/authorizer/token/form';
import type { JsonObject } from '../../lambdas/shared/json';
import { commandLine } from '../../terminal/command-line';
import { numericDate } from '../../terminal/times';

const TIMES = ['exp', 'nbf', 'iat'];

/**
 * Header and claims of a token for people, with its times readable. Nothing is verified, and it says so.
 *
 * @param nowSeconds seconds since the epoch.
 */
export function decoded(token: string, nowSeconds: number): string {
  const jwt = parseJwt(token);
  if (!jwt.ok) return 'This token is not a JWT, so there is nothing to show.';
  const { unverifiedHeader, unverifiedClaims } = jwt.value;
  const times = TIMES.flatMap((name) => {
    const shown = numericDate(unverifiedClaims[name], nowSeconds);
    return shown === undefined ? [] : [`  ${name}  ${shown}`];
  });
  return [
    `Decoded, not verified ("${commandLine('doctor', '--token -')}" verifies):`,
    `header ${json(unverifiedHeader)}`,
    `claims ${json(unverifiedClaims)}`,
    ...times,
  ].join('\n');
}

/** Indented JSON in printable ASCII: a claim cannot move the cursor. */
const json = (object: JsonObject): string =>
  JSON.stringify(object, null, 2).replace(
    /[^\x20-\x7E\n]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
