import { FetchError, KidNotFoundInJwksError, WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import { SimpleJwksCache, SimplePenaltyBox } from 'aws-jwt-verify/jwk';
import { type Policy, type PublicKey, URI, type World } from '../policy';

/** `aws-jwt-verify`'s own cache and penalty box, with its fetcher replaced. */
export function penaltyBox({ ask }: World, { jwk }: PublicKey): Policy {
  const cache = new SimpleJwksCache({
    penaltyBox: new SimplePenaltyBox(),
    fetcher: {
      fetch: async () => {
        const kids = ask();
        if (!kids) throw new FetchError(URI, 'down');
        return new TextEncoder().encode(JSON.stringify({ keys: kids.map((kid) => ({ ...jwk, kid })) })).buffer;
      },
    },
  });
  return {
    async find(kid) {
      try {
        await cache.getJwk(URI, { header: { kid, alg: 'RS256' }, payload: {} });
        return 'found';
      } catch (error) {
        if (error instanceof KidNotFoundInJwksError || error instanceof WaitPeriodNotYetEndedJwkError) return 'refused';
        if (error instanceof FetchError) return 'unavailable';
        throw error;
      }
    },
  };
}
