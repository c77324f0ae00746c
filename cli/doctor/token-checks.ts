import type { Config } from '../../lambdas/authorizer/config';
import type { Checked, Reason, RefuseReason } from '../../lambdas/authorizer/decision';
import type { VerificationKey } from '../../lambdas/authorizer/keys/key-set';
import { type KeyStore, KeysUnavailableError } from '../../lambdas/authorizer/keys/store';
import { bearerToken } from '../../lambdas/authorizer/token/bearer';
import { CLOCK_TOLERANCE_SECONDS, checkClaims } from '../../lambdas/authorizer/token/claims';
import { type JsonObject, own, parseJwt } from '../../lambdas/authorizer/token/form';
import { checkHeader } from '../../lambdas/authorizer/token/header';
import type { Verify } from '../../lambdas/authorizer/token/signature';
import { quote } from '../../terminal/quote';
import { numericDate } from '../../terminal/times';
import { advice } from './advice';
import { type Check, pass, skip } from './report';

/** What a token is examined with: the parts of the authorizer. */
export interface TokenExaminer {
  readonly config: Config;
  readonly keyStore: KeyStore;
  readonly verify: Verify;
  /** Seconds since the epoch. */
  readonly nowSeconds: () => number;
}

/** What one member of header or claims is checked by: the authorizer's function, given this member and good others. */
interface MemberCheck {
  readonly name: string;
  readonly members: readonly string[];
  readonly found: (object: JsonObject) => string;
  readonly expected: string;
}

/**
 * Every check the authorizer makes of a token, in its order, each made by the authorizer's own function. Checks after
 * the first failure are made all the same where they can be, and marked: the authorizer does not get that far.
 */
export async function tokenChecks(token: string, examiner: TokenExaminer): Promise<readonly Check[]> {
  const { config } = examiner;
  const now = examiner.nowSeconds();
  const bearer = bearerToken({ headers: { Authorization: `Bearer ${token}` } });
  const jwt = parseJwt(token);
  const checks: Check[] = [
    checked('bearer', bearer, `${token.length} characters`, `${token.length} characters`),
    checked('form', jwt, 'three base64url parts, two of them JSON', describeForm(token)),
  ];
  if (!jwt.ok) return marked([...checks, skip('header, claims, key, signature', 'cannot be read')]);

  const { unverifiedHeader, unverifiedClaims } = jwt.value;
  const headers = headerMembers(config).map((member) =>
    memberCheck(member, unverifiedHeader, { alg: 'RS256', kid: 'any' }, (header) =>
      checkHeader(header, config.tokenTypes),
    ),
  );
  const goodClaims = { iss: config.issuers[0], aud: config.audiences[0], exp: now + 60, sub: 'any' };
  const claims = claimMembers(config, now).map((member) =>
    memberCheck(member, unverifiedClaims, goodClaims, (object) => checkClaims(object, config, now)),
  );
  const kid = checkHeader({ alg: 'RS256', kid: own(unverifiedHeader, 'kid') }, 'any');
  const claimsPass = claims.every(({ status }) => status === 'pass');
  return marked([...checks, ...headers, ...claims, ...(await keyChecks(token, kid, claimsPass, examiner))]);
}

const headerMembers = (config: Config): readonly MemberCheck[] => [
  { name: 'alg', members: ['alg'], found: (header) => quote(own(header, 'alg')), expected: '"RS256"' },
  {
    name: 'extensions',
    members: ['crit', 'b64'],
    found: (header) => ['crit', 'b64'].filter((name) => Object.hasOwn(header, name)).join(' and ') || 'none',
    expected: 'no crit and no b64',
  },
  {
    name: 'typ',
    members: ['typ'],
    found: (header) => (Object.hasOwn(header, 'typ') ? quote(header.typ) : 'none'),
    expected: config.tokenTypes === 'any' ? '"JWT", "at+jwt" or none' : '"at+jwt"',
  },
  {
    name: 'kid',
    members: ['kid'],
    found: (header) => (Object.hasOwn(header, 'kid') ? quote(header.kid) : 'none'),
    expected: 'a non-empty string',
  },
];

const claimMembers = (config: Config, now: number): readonly MemberCheck[] => {
  const time = (name: string) => (claims: JsonObject) =>
    Object.hasOwn(claims, name) ? (numericDate(claims[name], now) ?? `no date (${quote(claims[name])})`) : 'none';
  const shape = (name: string) => (claims: JsonObject) => {
    const value = own(claims, name);
    return value === undefined
      ? 'none'
      : value === ''
        ? 'an empty string'
        : Array.isArray(value)
          ? 'an array'
          : `a ${typeof value}`;
  };
  return [
    {
      name: 'iss',
      members: ['iss'],
      found: (claims) => quote(own(claims, 'iss')),
      expected: config.issuers.map(quote).join(' or '),
    },
    {
      name: 'aud',
      members: ['aud'],
      found: (claims) => quote(own(claims, 'aud')),
      expected: `${config.audiences.map(quote).join(' or ')} in a string or an array of strings`,
    },
    { name: 'exp', members: ['exp'], found: time('exp'), expected: 'a date in the future' },
    {
      name: 'nbf',
      members: ['nbf'],
      found: time('nbf'),
      expected: `no date more than ${CLOCK_TOLERANCE_SECONDS} seconds ahead`,
    },
    { name: 'iat', members: ['iat'], found: time('iat'), expected: 'a date, or none' },
    {
      name: 'sub',
      members: ['sub'],
      found: shape('sub'),
      expected: 'a string with something in it and no control characters',
    },
    { name: 'scope', members: ['scope'], found: shape('scope'), expected: 'a string, or none' },
    { name: 'jti', members: ['jti'], found: shape('jti'), expected: 'a string, or none' },
  ];
};

function memberCheck(
  { name, members, found, expected }: MemberCheck,
  object: JsonObject,
  good: JsonObject,
  check: (object: JsonObject) => Checked<unknown>,
): Check {
  const others = Object.entries(good).filter(([member]) => !members.includes(member));
  const these = members.filter((member) => Object.hasOwn(object, member)).map((member) => [member, object[member]]);
  const got = found(object);
  return checked(name, check(Object.fromEntries([...others, ...these])), got, `${got}; expected ${expected}`);
}

/** Key and signature. A signature can be judged although a claim is wrong: the verifier looks at it first. */
async function keyChecks(
  token: string,
  kid: Checked<string>,
  claimsPass: boolean,
  { keyStore, verify }: TokenExaminer,
): Promise<readonly Check[]> {
  if (!kid.ok) return [skip('key', 'not named'), skip('signature', 'no key to check it with')];
  let keys: readonly VerificationKey[];
  try {
    ({ keys } = await keyStore.find(kid.value, ''));
  } catch (error) {
    if (!(error instanceof KeysUnavailableError)) throw error;
    return [
      failed('key', 'keys_unavailable', 'the keys are unavailable'),
      skip('signature', 'no key to check it with'),
    ];
  }
  if (keys.length === 0) {
    const detail = `the provider publishes no usable key ${quote(kid.value)}`;
    return [failed('key', 'unknown_key', detail), skip('signature', 'no key to check it with')];
  }
  const published = pass('key', `${quote(kid.value)}, published and usable`);
  let reason: RefuseReason | undefined;
  try {
    reason = verify(token, keys);
  } catch (error) {
    // The authorizer never shows the verifier such claims, and it has no word for them.
    if (claimsPass) throw error;
    return [published, skip('signature', 'cannot be checked with these claims')];
  }
  const ofClaims = reason !== undefined && SIGNED_BUT.includes(reason);
  const signature =
    reason === undefined || (ofClaims && !claimsPass)
      ? pass('signature', 'made by this key')
      : failed(
          'signature',
          reason,
          ofClaims ? 'made by this key, but the verifier refuses a claim' : 'not by this key',
        );
  return [published, signature];
}

/** Reasons the verifier gives only after the signature held. */
const SIGNED_BUT: readonly Reason[] = ['wrong_issuer', 'wrong_audience', 'expired', 'not_yet_valid'];

function describeForm(token: string): string {
  const parts = token.split('.').length;
  if (parts === 1) return 'no dots: not a JWT; expected three parts';
  if (parts === 5) return 'five parts: an encrypted token; expected three';
  return parts === 3
    ? 'three parts, but they are not clean base64url of JSON objects in UTF-8'
    : `${parts} parts; expected three`;
}

const checked = (name: string, outcome: Checked<unknown>, good: string, bad: string): Check =>
  outcome.ok ? pass(name, good) : failed(name, outcome.reason, bad);

const failed = (name: string, reason: Reason, detail: string): Check => ({
  name,
  status: 'fail',
  detail,
  advice: advice[reason],
  reason,
});

/** Marks everything after the first failure. */
function marked(checks: readonly Check[]): readonly Check[] {
  const first = checks.findIndex(({ status }) => status === 'fail');
  return checks.map((check, index) => (first >= 0 && index > first ? { ...check, notReached: true } : check));
}
