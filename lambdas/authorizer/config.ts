import { parseJsonObject } from '../shared/json';
import { type KeySet, parseKeySet } from './keys/key-set';
import { KEYS_TIMEOUT_SECONDS } from './keys/store';
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
  /** Names of the claims that handlers get; none when absent. */
  readonly contextClaims: ReadonlySet<string> | undefined;
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

/**
 * The environment variables read here, with their defaults: `undefined` where a value must be given, empty where it may be
 * left out. README's table lists the same names.
 */
export const settings = {
  AUTHACTION_DOMAIN: undefined,
  AUTHACTION_AUDIENCE: undefined,
  AUTHACTION_JWKS: '',
  AUTHACTION_SCOPE_CLAIM: 'scope',
  AUTHACTION_CONTEXT_CLAIMS: '',
  AUTHACTION_TOKEN_TYPE: 'any',
  AUTHACTION_ALLOWED_CLIENTS: '',
  AUTHACTION_KEYS_MAX_AGE_SECONDS: '21600',
  AUTHACTION_KEYS_TIMEOUT_SECONDS: String(KEYS_TIMEOUT_SECONDS),
  AUTHACTION_REVOKED: '',
  AUTHACTION_ALLOW_LOG_RATE: '1',
} as const;

type Setting = keyof typeof settings;

/** What is wrong with a setting. The tools say it in a sentence, with what to do. */
export interface SettingProblem {
  readonly setting: Setting;
  readonly problem: 'missing' | 'malformed';
}

/** Settings that cannot be used, as data and in few words: at init no one reads more than the log line of the crash. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly SettingProblem[]) {
    super(`Settings: ${problems.map(({ setting, problem }) => `${setting} ${problem}`).join(', ')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the authorizer's settings.
 *
 * @throws SettingsError with every {@link SettingProblem}. It quotes no value.
 */
export function parseConfig(env: Environment): Config {
  const problems: SettingProblem[] = [];
  /** Parses a value that is there. `undefined` from `parse` makes it malformed. */
  const read = <T>(setting: Setting, parse: (value: string) => T | undefined): T | undefined => {
    const value = env[setting]?.trim() || settings[setting];
    if (value === '') return undefined;
    const parsed = value === undefined ? undefined : parse(value);
    if (parsed === undefined) problems.push({ setting, problem: value === undefined ? 'missing' : 'malformed' });
    return parsed;
  };

  const host = read('AUTHACTION_DOMAIN', parseDomain);
  const config = {
    issuers: [`https://${host}`, `https://${host}/`] as const,
    audiences: read('AUTHACTION_AUDIENCE', parseAudiences),
    jwksUri: `https://${host}/.well-known/jwks.json`,
    seed: read('AUTHACTION_JWKS', parseSeed),
    scopeClaim: read('AUTHACTION_SCOPE_CLAIM', (value) => value),
    contextClaims: read('AUTHACTION_CONTEXT_CLAIMS', parseNames),
    tokenTypes: read('AUTHACTION_TOKEN_TYPE', parseTokenTypes),
    allowedClients: read('AUTHACTION_ALLOWED_CLIENTS', parseNames),
    keysMaxAgeSeconds: read('AUTHACTION_KEYS_MAX_AGE_SECONDS', wholeNumber(300, 604_800)),
    keysTimeoutSeconds: read('AUTHACTION_KEYS_TIMEOUT_SECONDS', wholeNumber(1, 10)),
    revoked: read('AUTHACTION_REVOKED', parseRevoked) ?? new Map(),
    allowLogRate: read('AUTHACTION_ALLOW_LOG_RATE', parseRate),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return config as Config; // a setting with a value was parsed, or is among the problems
}

/** A name or an IPv4 address, label by label (RFC 1123 2.1), or a bracketed IPv6 address; with or without a port. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d+)?$/;

/** `https://Example.com/ ` → `example.com`. A port stays; anything that is more than an origin is refused. */
function parseDomain(value: string): string | undefined {
  const host = value
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/:443$/, '');
  // A host that a URL rewrites, such as 0x7f.1, is not what was meant.
  const origin = `https://${host}`;
  return HOST.test(host) && URL.canParse(origin) && new URL(origin).host === host ? host : undefined;
}

function parseAudiences(value: string): readonly string[] | undefined {
  const audiences = list(value);
  return audiences.length > 0 && !audiences.some((audience) => /\s/.test(audience)) ? audiences : undefined;
}

const parseSeed = (value: string): KeySet | undefined => parseKeySet(parseJsonObject(value));

function parseTokenTypes(value: string): TokenTypes | undefined {
  return value === 'any' || value === 'at+jwt' ? value : undefined;
}

/** A list that names nothing is refused: of clients, it must not allow every one. */
function parseNames(value: string): ReadonlySet<string> | undefined {
  const names = list(value);
  return names.length > 0 ? new Set(names) : undefined;
}

const wholeNumber =
  (min: number, max: number) =>
  (value: string): number | undefined =>
    /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined;

function parseRate(value: string): number | undefined {
  return /^(0(\.\d+)?|1(\.0+)?)$/.test(value) ? Number(value) : undefined;
}

function list(value: string): string[] {
  const items = value.split(',').map((item) => item.trim());
  return [...new Set(items)].filter((item) => item !== '');
}
