import { createRemoteJWKSet, customFetch, errors } from 'jose';
import { type Policy, type PublicKey, URI, type World } from '../policy';

/** `jose`'s own remote set, with its `fetch` replaced. */
export function coolDown({ ask }: World, { jwk }: PublicKey): Policy {
  const keySet = createRemoteJWKSet(new URL(URI), {
    [customFetch]: async () => {
      const kids = ask();
      return Response.json({ keys: (kids ?? []).map((kid) => ({ ...jwk, kid })) }, { status: kids ? 200 : 503 });
    },
  });
  return {
    async find(kid) {
      try {
        await keySet({ alg: 'RS256', kid }, { payload: '', signature: '' });
        return 'found';
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) return 'refused';
        if (error instanceof errors.JOSEError) return 'unavailable';
        throw error;
      }
    },
  };
}
