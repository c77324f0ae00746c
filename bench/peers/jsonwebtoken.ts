import jwt from 'jsonwebtoken';
import { JwksClient } from 'jwks-rsa';
import { answer, peerSettings, type RequestEvent, tokenOf } from './answer';

const { issuer, audience, jwksUri } = peerSettings;
const client = new JwksClient({ jwksUri, cache: true, rateLimit: true });
const getKey: jwt.GetPublicKeyOrSecret = ({ kid }, callback) => {
  client.getSigningKey(kid).then((key) => callback(null, key.getPublicKey()), callback);
};

/** `jsonwebtoken` with `jwks-rsa`. */
export const handler = async (event: RequestEvent) => {
  try {
    const claims = await new Promise<jwt.JwtPayload>((resolve, reject) => {
      jwt.verify(tokenOf(event), getKey, { issuer, audience, algorithms: ['RS256'] }, (error, decoded) =>
        error ? reject(error) : resolve(decoded as jwt.JwtPayload),
      );
    });
    return answer(event, claims.sub ?? '');
  } catch {
    throw new Error('Unauthorized');
  }
};
