import { createRemoteJWKSet, jwtVerify } from 'jose';
import { answer, peerSettings, type RequestEvent, tokenOf } from './answer';

const { issuer, audience, jwksUri } = peerSettings;
const keySet = createRemoteJWKSet(new URL(jwksUri));

/** `jose` with a remote key set. */
export const handler = async (event: RequestEvent) => {
  try {
    const { payload } = await jwtVerify(tokenOf(event), keySet, { issuer, audience });
    return answer(event, payload.sub ?? '');
  } catch {
    throw new Error('Unauthorized');
  }
};
