/** What the provider stores while the process runs: clients that registered themselves, codes, grants, refresh tokens. */
export type Store = (model: string) => StoredModel;

type Payload = Record<string, unknown>;

/** The part of oidc-provider's adapter that this issuer uses. */
interface StoredModel {
  find(id: string): Promise<Payload | undefined>;
  upsert(id: string, payload: Payload): Promise<void>;
  /** Marks a code or a refresh token as used. */
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  /** Nothing to do: the provider destroys the grant, without which it takes no code and no refresh token. */
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Creates a store. It outlives the providers that share it, since keys rotate and routes change during a run. */
export function createStore(): Store {
  const stored = new Map<string, Payload>();
  return (model) => ({
    find: async (id) => stored.get(`${model}:${id}`),
    async upsert(id, payload) {
      stored.set(`${model}:${id}`, payload);
    },
    async consume(id) {
      const payload = stored.get(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      stored.delete(`${model}:${id}`);
    },
    async revokeByGrantId() {},
  });
}
