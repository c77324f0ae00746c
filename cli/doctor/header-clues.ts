import type { FindClue } from './clue';

/** A clue for each check of the header that may have one. */
export const headerClues: Readonly<Record<string, FindClue>> = {
  alg({ alg }) {
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
  typ({ typ }, { config }) {
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
