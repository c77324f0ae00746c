import { FetchError, KidNotFoundInJwksError, WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import { SimpleJwksCache, SimplePenaltyBox } from 'aws-jwt-verify/jwk';
import { createRemoteJWKSet, customFetch, errors } from 'jose';
import { KeyFetchError } from '../../lambdas/authorizer/keys/fetch-key-set';
import type { VerificationKey } from '../../lambdas/authorizer/keys/key-set';
import { createKeyStore, KeysUnavailableError } from '../../lambdas/authorizer/keys/key-store';
import type { VirtualTime } from './virtual-time';

/** What became of a look-up: a key, none (401), or nobody can tell (503). */
export type Outcome = 'found' | 'refused' | 'unavailable';

/** How one container looks keys up. */
export interface Policy {
  /** What the container does during init. */
  init?(): Promise<void>;
  find(kid: string, address: string): Promise<Outcome>;
}

/** What a container can do. */
export interface World {
  readonly time: VirtualTime;
  readonly random: () => number;
  /** One request to the provider: the key ids it publishes now, or `undefined` while it is down. */
  readonly ask: () => readonly string[] | undefined;
}

/** The public half of a real RSA key: one stands for all, since no signature is checked here. */
export interface PublicKey {
  readonly verificationKey: VerificationKey;
  readonly jwk: Readonly<Record<string, unknown>>;
}

const URI = 'https://tenant.example.test/.well-known/jwks.json';

export type MakePolicy = (world: World, publicKey: PublicKey) => Policy;

/** Each policy with what runs it: the library's own code, or a model of it. */
export const policies = {
  ours: { title: 'this project', make: ours },
  'penalty-box': { title: 'aws-jwt-verify: penalty box', make: penaltyBox },
  'cool-down': { title: 'jose: cool-down', make: coolDown },
  limiter: { title: 'jwks-rsa: 10 a minute (model)', make: limiter },
  always: { title: 'refetch always (model)', make: always },
} as const satisfies Record<string, { title: string; make: MakePolicy }>;

export type PolicyName = keyof typeof policies;
export const policyNames = Object.keys(policies) as PolicyName[];

/** Our key store itself, with its clock, its randomness and its provider handed in. */
function ours({ time, random, ask }: World, { verificationKey }: PublicKey): Policy {
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
        return (await store.find(kid, address)).length > 0 ? 'found' : 'refused';
      } catch (error) {
        if (error instanceof KeysUnavailableError) return 'unavailable';
        throw error;
      }
    },
  };
}

/** `aws-jwt-verify`'s own cache and penalty box, with its fetcher replaced. */
function penaltyBox({ ask }: World, { jwk }: PublicKey): Policy {
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

/** `jose`'s own remote set, with its `fetch` replaced. */
function coolDown({ ask }: World, { jwk }: PublicKey): Policy {
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

/**
 * A model of `jwks-rsa` with its cache and `rateLimit: true`: up to five keys for ten minutes each, and ten requests a
 * minute counted from the first one, key ids of whatever kind alike. (Its own code waits for real timers.)
 */
function limiter({ time, ask }: World): Policy {
  const cached = new Map<string, number>();
  let minuteStartedAt = 0;
  let requests = 0;
  return {
    async find(kid) {
      const fetchedAt = cached.get(kid);
      if (fetchedAt !== undefined) {
        cached.delete(kid);
        if (time.now - fetchedAt < 600_000) {
          cached.set(kid, fetchedAt);
          return 'found';
        }
      }
      if (time.now - minuteStartedAt >= 60_000) {
        minuteStartedAt = time.now;
        requests = 0;
      }
      if (requests >= 10) return 'refused';
      requests += 1;
      const kids = ask();
      if (!kids) return 'unavailable';
      if (!kids.includes(kid)) return 'refused';
      cached.set(kid, time.now);
      const [oldest] = cached.keys();
      if (cached.size > 5 && oldest !== undefined) cached.delete(oldest);
      return 'found';
    },
  };
}

/** A model of the simplest thing to do: whenever a key id is not known, ask. */
function always({ ask }: World): Policy {
  let known: readonly string[] = [];
  return {
    async find(kid) {
      if (known.includes(kid)) return 'found';
      const kids = ask();
      if (!kids) return 'unavailable';
      known = kids;
      return kids.includes(kid) ? 'found' : 'refused';
    },
  };
}
