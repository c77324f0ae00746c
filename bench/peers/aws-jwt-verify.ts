import { JwtVerifier } from 'aws-jwt-verify';
import { answer, peerSettings, type RequestEvent, tokenOf } from './answer';

const { issuer, audience, jwksUri } = peerSettings;
const verifier = JwtVerifier.create({ issuer, audience, jwksUri });

/** `aws-jwt-verify` as its README shows it. */
export const handler = async (event: RequestEvent) => {
  try {
    const { sub } = await verifier.verify(tokenOf(event));
    return answer(event, sub ?? '');
  } catch {
    throw new Error('Unauthorized');
  }
};
