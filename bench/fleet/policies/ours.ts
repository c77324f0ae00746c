import { KeyFetchError } from '../../../lambdas/authorizer/keys/fetch';
import { createKeyStore, KeysUnavailableError } from '../../../lambdas/authorizer/keys/store';
import type { Policy, PublicKey, World } from '../policy';

/** Our key store itself, with its clock, its randomness and its provider handed in. */
export function ours({ time, random, ask }: World, { verificationKey }: PublicKey): Policy {
  const store = createKeyStore({
    fetchKeySet: async () => {
      const kids = ask();
      if (!kids) throw new KeyFetchError('status', true);
      return new Map(kids.map((kid) => [kid, [verificationKey]]));
    },
    clock: () => time.now,
    random,
    hardAgeMs: 6 * 3_600_000,
    observe: () => {},
  });
  return {
    init: () => store.fill(),
    async find(kid, address) {
      try {
        return (await store.find(kid, address)).keys.length > 0 ? 'found' : 'refused';
      } catch (error) {
        if (error instanceof KeysUnavailableError) return 'unavailable';
        throw error;
      }
    },
    async refuseSignature(kid, address) {
      const { keys, areNew } = await store.find(kid, address);
      if (keys.length > 0 && !areNew) await store.findNewer(kid, keys, address);
    },
  };
}
