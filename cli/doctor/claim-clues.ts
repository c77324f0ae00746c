import type { JsonObject } from '../../lambdas/shared/json';
import { describeType, quote } from '../../terminal/quote';
import type { Clue, ClueContext, FindClue } from './clue';
import { timeClue } from './time-clue';

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
    if (!Array.isArray(claims.scope)) return stringClue('scope', claims);
    return {
      detail: 'an array is not understood under scope',
      todo: 'Have the provider send scope as one string with spaces (RFC 8693 4.2), or as an array under another claim, and set AUTHACTION_SCOPE_CLAIM to that.',
    };
  },
};

function issuerClue(claims: JsonObject, { config, discoveredIssuer }: ClueContext): Clue | undefined {
  const { iss } = claims;
  if (typeof iss !== 'string') return stringClue('iss', claims);
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
  if (domain !== undefined && isDiscovered) {
    return {
      detail: 'the discovery document names it, too: AUTHACTION_DOMAIN is another domain of the same tenant',
      todo: `Set AUTHACTION_DOMAIN to ${quote(domain)}, and deploy.`,
    };
  }
  if (domain !== undefined) {
    return {
      detail: 'another tenant than AUTHACTION_DOMAIN',
      todo: `Set AUTHACTION_DOMAIN to ${quote(domain)} if that tenant is yours, or get the token from the configured tenant.`,
    };
  }
  if (!isDiscovered && !hasPath(iss)) return undefined;
  return {
    detail: `${isDiscovered ? 'the discovery document names it, too, but it' : 'it'} is not a host alone`,
    todo: 'Use a domain whose issuer is https://{domain}, without a path: the authorizer accepts no other.',
  };
}

const hasPath = (url: string): boolean => URL.canParse(url) && new URL(url).pathname.length > 1;

/** Scheme, letter case, port, slashes and spaces left out, as far as they may differ by mistake. */
const canonicalUrl = (url: string): string =>
  url
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/:443(?=\/|$)/, '')
    .replace(/[/?#]{1,9}$/, '');

/** The host of an issuer that AUTHACTION_DOMAIN can name. */
function domainOf(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { protocol, pathname, search, hash, username, host } = new URL(issuer);
  return protocol === 'https:' && pathname === '/' && search + hash + username === '' ? host : undefined;
}

/** Claims that only ID tokens have, by name (OpenID Connect Core 2, 3.1.3.6), and marks of some providers. */
function idTokenClue(claims: JsonObject): Clue | undefined {
  const names = ['nonce', 'at_hash', 'c_hash'].filter((name) => Object.hasOwn(claims, name));
  const isMarked = claims.token_use === 'id' || claims.typ === 'ID';
  const { aud } = claims;
  const client = 'azp' in claims ? claims.azp : claims.client_id;
  const isForClient = typeof client === 'string' && (Array.isArray(aud) ? aud : [aud]).includes(client);
  if (names.length === 0 && !isMarked && !isForClient) return undefined;
  const marks = isMarked ? 'says so itself' : names.length > 0 ? `has ${names.join(' and ')}` : 'is for its client';
  return {
    detail: `this is probably an ID token: it ${marks}`,
    todo: 'Send the access_token of the token response, not the id_token.',
  };
}

function audienceClue(claims: JsonObject, { config }: ClueContext): Clue | undefined {
  const { aud } = claims;
  const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const values = all.filter((value) => typeof value === 'string');
  if (values.length < all.length && aud !== undefined && aud !== null) {
    return {
      detail: Array.isArray(aud) ? 'an array not only of strings' : describeType(aud),
      todo: 'Have the provider send aud as a string or an array of strings (RFC 7519 4.1.3).',
    };
  }
  if (values.length === 0) {
    return { detail: 'it names no API', todo: 'Name the audience of this API in the token request.' };
  }
  if (values.some((value) => config.audiences.includes(value.trim()))) {
    return {
      detail: 'the same but for spaces around it; audiences are compared exactly',
      todo: 'Name the audience without these spaces in the token request and at the provider.',
    };
  }
  const bare = (text: string): string => text.toLowerCase().replace(/\/{1,9}$/, '');
  const ours = config.audiences.map(bare);
  if (values.some((value) => ours.includes(bare(value)))) {
    return {
      detail: 'the same except for a trailing slash or letter case; audiences are compared exactly',
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

function stringClue(name: string, claims: JsonObject): Clue | undefined {
  const value = claims[name];
  if (value === undefined) {
    return { detail: `a token must have ${name}`, todo: `Have the provider add ${name} (RFC 9068 2.2).` };
  }
  if (typeof value === 'string') return undefined;
  return {
    detail: `${describeType(value)} is not accepted, whatever its value`,
    todo: `Have the provider send ${name} as a string (RFC 7519 4).`,
  };
}
