import type { Config } from '../../lambdas/authorizer/config';
import { type JsonObject, own } from '../../lambdas/authorizer/token/form';
import { describeType, quote } from '../../terminal/quote';
import { duration, numericDate } from '../../terminal/times';

/** What the token itself shows about the cause of a failed check, and what to do. */
export interface Clue {
  readonly detail: string;
  readonly todo: string;
}

/** What clues are looked for with. */
export interface ClueContext {
  readonly config: Config;
  readonly nowSeconds: number;
  /** The issuer of the provider's discovery document, where there is one. */
  readonly discoveredIssuer?: string | undefined;
  /** How far this clock is ahead of the provider's, where that is more than a few seconds. */
  readonly clockAheadSeconds?: number | undefined;
}

type FindClue = (object: JsonObject, context: ClueContext) => Clue | undefined;

/** A clue for each check of the header that may have one. */
export const headerClues: Readonly<Record<string, FindClue>> = {
  alg(header) {
    const alg = own(header, 'alg');
    if (typeof alg !== 'string') return undefined;
    if (/^hs\d/i.test(alg)) {
      return {
        detail: 'signed with a shared secret instead of a key pair',
        todo: 'Set the signing algorithm of the API at AuthAction to RS256.',
      };
    }
    if (alg.toLowerCase() !== 'none') return undefined;
    return { detail: 'not signed at all', todo: 'Get the token from AuthAction: its tokens are signed.' };
  },
  typ(header, { config }) {
    const typ = own(header, 'typ');
    const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
    const kind = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (kind !== undefined) return { detail: `this is ${kind}`, todo: 'Send the access token instead.' };
    if (config.tokenTypes !== 'at+jwt' || (typ !== undefined && type !== 'jwt')) return undefined;
    return {
      detail: 'AUTHACTION_TOKEN_TYPE asks for at+jwt',
      todo: 'Set AUTHACTION_TOKEN_TYPE to any and deploy, or have the provider send typ at+jwt (RFC 9068).',
    };
  },
};

/** Registered types of JWTs that are no access tokens. */
const TYPES: Readonly<Record<string, string>> = {
  'dpop+jwt': 'a DPoP proof (RFC 9449)',
  'logout+jwt': 'a logout token',
  'secevent+jwt': 'a security event token (RFC 8417)',
  'token-introspection+jwt': 'an answer of token introspection (RFC 9701)',
  'oauth-authz-req+jwt': 'an authorization request (RFC 9101)',
};

/** A clue for each claim that may have one. */
export const claimClues: Readonly<Record<string, FindClue>> = {
  iss: issuerClue,
  aud: (claims, context) => idTokenClue(claims) ?? audienceClue(claims, context),
  exp: (claims, context) => timeClue('exp', claims, context),
  nbf: (claims, context) => timeClue('nbf', claims, context),
  iat: (claims, context) => timeClue('iat', claims, context),
  sub: (claims) => stringClue('sub', claims),
  jti: (claims) => stringClue('jti', claims),
  scope(claims) {
    if (!Array.isArray(own(claims, 'scope'))) return stringClue('scope', claims);
    return {
      detail: 'an array is not understood under scope',
      todo: 'Have the provider send scope as one string with spaces (RFC 8693 4.2), or as an array under another claim, and set AUTHACTION_SCOPE_CLAIM to that.',
    };
  },
};

function issuerClue(claims: JsonObject, { config, discoveredIssuer }: ClueContext): Clue | undefined {
  const iss = own(claims, 'iss');
  if (typeof iss !== 'string') return undefined;
  const [expected] = config.issuers;
  const isDiscovered = iss === discoveredIssuer;
  const discovered = isDiscovered ? '; the discovery document spells it like the token' : '';
  if (canonicalUrl(iss) === canonicalUrl(expected)) {
    return {
      detail: `the same host in another spelling${discovered}; issuers are compared exactly`,
      todo: 'Have the provider name its issuer https://{domain}, in lower case and without a path.',
    };
  }
  const domain = domainOf(iss);
  if (domain !== undefined) {
    return {
      detail: `another tenant than AUTHACTION_DOMAIN${discovered}`,
      todo: `Set AUTHACTION_DOMAIN to ${quote(domain)} if that tenant is yours, or get the token from the configured tenant.`,
    };
  }
  return isDiscovered
    ? {
        detail: 'the discovery document names it, too, but it is not a host alone',
        todo: 'Use a domain whose issuer is https://{domain}, without a path: the authorizer accepts no other.',
      }
    : undefined;
}

/** Scheme, letter case, port and slashes left out, as far as they may differ by mistake. */
const canonicalUrl = (url: string): string =>
  url
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/:443(?=\/|$)/, '')
    .replace(/\/{1,9}$/, '');

/** The host of an issuer that AUTHACTION_DOMAIN can name. */
function domainOf(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { protocol, pathname, search, hash, username, host } = new URL(issuer);
  return protocol === 'https:' && pathname === '/' && search + hash + username === '' ? host : undefined;
}

/** Claims that only ID tokens have, by name (OpenID Connect Core 2, 3.1.3.6), and marks of some providers. */
function idTokenClue(claims: JsonObject): Clue | undefined {
  const names = ['nonce', 'at_hash', 'c_hash'].filter((name) => Object.hasOwn(claims, name));
  const isMarked = own(claims, 'token_use') === 'id' || own(claims, 'typ') === 'ID';
  const aud = own(claims, 'aud');
  const client = own(claims, Object.hasOwn(claims, 'azp') ? 'azp' : 'client_id');
  const isForClient = typeof client === 'string' && (Array.isArray(aud) ? aud : [aud]).includes(client);
  if (names.length === 0 && !isMarked && !isForClient) return undefined;
  const marks = isMarked ? 'says so itself' : names.length > 0 ? `has ${names.join(' and ')}` : 'is for its client';
  return {
    detail: `this is probably an ID token: it ${marks}`,
    todo: 'Send the access_token of the token response, not the id_token.',
  };
}

function audienceClue(claims: JsonObject, { config }: ClueContext): Clue | undefined {
  const aud = own(claims, 'aud');
  const values = (Array.isArray(aud) ? (aud as unknown[]) : [aud]).filter((value) => typeof value === 'string');
  if (values.length === 0) {
    return { detail: 'it names no API', todo: 'Name the audience of this API in the token request.' };
  }
  const bare = (text: string): string => text.toLowerCase().replace(/\/{1,9}$/, '');
  const ours = config.audiences.map(bare);
  if (values.some((value) => ours.includes(bare(value)))) {
    return {
      detail: 'the same but for a slash at the end or letter case; audiences are compared exactly',
      todo: 'Spell AUTHACTION_AUDIENCE as the token does, and deploy.',
    };
  }
  if (values.some((value) => value.split(/[\s,]/).some((part) => config.audiences.includes(part)))) {
    return {
      detail: 'several audiences in one string',
      todo: 'Have the provider send several audiences as an array (RFC 7519 4.1.3).',
    };
  }
  const ofProvider = config.issuers.map(canonicalUrl);
  if (values.every((value) => ofProvider.some((issuer) => canonicalUrl(value).startsWith(issuer)))) {
    return {
      detail: 'the provider itself, as when a token request names no audience',
      todo: 'Name the audience of this API in the token request.',
    };
  }
  return undefined;
}

/** Plausible dates, as seconds from now: a hundred years either way. */
const PLAUSIBLE_SECONDS = 100 * 365 * 86_400;

function timeClue(name: string, claims: JsonObject, context: ClueContext): Clue | undefined {
  const { nowSeconds, clockAheadSeconds: aheadSeconds } = context;
  const value = own(claims, name);
  if (value === undefined) {
    return {
      detail: 'a token must expire',
      todo: 'Have the provider add exp, the seconds since 1970 at which it ends.',
    };
  }
  const toSeconds = `Have the provider send ${name} as a number of seconds since 1970 (RFC 7519 2).`;
  if (typeof value === 'string') {
    const isNumber = /^\d{1,15}$/.test(value);
    return {
      detail: isNumber ? 'a number in quotes is a string' : 'a date in words is no NumericDate',
      todo: toSeconds,
    };
  }
  if (typeof value !== 'number') return { detail: `${describeType(value)} is no date`, todo: toSeconds };
  for (const [unit, perSecond] of UNITS) {
    if (Math.abs(value) > PLAUSIBLE_SECONDS * 2 && Math.abs(value / perSecond - nowSeconds) < PLAUSIBLE_SECONDS) {
      return {
        detail: `this is in ${unit}: read so, it is ${numericDate(value / perSecond, nowSeconds)}`,
        todo: `Have the provider send ${name} in seconds instead of ${unit} (RFC 7519 2).`,
      };
    }
  }
  if (aheadSeconds === undefined) return undefined;
  const providerSeconds = nowSeconds - aheadSeconds;
  const isGoodThere = name === 'exp' ? value > providerSeconds : value <= providerSeconds;
  if (!isGoodThere) return undefined;
  const clock = `${duration(aheadSeconds)} ${aheadSeconds > 0 ? 'ahead of' : 'behind'}`;
  return {
    detail: `by the provider's clock it is valid now: this clock is ${clock} it`,
    todo: "Set this clock by NTP. Lambda's own clock is right, so the API may accept the token.",
  };
}

const UNITS = [
  ['milliseconds', 1e3],
  ['microseconds', 1e6],
] as const;

function stringClue(name: string, claims: JsonObject): Clue | undefined {
  const value = own(claims, name);
  if (value === undefined) {
    return { detail: `a token must have ${name}`, todo: `Have the provider add ${name} (RFC 9068 2.2).` };
  }
  if (typeof value === 'string') return undefined;
  return {
    detail: `${describeType(value)} is not accepted, whatever its value`,
    todo: `Have the provider send ${name} as a string (RFC 7519 4).`,
  };
}

/** What is wrong with the form of a token that is not three clean parts of base64url and JSON, and what to do. */
export function formClue(token: string): Clue | undefined {
  const parts = token.split('.');
  if (parts.length === 5) {
    const { alg, enc } = members(parts[0]);
    const how = alg === undefined && enc === undefined ? '' : ` (alg ${quote(alg)}, enc ${quote(enc)})`;
    return {
      detail: `five parts: an encrypted token (JWE)${how}, which only its holder of the key can read; expected three`,
      todo: 'Switch off the encryption of access tokens for this API at the provider: the authorizer reads signed tokens.',
    };
  }
  if (EMPTY.includes(token)) {
    const todo =
      'Look in the client for the variable that should have the token: it is empty when the request is made.';
    return { detail: `the word ${token} instead of a token`, todo };
  }
  if (parts.length === 1) return { detail: 'no dots: an opaque token, not a JWT; expected three parts', todo: OPAQUE };
  if (parts.length !== 3) {
    const todo = 'Copy the whole access token: header, claims and signature with two dots between them.';
    return { detail: `${parts.length} parts; expected three`, todo };
  }
  const index = parts.findIndex((part, at) => problemOf(part, at) !== undefined);
  const part = parts[index];
  if (part === undefined) return undefined;
  return {
    detail: `the ${PARTS[index]} ${problemOf(part, index)}`,
    todo: 'Copy the token again, complete and unchanged.',
  };
}

/** What programs make of a variable without a value. */
const EMPTY: readonly string[] = ['undefined', 'null', 'None', 'nil'];

const OPAQUE = 'Name the audience of this API in the token request: the provider then issues a JWT.';

const PARTS = ['header', 'claims part', 'signature'] as const;

function problemOf(part: string, index: number): string | undefined {
  if (part === '') return 'is empty';
  if (/[+/]/.test(part)) return 'is in base64, not base64url: it has + or /';
  if (/=$/.test(part)) return 'is padded with =, which a JWT is not (RFC 7515 2)';
  if (/[^\w-]/.test(part)) return 'has characters that are not base64url';
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) return 'is cut off or changed: its last character does not fit';
  if (index === 2) return undefined;
  const text = bytes.toString('utf8');
  if (text.includes('\uFFFD')) return 'is not UTF-8: cut off or changed';
  return isJsonObject(text) ? undefined : 'is not a JSON object: cut off or changed';
}

const isJsonObject = (text: string): boolean => parsed(text) !== undefined;

/** The members of a base64url part that may be a JSON object. */
const members = (part: string | undefined): JsonObject =>
  parsed(Buffer.from(part ?? '', 'base64url').toString('utf8')) ?? {};

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The claims that take most room in a token, by name. Shows no value. */
export function largestClaims(claims: JsonObject): string {
  const sizes = Object.keys(claims).map((name) => [name, sizeOf(own(claims, name))] as const);
  return sizes
    .sort(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([name, size]) => `${quote(name)} (${size} characters)`)
    .join(' and ');
}

function sizeOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 0; // nested too deeply
  }
}
