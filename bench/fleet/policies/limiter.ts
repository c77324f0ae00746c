import type { Policy, World } from '../policy';

/**
 * A model of `jwks-rsa` with its cache and `rateLimit: true`: up to five keys for ten minutes each, and ten requests a
 * minute counted from the first one, key ids of whatever kind alike. (Its own code waits for real timers.)
 */
export function limiter({ time, ask }: World): Policy {
  const cached = new Map<string, number>();
  let minuteStartedAt = Number.NEGATIVE_INFINITY;
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
