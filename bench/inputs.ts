import { requestEvent } from '../samples/events';
import { jwks, type SigningKey, signingKey } from '../samples/keys';
import { goodClaims, signToken } from '../samples/tokens';

export const AUDIENCE = 'https://api.example.test';

/** A key set like a provider's between two rotations: two keys, of which the first one signs. */
export interface Issuer {
  readonly key: SigningKey;
  readonly jwks: ReturnType<typeof jwks>;
}

export function createIssuer(): Issuer {
  const key = signingKey('key-1');
  return { key, jwks: jwks(key, signingKey('key-2')) };
}

/** Environment of a measured process: the same for ours and for the peers. */
export function environment(issuer: Issuer, host: string, caFile: string): Record<string, string> {
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    AUTHACTION_DOMAIN: host,
    AUTHACTION_AUDIENCE: AUDIENCE,
    PEER_ISSUER: `https://${host}`,
    PEER_AUDIENCE: AUDIENCE,
    PEER_JWKS_URI: `https://${host}/.well-known/jwks.json`,
    PEER_JWKS: JSON.stringify(issuer.jwks),
  };
}

/** Claims as a provider sends them; `jti` makes each token another one. */
export function claimsFor(host: string, number: number, overrides: Readonly<Record<string, unknown>> = {}) {
  return goodClaims({
    iss: `https://${host}`,
    aud: AUDIENCE,
    exp: Math.floor(Date.now() / 1000) + 86_400,
    jti: `token-${number}`,
    scope: 'read:messages write:messages',
    client_id: 'client-1',
    ...overrides,
  });
}

/** `size` good tokens, each with a signature of its own. Takes about a millisecond per token. */
export function tokenPool(issuer: Issuer, host: string, size: number): string[] {
  return Array.from({ length: size }, (_, number) => signToken(issuer.key, claimsFor(host, number)));
}

/** What a browser's request adds to the event; about 2 KB in both maps together. */
const BROWSER_HEADERS = {
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-US,en;q=0.9,de;q=0.8',
  'Cache-Control': 'no-cache',
  Host: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
  Origin: 'https://app.example.test',
  Referer: 'https://app.example.test/',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'X-Amzn-Trace-Id': 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
  'X-Forwarded-For': '192.0.2.1',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};

/** The bytes of an event, as the Lambda runtime receives them; `authorization` is left out when undefined. */
export function eventBytes(authorization: string | undefined): Buffer {
  const event = requestEvent({ authorization });
  const more = Object.fromEntries(Object.entries(BROWSER_HEADERS).map(([name, value]) => [name, [value]]));
  return Buffer.from(
    JSON.stringify({
      ...event,
      headers: { ...BROWSER_HEADERS, ...event.headers },
      multiValueHeaders: { ...more, ...event.multiValueHeaders },
    }),
  );
}
