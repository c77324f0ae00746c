/** The token in what was pasted with what had to be changed to get it, or why there is none. */
export type PastedToken =
  | { readonly token: string; readonly changes: readonly string[] }
  | { readonly token?: undefined; readonly problem: string };

/** Characters that a copy may add and that are invisible. */
const INVISIBLE = /[\u200B-\u200D\u2060\uFEFF\u00AD]/g;

const QUOTES: ReadonlySet<string> = new Set('"\'`\u2018\u2019\u201C\u201D,;');

/** An Authorization header with a token, anywhere in a curl command or a dump of a request. */
const HEADER = /\bauthorization["']?\s{0,9}[:=]\s{0,9}["']?bearer\s{1,9}([A-Za-z0-9\-._~+/=]+)/i;

/** The result of an implicit grant (RFC 6749 4.2.2), or a query. */
const PARAMETER = /(?:^|[?#&])access_token=([A-Za-z0-9\-._~+/=]+)/;

/**
 * Finds the access token in what a person has copied: a whole token response, an Authorization header, a curl command, a
 * token in quotes or broken over several lines. Does not check the token, and quotes nothing of the text.
 */
export function readPastedToken(pasted: string): PastedToken {
  const changes: string[] = [];
  const change = (before: string, after: string, what: string): string => {
    if (after !== before && !changes.includes(what)) changes.push(what);
    return after;
  };
  let text = change(pasted, pasted.replace(INVISIBLE, ''), 'Invisible characters were removed.').trim();
  const response = jsonObject(text);
  if (response !== undefined) {
    const found = accessTokenOf(response);
    if (found === undefined) return { problem: whatElse(response) };
    changes.push('The access_token was taken from a token response.');
    text = found;
  } else {
    const [, value] = HEADER.exec(text) ?? PARAMETER.exec(text) ?? [];
    if (value !== undefined) text = change(text, value, 'The token was taken out of the text around it.');
  }
  text = unquoted(text, change);
  const [, scheme = '', rest = ''] = /^(bearer|dpop|basic|token)[:\s]+([\s\S]*)$/i.exec(text) ?? [];
  if (scheme !== '') {
    const isBearer = scheme.toLowerCase() === 'bearer';
    changes.push(isBearer ? 'The word Bearer was removed.' : NOT_BEARER);
    text = unquoted(rest, change);
  }
  if (/^[\w\-.\s\\]+$/.test(text) && text.includes('.') && !/^\S+ \S+$/.test(text)) {
    text = change(text, text.replace(/\\[rn]|\s+/g, ''), 'Line breaks inside the token were removed.');
  }
  return text === '' ? { problem: 'There is no token in what was given.' } : { token: text, changes };
}

const NOT_BEARER = 'Another scheme than Bearer was removed. The authorizer refuses it with malformed_authorization.';

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
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** The member of a token response (RFC 6749 5.1), also one level down, and under the names that SDKs give it. */
function accessTokenOf(response: JsonObject): string | undefined {
  const candidates = [response, ...Object.values(response).filter(isObject)];
  for (const name of ['access_token', 'accessToken', 'token']) {
    for (const candidate of candidates) {
      const value = Object.hasOwn(candidate, name) ? candidate[name] : undefined;
      if (typeof value === 'string') return value;
    }
  }
  return undefined;
}

function whatElse(response: JsonObject): string {
  const has = (name: string): boolean => Object.hasOwn(response, name);
  if (has('error')) return 'This is an error of the token endpoint, not a token.';
  if (has('signature') || has('signatures')) return 'This is a JWS in its JSON form: an API takes the compact form.';
  const others = ['id_token', 'idToken', 'refresh_token', 'refreshToken'].filter(has);
  return others.length > 0
    ? `This token response has ${others.join(' and ')}, but no access_token.`
    : 'This is JSON without an access_token.';
}
