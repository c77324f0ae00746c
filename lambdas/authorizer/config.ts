import { type KeySet, keysOf, parseKeySet } from './keys/key-set';
import { KEYS_TIMEOUT_SECONDS } from './keys/store';
import { type SettingProblem, settingsError } from './problems';
import type { TokenTypes } from './token/header';
import { parseRevoked, type RevokedList } from './token/revoked';

/** What the authorizer needs to know, parsed. */
export interface Config {
  /** Both spellings AuthAction uses: `https://{domain}` and `https://{domain}/`. */
  readonly issuers: readonly [string, string];
  readonly audiences: readonly [string, ...string[]];
  readonly jwksUri: string;
  /** Keys to start from instead of a first fetch. */
  readonly seed: KeySet | undefined;
  readonly scopeClaim: string;
  readonly tokenTypes: TokenTypes;
  /** Subjects or client ids that may call at all; every client when absent. */
  readonly allowedClients: ReadonlySet<string> | undefined;
  readonly keysMaxAgeSeconds: number;
  /** Total time for a fetch of the keys. */
  readonly keysTimeoutSeconds: number;
  /** Tokens that are refused although everything about them is good. */
  readonly revoked: RevokedList;
  /** Share of Allow decisions that are logged, 0 to 1. Refusals always are. */
  readonly allowLogRate: number;
}

/** The environment variables read here, with their defaults. README's table lists the same names. */
export const settings = {
  AUTHACTION_DOMAIN: undefined,
  AUTHACTION_AUDIENCE: undefined,
  AUTHACTION_JWKS: '',
  AUTHACTION_SCOPE_CLAIM: 'scope',
  AUTHACTION_TOKEN_TYPE: 'any',
  AUTHACTION_ALLOWED_CLIENTS: '',
  AUTHACTION_KEYS_MAX_AGE_SECONDS: '21600',
  AUTHACTION_KEYS_TIMEOUT_SECONDS: String(KEYS_TIMEOUT_SECONDS),
  AUTHACTION_REVOKED: '',
  AUTHACTION_ALLOW_LOG_RATE: '1',
} as const;

type Setting = keyof typeof settings;
type Environment = Readonly<Record<string, string | undefined>>;

/** Why a value cannot be used: continues the sentence that the setting's name begins. */
class Problem {
  constructor(readonly text: string) {}
}

/**
 * Parses the authorizer's settings.
 *
 * @throws ProblemsError with every {@link SettingProblem}; each names a setting and says what to do.
 */
export function parseConfig(env: Environment): Config {
  const problems: SettingProblem[] = [];
  const check = <T>(setting: Setting, parse: (value: string) => T | Problem): T => {
    const parsed = parse(env[setting]?.trim() || settings[setting] || '');
    if (parsed instanceof Problem) problems.push({ setting, text: parsed.text });
    return parsed as T; // never used when it is a problem: those are thrown below
  };

  const host = check('AUTHACTION_DOMAIN', parseDomain);
  const config: Config = {
    issuers: [`https://${host}`, `https://${host}/`],
    audiences: check('AUTHACTION_AUDIENCE', parseAudiences),
    jwksUri: `https://${host}/.well-known/jwks.json`,
    seed: check('AUTHACTION_JWKS', parseSeed),
    scopeClaim: check('AUTHACTION_SCOPE_CLAIM', (value) => value),
    tokenTypes: check('AUTHACTION_TOKEN_TYPE', parseTokenTypes),
    allowedClients: check('AUTHACTION_ALLOWED_CLIENTS', parseClients),
    keysMaxAgeSeconds: check('AUTHACTION_KEYS_MAX_AGE_SECONDS', wholeNumber(300, 604_800)),
    keysTimeoutSeconds: check('AUTHACTION_KEYS_TIMEOUT_SECONDS', wholeNumber(1, 10)),
    revoked: check('AUTHACTION_REVOKED', (value) => parseRevoked(value) ?? new Problem(MALFORMED_REVOKED)),
    allowLogRate: check('AUTHACTION_ALLOW_LOG_RATE', parseRate),
  };
  if (problems.length > 0) throw settingsError(problems);
  return config;
}

const MALFORMED_REVOKED =
  'has a malformed entry: each is sub:, client:, kid: or jti: and a value, then perhaps < and a time such as 2026-11-25T12:00:00Z';

/** A name or an IPv4 address, label by label (RFC 1123 2.1), or a bracketed IPv6 address; with or without a port. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d+)?$/;

/** `https://Example.com/ ` → `example.com`. A port stays; anything that is more than an origin is refused. */
function parseDomain(value: string): string | Problem {
  const example = "is your tenant's domain, for example tenant.example.com";
  if (value === '') return new Problem(`is missing: it ${example}`);
  if (/^http:/i.test(value)) return new Problem('must not start with http: tokens are only trusted over https');
  const host = value
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/:443$/, '');
  // A host that a URL rewrites, such as 0x7f.1, is not what was meant.
  const origin = `https://${host}`;
  if (HOST.test(host) && URL.canParse(origin) && new URL(origin).host === host) return host;
  return new Problem(`is not a domain name: it ${example}, without a path`);
}

function parseAudiences(value: string): readonly [string, ...string[]] | Problem {
  const [first, ...others] = list(value);
  if (first === undefined) return new Problem('is missing: it is the identifier of your API at AuthAction');
  if ([first, ...others].some((audience) => /\s/.test(audience))) {
    return new Problem('contains a space: separate several audiences with commas');
  }
  return [first, ...others];
}

function parseSeed(value: string): KeySet | undefined | Problem {
  if (value === '') return undefined;
  const document = parseJson(value);
  if (keysOf(document) === undefined) {
    return new Problem('is not a JWK set: paste the whole answer of /.well-known/jwks.json, or leave it empty');
  }
  return parseKeySet(document) ?? new Problem('has no usable key: RS256 needs an RSA key of 2048 bits with a kid');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the error quotes the text
  }
}

function parseTokenTypes(value: string): TokenTypes | Problem {
  return value === 'any' || value === 'at+jwt' ? value : new Problem('is neither "any" nor "at+jwt"');
}

function parseClients(value: string): ReadonlySet<string> | undefined | Problem {
  if (value === '') return undefined;
  const clients = list(value);
  return clients.length > 0
    ? new Set(clients)
    : new Problem('names no client: list clients, or leave it empty for all');
}

const wholeNumber =
  (min: number, max: number) =>
  (value: string): number | Problem => {
    const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    return parsed >= min && parsed <= max ? parsed : new Problem(`is not a whole number from ${min} to ${max}`);
  };

function parseRate(value: string): number | Problem {
  return /^(0(\.\d+)?|1(\.0+)?)$/.test(value)
    ? Number(value)
    : new Problem('is not a number from 0 to 1, such as 0.05');
}

function list(value: string): string[] {
  const items = value.split(',').map((item) => item.trim());
  return [...new Set(items)].filter((item) => item !== '');
}
