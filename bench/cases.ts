import { signingKey } from '../samples/keys';
import { encodePart, signToken } from '../samples/tokens';
import { type HandlerName, handlerNames } from './handlers';
import { claimsFor, type Issuer, tokenPool } from './inputs';

/** One thing to measure: a handler, and the `Authorization` values it gets in turn. */
export interface Case {
  readonly name: string;
  readonly handler: HandlerName;
  /** `undefined` as a value means no header at all. */
  readonly authorizations: readonly (string | undefined)[];
  readonly expected: 'answer' | 'refusal';
}

const bearer = (tokens: readonly string[]) => tokens.map((token) => `Bearer ${token}`);

/** Every case of the latency bench. @param poolSize number of different good tokens. */
export function latencyCases(issuer: Issuer, host: string, poolSize: number): Case[] {
  const pool = tokenPool(issuer, host, poolSize);
  const accepted = handlerNames.map((handler): Case => {
    return { name: `accepted: ${handler}`, handler, authorizations: bearer(pool), expected: 'answer' };
  });
  return [...accepted, ...refusals(issuer, host, pool)];
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
