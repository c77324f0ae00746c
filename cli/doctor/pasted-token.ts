import { tryParse } from '../../lambdas/shared/json';

/** The token in what was pasted, with what had to be changed to get it, or why there is none. */
export type PastedToken =
  | {
      readonly token: string;
      readonly changes: readonly string[];
      /** What the authorizer would refuse with `malformed_authorization`, were it sent as it was pasted. */
      readonly refusals: readonly string[];
    }
  | { readonly token?: undefined; readonly problem: string };

/** Characters that a copy may add and that are invisible. */
const INVISIBLE = /[\u200B-\u200D\u2060\uFEFF\u00AD]/g;

/** What terminals color text with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
export const COLORS = /\u001B\[[\d;]{0,20}m/g;

const QUOTES: ReadonlySet<string> = new Set('"\'`\u2018\u2019\u201C\u201D,;\\');

/** An Authorization header with its schemes and a token, anywhere in a curl command or a dump of a request. */
const HEADER =
  /\bauthorization["']?\s{0,9}[:=]\s{0,9}["']?((?:[a-z][\w-]{1,14}\s{1,9}){0,3})(["']?)([A-Za-z0-9\-._~+/=]{16,})/i;

/** An Authorization header alone, whose token is broken over several lines. */
const BROKEN_HEADER = /^authorization\s{0,9}[:=]\s{0,9}bearer\s+[\w\-.\\]+\s{0,9}\n[\w\-.\s\\]+$/i;

/** Words before a token that are meant as its scheme, and what stands between them. */
const SCHEMES = /^((?:(?:bearer|dpop|basic)[:,\s]+|(?:token|jwt)\s+)+|bearer$)([\s\S]*)$/i;

/** The result of an implicit grant (RFC 6749 4.2.2), or a query. */
const PARAMETER = /(?:^|[?#&])access_token=([A-Za-z0-9\-._~+/=]+)/;

/** A member of a token response that is not JSON alone: behind HTTP headers, or as a program prints its own objects. */
const MEMBER = /\baccess_?token["']?\s{0,9}[:=]\s{0,9}["']([A-Za-z0-9\-._~+/=]+)["']/i;

/** A JWT in other text, such as another header, a cookie or a sentence. */
const JWT = /(?<![\w\-.+/%,])ey[\w-]{8,}\.[\w-]+\.[\w-]+(?![\w\-=+/%*,\u2010-\u2026]|\.[\w.])/g;

/**
 * Finds the access token in what a person has copied: a whole token response, an Authorization header, a curl command, a
 * token in quotes or broken over several lines. Does not check the token, and quotes nothing of the text.
 */
export function readPastedToken(pasted: string): PastedToken {
  const changes: string[] = [];
  const refusals: string[] = [];
  const change = (before: string, after: string, what: string): string => {
    if (after !== before && !changes.includes(what)) changes.push(what);
    return after;
  };
  let text = change(pasted, asUtf8(pasted), 'The text was in UTF-16, as some shells write files.');
  text = change(text, text.replace(COLORS, '').replace(INVISIBLE, ''), 'Invisible characters were removed.').trim();
  text = change(text, withoutPercents(text), 'Percent encoding, as in a URL, was removed.');
  text = change(text, jsonString(text) ?? text, 'Quotes around the token were removed.').trim();
  const response = jsonObject(text);
  const ofResponse = response && accessTokenOf(response);
  if (response && ofResponse === undefined && (isKnown(response) || !(HEADER.test(text) || onlyJwt(text)))) {
    return { problem: whatElse(response) };
  }
  if (ofResponse !== undefined) {
    changes.push('The access_token was taken from a token response.');
    text = ofResponse;
  } else if (!BROKEN_HEADER.test(text)) {
    const [, schemes, quotes, value] = HEADER.exec(text) ?? [];
    const found = value ?? (PARAMETER.exec(text) ?? MEMBER.exec(text))?.[1];
    if (value !== undefined) {
      if (isBasic(schemes, value)) return { problem: BASIC };
      refusals.push(...schemeProblems(schemes, quotes));
    }
    if (found !== undefined) text = change(text, found, 'The token was taken out of the text around it.');
  }
  const value = text.replace(/^authorization\s{0,9}[:=]\s{0,9}/i, '');
  const isHeader = value !== text;
  text = unquoted(value, change);
  const [, schemes, rest = ''] = SCHEMES.exec(text) ?? [];
  if (schemes !== undefined) {
    if (isBasic(schemes, rest)) return { problem: BASIC };
    const problems = schemeProblems(schemes);
    if (problems.length === 0) changes.push('The word Bearer was removed.');
    refusals.push(...problems);
    text = unquoted(rest, change);
  }
  if (/^[\w\-.\s\\]+$/.test(text) && text.includes('.') && !/^\S+ \S+$/.test(text)) {
    text = change(text, text.replace(/\\[rn]|\s+/g, ''), 'Line breaks inside the token were removed.');
  }
  const jwt = onlyJwt(text) ?? text;
  if (jwt !== text && (isHeader || schemes !== undefined) && refusals.length === 0) {
    refusals.push('The header has more than the word Bearer, a space and the token.');
  }
  text = change(text, jwt, 'The token was taken out of the text around it.');
  return text === '' ? { problem: 'The input contains no token.' } : { token: text, changes, refusals };
}

const BASIC = 'This is a client with its secret (Basic), for the token endpoint, not the token that it returns.';

/** Client credentials have no dots in base64; a token may stand behind the wrong word. */
const isBasic = (schemes: string | undefined, value: string): boolean =>
  /^basic\s+$/i.test(schemes ?? '') && !value.includes('.');

/** What is wrong with what stands between the name of the header and the token. */
function schemeProblems(schemes = '', quotes = ''): readonly string[] {
  const words = schemes.split(/[:,\s]+/).filter(Boolean);
  if (words.length === 0) return ['The header has no word Bearer before the token.'];
  if (words.some((word) => word.toLowerCase() !== 'bearer')) return ['The header has another scheme than Bearer.'];
  if (words.length > 1) return ['The word Bearer is before the token more than once.'];
  if (schemes.includes(':')) return ['There is a colon after the word Bearer.'];
  // A line break is that of a copy.
  if (/,|[^\S \r\n]/.test(schemes)) return ['There is a character other than a space after the word Bearer.'];
  return quotes === '' ? [] : ['The token after the word Bearer is in quotes.'];
}

/** Text in UTF-16 that was read as UTF-8 has a zero beside each character, and often two odd characters in front. */
export const asUtf8 = (text: string): string =>
  /^(?:\uFFFD{2})?(?:(?:[^\0]\0){4}|(?:\0[^\0]){4})/.test(text)
    ? text.replace(/^\uFFFD{2}/, '').replaceAll('\0', '')
    : text;

/** Decodes a token, with its scheme or not, that was encoded for a URL. */
function withoutPercents(text: string): string {
  if (!/^[\w.~+%-]+$/.test(text) || !/%[\dA-F]{2}/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The JWT in the text, if it has just one. */
function onlyJwt(text: string): string | undefined {
  const [token, ...others] = text.match(JWT) ?? [];
  return others.length === 0 ? token : undefined;
}

function unquoted(text: string, change: (before: string, after: string, what: string) => string): string {
  const trimmed = text.trim();
  let start = 0;
  let end = trimmed.length;
  while (start < end && QUOTES.has(trimmed.charAt(start))) start += 1;
  while (end > start && QUOTES.has(trimmed.charAt(end - 1))) end -= 1;
  return change(trimmed, trimmed.slice(start, end), 'Quotes around the token were removed.').trim();
}

type JsonObject = Readonly<Record<string, unknown>>;

function jsonObject(text: string): JsonObject | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  const value = tryParse<unknown>(() => JSON.parse(text));
  return isObject(value) ? value : undefined;
}

/** The text in a JSON string, such as a token response that was encoded twice. */
function jsonString(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  const value = tryParse<unknown>(() => JSON.parse(text));
  return typeof value === 'string' ? value : undefined;
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** How deep a token response is searched. */
const MAX_DEPTH = 4;

/** The member of a token response (RFC 6749 5.1), also further down, and under the names that SDKs give it. */
function accessTokenOf(response: JsonObject): string | undefined {
  const candidates: JsonObject[] = [];
  for (let depth = 0, level = [response]; depth < MAX_DEPTH; depth += 1) {
    candidates.push(...level);
    level = level.flatMap((each) => Object.values(each).filter(isObject));
  }
  for (const name of ['access_token', 'accessToken', 'AccessToken', 'token']) {
    for (const candidate of candidates) {
      const value = Object.hasOwn(candidate, name) ? candidate[name] : undefined;
      if (typeof value === 'string') return value;
    }
  }
  return undefined;
}

/** Whether a document says itself what it is, so that a JWT in it is no access token. */
const isKnown = (response: JsonObject): boolean => whatElse(response) !== NO_ACCESS_TOKEN;

const NO_ACCESS_TOKEN = 'This is JSON without an access_token.';

function whatElse(response: JsonObject): string {
  const has = (name: string): boolean => Object.hasOwn(response, name);
  if (has('error')) return 'This is an error of the token endpoint, not a token.';
  if (has('signature') || has('signatures')) return 'This is a JWS in its JSON form: an API takes the compact form.';
  const others = ['id_token', 'idToken', 'refresh_token', 'refreshToken'].filter(has);
  return others.length > 0 ? `This token response has ${others.join(' and ')}, but no access_token.` : NO_ACCESS_TOKEN;
}
