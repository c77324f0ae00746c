import { createVerifier } from 'fast-jwt';
import { JwksClient } from 'jwks-rsa';
import { answer, peerSettings, type RequestEvent, tokenOf } from './answer';

const { issuer, audience, jwksUri } = peerSettings;
const client = new JwksClient({ jwksUri });
const verify = createVerifier({
  key: async ({ header }: { header: Record<string, string> }) =>
    (await client.getSigningKey(header.kid ?? '')).getPublicKey(),
  cache: true,
  algorithms: ['RS256'],
  allowedIss: issuer,
  allowedAud: audience,
});

/** `fast-jwt` with its cache on, and `jwks-rsa` for the keys. */
export const handler = async (event: RequestEvent) => {
  try {
    const { sub } = await verify(tokenOf(event));
    return answer(event, sub);
  } catch {
    throw new Error('Unauthorized');
  }
};
