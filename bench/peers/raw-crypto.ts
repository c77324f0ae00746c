import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { answer, peerSettings, type RequestEvent, tokenOf } from './answer';

const { keys } = JSON.parse(peerSettings.jwks) as { keys: JsonWebKey[] };
const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });

/** A limit: one signature and two `JSON.parse`, no checks. */
export const handler = async (event: RequestEvent) => {
  const token = tokenOf(event);
  const [header = '', claims = '', signature = ''] = token.split('.');
  JSON.parse(Buffer.from(header, 'base64url').toString());
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) throw new Error('Unauthorized');
  return answer(event, sub);
};
