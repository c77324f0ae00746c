import { signingKey } from '../samples/keys';
import { encodePart, signToken } from '../samples/tokens';
import type { HandlerName } from './handlers';
import { claimsFor, type Issuer, tokenPool } from './inputs';

/** One thing to measure: a handler, and the `Authorization` values it gets in turn. */
export interface Case {
  readonly name: string;
  readonly handler: HandlerName;
  /** `undefined` as a value means no header at all. */
  readonly authorizations: readonly (string | undefined)[];
  readonly expected: 'answer' | 'refusal';
  /** Whether info lines are switched off, as Lambda does at application log level `WARN`. */
  readonly quiet?: true;
}

/** Name of a case with info lines switched off. */
export const quietly = (name: string): string => `${name}, no info lines`;

const bearer = (tokens: readonly string[]) => tokens.map((token) => `Bearer ${token}`);

/** Every case of the latency bench. @param poolSize more than any cache holds, so that first-seen tokens stay so. */
export function latencyCases(issuer: Issuer, host: string, poolSize: number): Case[] {
  const [few, pool] = [tokenPool(issuer, host, 20), tokenPool(issuer, host, poolSize, 20)];
  const every: HandlerName[] = ['ours', 'aws-jwt-verify', 'fast-jwt', 'jose', 'jsonwebtoken', 'raw-crypto', 'empty'];
  const firstSeen = every.map((handler) => answered(`first-seen: ${handler}`, handler, bearer(pool)));
  const repeated = (['ours', 'aws-jwt-verify', 'fast-jwt'] as const).map((handler) =>
    answered(`repeated: ${handler}`, handler, bearer(few)),
  );
  const all = [...firstSeen, ...repeated, ...refusals(issuer, host, pool)];
  const ours = all.filter(({ handler }) => handler === 'ours');
  // They start in the middle of the pool, so that the two do not meet the same token shortly after each other.
  const quiet = ours.map(({ name, handler, authorizations, expected }): Case => {
    const middle = Math.floor(authorizations.length / 2);
    const turned = [...authorizations.slice(middle), ...authorizations.slice(0, middle)];
    return { name: quietly(name), handler, authorizations: turned, expected, quiet: true };
  });
  return [...all, ...quiet];
}

function refusals(issuer: Issuer, host: string, pool: readonly string[]): Case[] {
  const { key } = issuer;
  const count = 100;
  const several = (make: (number: number) => string) => bearer(Array.from({ length: count }, (_, i) => make(i)));
  const refused = (name: string, authorizations: Case['authorizations']): Case => ({
    name: `refused: ${name}`,
    handler: 'ours',
    authorizations,
    expected: 'refusal',
  });
  const claims = (overrides: Record<string, unknown>) => several((i) => signToken(key, claimsFor(host, i, overrides)));
  const forger = signingKey(key.kid);
  return [
    refused('no token', [undefined]),
    refused(
      'not a JWT',
      several((i) => `opaque-token-${i}`),
    ),
    refused(
      '8 KB of junk',
      several((i) => junk(i, '-')),
    ),
    refused(
      '8 KB of junk in three parts',
      several((i) => junk(i, '.')),
    ),
    refused(
      '8 KB of junk claims',
      several((i) => `${encodePart({ alg: 'RS256', kid: key.kid })}.${junk(i, '-')}.AAAA`),
    ),
    refused(
      'alg none',
      several((i) => `${encodePart({ alg: 'none' })}.${encodePart(claimsFor(host, i))}.AAAA`),
    ),
    refused('wrong issuer', claims({ iss: 'https://elsewhere.example.test' })),
    refused('wrong audience', claims({ aud: 'https://other.example.test' })),
    refused('expired', claims({ exp: 1_700_000_000 })),
    refused(
      'unknown kid',
      several((i) => signToken(key, claimsFor(host, i), { kid: `junk-${i}` })),
    ),
    refused('wrong signature', bearer(pool.map((token, i) => forged(token, forger, host, i)))),
  ];
}

/**
 * Good in every respect but signed by somebody else; the signature of one forgery serves for all, it never holds. It begins
 * with zero bits, so that it is below any modulus: one that is not is refused without the arithmetic.
 */
function forged(token: string, forger: Issuer['key'], host: string, number: number): string {
  const input = token.slice(0, token.lastIndexOf('.'));
  forgery ??= `A${signToken(forger, claimsFor(host, number)).split('.')[2]?.slice(1)}`;
  return `${input}.${forgery}`;
}
let forgery: string | undefined;

/** 8,000 characters that no cache has seen, with a separator now and then. */
function junk(number: number, separator: string): string {
  const part = `${number}`.padEnd(2666, 'x');
  return [part, part, part].join(separator);
}

const answered = (name: string, handler: HandlerName, authorizations: Case['authorizations']): Case => ({
  name,
  handler,
  authorizations,
  expected: 'answer',
});
