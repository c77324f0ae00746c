import { type KeySet, keysOf, parseKeySet } from './keys/key-set';
import type { TokenTypes } from './token/header';

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
  /** Subjects or client ids that may call at all; everybody when absent. */
  readonly allowedClients: ReadonlySet<string> | undefined;
  readonly keysMaxAgeSeconds: number;
  /** Share of Allow decisions that are logged, 0 to 1. Refusals always are. */
  readonly allowLogRate: number;
  /** How many accepted tokens are remembered; 0 for none. */
  readonly tokenMemoEntries: number;
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
  AUTHACTION_ALLOW_LOG_RATE: '1',
  AUTHACTION_TOKEN_MEMO_ENTRIES: '256',
} as const;

type Setting = keyof typeof settings;
type Environment = Readonly<Record<string, string | undefined>>;

/** Every problem of the settings at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Parses the authorizer's settings.
 *
 * @throws ConfigError with every problem; it names settings and says what to do, and quotes no key set.
 */
export function parseConfig(env: Environment): Config {
  const problems: string[] = [];
  const read = (name: Setting): string => env[name]?.trim() || settings[name] || '';
  const check = <T>(name: Setting, parse: (value: string) => T | Problem): T | undefined => {
    const parsed = parse(read(name));
    if (!(parsed instanceof Problem)) return parsed;
    problems.push(`${name} ${parsed.text}`);
    return undefined;
  };

  const host = check('AUTHACTION_DOMAIN', parseDomain);
  const audiences = check('AUTHACTION_AUDIENCE', parseAudiences);
  const seed = check('AUTHACTION_JWKS', parseSeed);
  const scopeClaim = check('AUTHACTION_SCOPE_CLAIM', (value) => value);
  const tokenTypes = check('AUTHACTION_TOKEN_TYPE', parseTokenTypes);
  const allowedClients = check('AUTHACTION_ALLOWED_CLIENTS', parseClients);
  const keysMaxAgeSeconds = check('AUTHACTION_KEYS_MAX_AGE_SECONDS', wholeNumber(300, 604_800));
  const allowLogRate = check('AUTHACTION_ALLOW_LOG_RATE', parseRate);
  const tokenMemoEntries = check('AUTHACTION_TOKEN_MEMO_ENTRIES', wholeNumber(0, 1000));

  if (problems.length > 0 || !host || !audiences) throw new ConfigError(problems);
  return {
    issuers: [`https://${host}`, `https://${host}/`],
    audiences,
    jwksUri: `https://${host}/.well-known/jwks.json`,
    seed,
    scopeClaim: scopeClaim ?? settings.AUTHACTION_SCOPE_CLAIM,
    tokenTypes: tokenTypes ?? settings.AUTHACTION_TOKEN_TYPE,
    allowedClients,
    keysMaxAgeSeconds: keysMaxAgeSeconds ?? Number(settings.AUTHACTION_KEYS_MAX_AGE_SECONDS),
    allowLogRate: allowLogRate ?? Number(settings.AUTHACTION_ALLOW_LOG_RATE),
    tokenMemoEntries: tokenMemoEntries ?? Number(settings.AUTHACTION_TOKEN_MEMO_ENTRIES),
  };
}

class Problem {
  constructor(readonly text: string) {}
}

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
  // What a URL takes for another host, such as 0x7f.1, nobody has meant.
  const origin = `https://${host}`;
  if (HOST.test(host) && URL.canParse(origin) && new URL(origin).host === host) return host;
  return new Problem(`is not a domain name: it ${example}, without a path`);
}

function parseAudiences(value: string): readonly [string, ...string[]] | Problem {
  const [first, ...others] = list(value);
  if (first === undefined) return new Problem('is missing: it is the identifier of your API at AuthAction');
  if ([first, ...others].some((audience) => /\s/.test(audience))) {
    return new Problem('contains a blank: separate several audiences with commas');
  }
  return [first, ...others];
}

function parseSeed(value: string): KeySet | undefined | Problem {
  if (value === '') return undefined;
  try {
    const document: unknown = JSON.parse(value);
    if (keysOf(document) === undefined) return new Problem('is not a JWK set: it needs a list "keys" (RFC 7517)');
    return parseKeySet(document) ?? new Problem('holds no usable key: RS256 needs an RSA key of 2048 bits with a kid');
  } catch {
    return new Problem('is not JSON: paste the whole answer of /.well-known/jwks.json, or leave it empty');
  }
}

function parseTokenTypes(value: string): TokenTypes | Problem {
  return value === 'any' || value === 'at+jwt' ? value : new Problem('is neither "any" nor "at+jwt"');
}

function parseClients(value: string): ReadonlySet<string> | undefined | Problem {
  if (value === '') return undefined;
  const clients = list(value);
  return clients.length > 0 ? new Set(clients) : new Problem('names nobody: list clients, or leave it empty for all');
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
