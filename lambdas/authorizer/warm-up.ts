import type { Route } from '../shared/route-table';
import type { Config } from './config';
import { parseKeySet } from './keys/key-set';
import { createKeyStore } from './keys/store';
import type { LogLine } from './log';
import { createPolicies } from './policy/policy';
import { restApiAuthorizer } from './rest-api';
import { createVerify } from './token/signature';

/** A tenant that does not exist, and a key that no one has: an odd number of 2048 bits. */
const RULES = { issuers: ['w', 'w'], audiences: ['w'], tokenTypes: 'any' } as const;
const PUBLIC_KEY = { kty: 'RSA', kid: 'w', e: 'AQAB', n: base64url(Buffer.alloc(256, 0xff)) };
const TOKEN = [
  base64url('{"alg":"RS256","kid":"w"}'),
  base64url('{"iss":"w","aud":"w","sub":"w","exp":253402300799}'),
  base64url(Buffer.alloc(256, 1)),
].join('.');

const STAGE_ARN = 'arn:aws:execute-api:w:000000000000:w/w/';
const EVENT = { methodArn: STAGE_ARN, headers: { Authorization: `Bearer ${TOKEN}` } };

/**
 * Runs the decision once on a token of its own, up to the signature, which is wrong, and makes a policy once, so that the
 * first call meets code that has run and a cryptography library that is loaded. It has its own rules, keys and authorizer.
 *
 * @returns whether the token was refused for its signature, as it must be. Never rejects: a container must not fail to
 *   start because of it.
 */
export async function warmUp(config: Config, routes: readonly Route[]): Promise<boolean> {
  let line: LogLine = {};
  const authorize = restApiAuthorizer({
    config: { ...config, ...RULES },
    keyStore: createKeyStore({
      // Stryker disable next-line ArrowFunction: the keys are there, so none are fetched.
      fetchKeySet: () => Promise.reject(),
      clock: () => 0,
      // Stryker disable next-line ArrowFunction: only a fetch draws a number.
      random: () => 0,
      hardAgeMs: 0,
      seed: parseKeySet({ keys: [PUBLIC_KEY] }),
      observe: () => {},
    }),
    verify: createVerify(RULES),
    nowSeconds: () => Date.now() / 1000,
    routes,
    log: (_level, decision) => (line = decision),
    // Stryker disable next-line ArrowFunction: a refusal is logged whatever it decides.
    random: () => 0,
  });
  try {
    // Stryker disable next-line ArrayDeclaration: any scopes will do.
    createPolicies(routes).policyFor([], STAGE_ARN);
    await authorize(EVENT);
  } catch {
    // A refusal throws; the line has the reason.
  }
  return line.reason === 'bad_signature';
}

function base64url(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString('base64url');
}
