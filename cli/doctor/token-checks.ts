import type { Config } from '../../lambdas/authorizer/config';
import type { Checked } from '../../lambdas/authorizer/decision';
import type { KeyStore } from '../../lambdas/authorizer/keys/store';
import { bearerToken, MAX_TOKEN_LENGTH } from '../../lambdas/authorizer/token/bearer';
import { CLOCK_TOLERANCE_SECONDS, checkClaims, readPrincipal } from '../../lambdas/authorizer/token/claims';
import { parseJwt } from '../../lambdas/authorizer/token/form';
import { checkHeader } from '../../lambdas/authorizer/token/header';
import { isRevoked, revokedKinds } from '../../lambdas/authorizer/token/revoked';
import type { Verify } from '../../lambdas/authorizer/token/signature';
import type { JsonObject } from '../../lambdas/shared/json';
import { describeType, quote } from '../../terminal/quote';
import { numericDate } from '../../terminal/times';
import { claimClues } from './claim-clues';
import type { Clue, ClueContext } from './clue';
import { contextClaimsCheck } from './context-claims';
import { formClue } from './form-clue';
import { headerClues } from './header-clues';
import { keyChecks } from './key-checks';
import { largestClaims } from './largest-claims';
import { notATokenClue } from './not-a-token';
import { type Check, failReason, pass, skip, warn } from './report';

/** What a token is examined with: the parts of the authorizer, and what the provider was seen to publish. */
export interface TokenExaminer {
  readonly config: Config;
  readonly keyStore: KeyStore;
  readonly verify: Verify;
  /** Seconds since the epoch. */
  readonly nowSeconds: () => number;
  /** The members of the provider's key set as they are, usable or not; empty when it could not be read. */
  readonly published: readonly unknown[];
  readonly clues?: Pick<ClueContext, 'discoveredIssuer' | 'clockAheadSeconds'>;
}

/** What one member of header or claims is checked by: the authorizer's function, given this member and good others. */
interface MemberCheck {
  readonly name: string;
  readonly members: readonly string[];
  readonly found: (object: JsonObject) => string;
  readonly expected: string;
}

/**
 * Every check that the authorizer makes of a token, in its order, each made by the authorizer's own function. The first
 * failure is the cause. What comes after it is checked where that is possible, and marked: the authorizer does not get
 * that far.
 */
export async function tokenChecks(token: string, examiner: TokenExaminer): Promise<readonly Check[]> {
  const { config } = examiner;
  const now = examiner.nowSeconds();
  const context: ClueContext = { ...examiner.clues, config, nowSeconds: now };
  const jwt = parseJwt(token);
  const checks: Check[] = [
    bearerCheck(token, jwt.ok ? jwt.value.unverifiedClaims : {}),
    checked('form', jwt, 'three base64url parts, two of them JSON', FORM, formClue(token)),
  ];
  if (!jwt.ok) return withCause([...checks, skip('header, claims, key, signature', 'cannot be read')]);

  const { unverifiedHeader, unverifiedClaims } = jwt.value;
  const headers = headerMembers(config).map((member) =>
    memberCheck(
      member,
      unverifiedHeader,
      { alg: 'RS256', kid: 'any' },
      (header) => checkHeader(header, config.tokenTypes),
      () => headerClues[member.name]?.(unverifiedHeader, context),
    ),
  );
  const goodClaims = { iss: config.issuers[0], aud: config.audiences[0], exp: now + 60, sub: 'any' };
  const claims = claimMembers(config, now).map((member) =>
    memberCheck(
      member,
      unverifiedClaims,
      goodClaims,
      (object) => checkClaims(object, config, now),
      () => claimClues[member.name]?.(unverifiedClaims, context),
    ),
  );
  const kid = checkHeader({ alg: 'RS256', kid: unverifiedHeader.kid }, 'any');
  const isRs256 = unverifiedHeader.alg === 'RS256';
  const keys = isRs256
    ? await keyChecks(token, kid.ok ? kid.value : undefined, unverifiedClaims, examiner)
    : [skip('key', 'not checked: only RS256 needs one'), skip('signature', 'not checked: not RS256')];
  const made = [...checks, ...headers, ...claims, ...contextClaimsCheck(config, unverifiedClaims), ...keys];
  const isGood = made.every(({ status }) => status !== 'fail');
  const revoked = isGood && kid.ok ? revokedCheck(config, unverifiedClaims, kid.value) : [];
  return [...withCause([...made, ...revoked]), ...bindingCheck(unverifiedClaims)];
}

/** Whether the list of revoked tokens names a token that is good otherwise, and by what. */
function revokedCheck({ revoked: list, scopeClaim }: Config, claims: JsonObject, kid: string): readonly Check[] {
  if (list.size === 0) return [];
  const checkedClaims = { sub: String(claims.sub), exp: 0 };
  const { sub, clientId: client } = readPrincipal(claims, checkedClaims, scopeClaim);
  const values = { sub, client, kid, jti: claims.jti };
  const nothing = { sub: '', client: undefined, kid: '', jti: undefined };
  const hits = revokedKinds.filter((kind) => isRevoked(list, { ...nothing, [kind]: values[kind], iat: claims.iat }));
  if (hits.length === 0) return [pass('revoked', 'AUTHACTION_REVOKED does not name this token')];
  return [failReason('revoked', 'revoked', `AUTHACTION_REVOKED lists this token by its ${hits.join(' and ')}`)];
}

/** Whether the token fits into a header that the authorizer reads. */
function bearerCheck(token: string, claims: JsonObject): Check {
  const bearer = bearerToken({ headers: { Authorization: `Bearer ${token}` } });
  const length = `${token.length} characters`;
  if (bearer.ok) return pass('bearer', length);
  if (bearer.reason !== 'token_too_large') {
    const clue = notATokenClue(token);
    if (clue !== undefined) return failReason('bearer', bearer.reason, `${length}: ${clue.detail}`, clue.todo);
    const problem = token.includes(',')
      ? 'with a comma, as when two credentials were joined'
      : 'some of which no bearer token has (RFC 6750 2.1)';
    return failReason('bearer', bearer.reason, `${length}, ${problem}`);
  }
  const largest = largestClaims(claims);
  const detail = `${length}; this authorizer reads at most ${MAX_TOKEN_LENGTH}, its own limit (MAX_TOKEN_LENGTH)`;
  return failReason(
    'bearer',
    bearer.reason,
    largest === '' ? detail : `${detail}. Largest claims: ${largest}`,
    largest === '' ? undefined : 'Have the provider leave out the largest claims, or request fewer scopes.',
  );
}

/** A token bound to a key of its client (RFC 7800) is accepted like any other: the authorizer checks no proof. */
function bindingCheck(claims: JsonObject): readonly Check[] {
  const { cnf } = claims;
  if (cnf === undefined) return [];
  const methods = typeof cnf === 'object' && cnf !== null ? BINDINGS.filter(([name]) => Object.hasOwn(cnf, name)) : [];
  const how = methods.map(([name, method]) => `${name}: ${method}`).join(', ') || 'another way';
  return [
    warn(
      'cnf',
      `bound to a key of its client (${how}). This authorizer does not check the proof and takes it as a plain bearer token`,
      'Request a plain bearer token, so that no one relies on the binding; clients must send it with the scheme Bearer.',
    ),
  ];
}

const BINDINGS = [
  ['jkt', 'DPoP, RFC 9449'],
  ['x5t#S256', 'mutual TLS, RFC 8705'],
] as const;

const EXTENSIONS = ['crit', 'b64', 'enc'] as const;

const headerMembers = (config: Config): readonly MemberCheck[] => [
  { name: 'alg', members: ['alg'], found: (header) => quote(header.alg), expected: '"RS256"' },
  {
    name: 'extensions',
    members: EXTENSIONS,
    found: (header) => EXTENSIONS.filter((name) => Object.hasOwn(header, name)).join(' and ') || 'none',
    expected: 'no crit, b64 or enc',
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
    const value = claims[name];
    if (value === undefined) return 'none';
    return value === '' ? 'an empty string' : describeType(value);
  };
  return [
    {
      name: 'iss',
      members: ['iss'],
      found: (claims) => quote(claims.iss),
      expected: config.issuers.map(quote).join(' or '),
    },
    {
      name: 'aud',
      members: ['aud'],
      found: (claims) => quote(claims.aud),
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

/** @param findClue what else the token shows about a failure; looked for only then. */
function memberCheck(
  { name, members, found, expected }: MemberCheck,
  object: JsonObject,
  good: JsonObject,
  check: (object: JsonObject) => Checked<unknown>,
  findClue: () => Clue | undefined,
): Check {
  const others = Object.entries(good).filter(([member]) => !members.includes(member));
  const these = members.filter((member) => Object.hasOwn(object, member)).map((member) => [member, object[member]]);
  const got = found(object);
  const outcome = check(Object.fromEntries([...others, ...these]));
  if (outcome.ok) return pass(name, got);
  const clue = findClue();
  const detail = `${got}; expected ${expected}${clue === undefined ? '' : `: ${clue.detail}`}`;
  return failReason(name, outcome.reason, detail, clue?.todo);
}

const FORM = 'three parts, but they are not clean base64url of JSON objects in UTF-8';

const checked = (name: string, outcome: Checked<unknown>, good: string, bad: string, clue: Clue | undefined): Check =>
  outcome.ok ? pass(name, good) : failReason(name, outcome.reason, clue?.detail ?? bad, clue?.todo);

/** The first failure is the cause. Those after it are worth knowing, but the authorizer does not reach them. */
export function withCause(checks: readonly Check[]): readonly Check[] {
  const first = checks.findIndex(({ status }) => status === 'fail');
  if (first < 0) return checks;
  return checks.map((check, index) => {
    if (index <= first) return check;
    const { advice: _advice, ...rest } = check;
    return { ...rest, status: check.status === 'fail' ? 'warn' : check.status, notReached: true };
  });
}
