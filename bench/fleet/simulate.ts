import { judgeKey } from '../../lambdas/authorizer/keys/key-set';
import { signingKey } from '../../samples/keys';
import { seededRandom } from '../statistics';
import type { MakePolicy, Outcome, Policy, PublicKey, World } from './policy';
import type { Scenario } from './scenarios';
import { inVirtualTime, VirtualTime } from './virtual-time';

/** Counts of a whole fleet. */
export interface FleetResult {
  /** Requests that reached the provider, answered or not. */
  readonly providerRequests: number;
  /** Look-ups for honest tokens whose key was published. */
  readonly honest: number;
  /** Of those, answered as if the key did not exist: 401. */
  readonly wronglyRefused: number;
  /** Of those, not decided: 503. */
  readonly unavailable: number;
  /** Look-ups under the key that the provider rotated to. */
  readonly underNewKey: number;
  readonly underNewKeyRefused: number;
  /** Malformed kids that found a key. Anything but 0 is a broken simulation. */
  readonly junkFound: number;
  /** During an outage: requests per container and minute on average, and the most that one container made in any minute. */
  readonly outageRequestsPerMinute: number;
  readonly outageMostInOneMinute: number;
  /** How long after its withdrawal a key was last accepted by any container, seconds. */
  readonly withdrawnAcceptedForSeconds: number;
}

/** Time that one request to the provider takes, milliseconds. */
const PROVIDER_LATENCY_MS = 50;
/** Time until the tokens of a key published ahead have taken over, milliseconds. After a sudden rotation it is 0. */
const TAKE_OVER_MS = 600_000;
/** Containers start over this time, so that their refreshes are spread, milliseconds. */
const STARTED_WITHIN_MS = 600_000;
const MINUTE = 60_000;

let shared: PublicKey | undefined;
function publicKey(): PublicKey {
  if (shared) return shared;
  const { jwk } = signingKey('any');
  const verdict = judgeKey(jwk);
  if (!verdict.usable) throw new Error(verdict.problem);
  shared = { verificationKey: verdict.key, jwk };
  return shared;
}

type Counts = { -readonly [Name in keyof FleetResult]: number };

/**
 * Runs a fleet through a scenario, in virtual time and discrete events: each call of each container is one. Containers
 * share nothing but the provider, which is never too busy, so they are run one after the other. Calls arrive at each
 * container as a Poisson process, as they do when calls are spread at random. One container does one call at a time.
 */
export async function simulate(scenario: Scenario, make: MakePolicy, seed: number): Promise<FleetResult> {
  const counts: Counts = {
    providerRequests: 0,
    honest: 0,
    wronglyRefused: 0,
    unavailable: 0,
    underNewKey: 0,
    underNewKeyRefused: 0,
    junkFound: 0,
    outageRequestsPerMinute: 0,
    outageMostInOneMinute: 0,
    withdrawnAcceptedForSeconds: 0,
  };
  let time = new VirtualTime();
  await inVirtualTime(
    () => time,
    async () => {
      for (let container = 0; container < scenario.containers; container += 1) {
        time = new VirtualTime();
        await runContainer(scenario, make, time, seed * 2_000_003 + 2 * container, counts);
      }
    },
  );
  const [from, to] = scenario.outage ?? [0, 0];
  if (to > from) counts.outageRequestsPerMinute /= (to - from) * scenario.containers;
  return counts;
}

async function runContainer(
  scenario: Scenario,
  make: MakePolicy,
  time: VirtualTime,
  seed: number,
  counts: Counts,
): Promise<void> {
  // Two sources, so that every policy meets the same calls however often it draws a number itself.
  const random = seededRandom(seed);
  const policyRandom = seededRandom(seed + 1);
  const outageRequests: number[] = [];
  const isDown = () => {
    const [from, to] = scenario.outage ?? [0, 0];
    return time.now >= from * MINUTE && time.now < to * MINUTE;
  };
  const world: World = {
    time,
    random: policyRandom,
    ask() {
      counts.providerRequests += 1;
      time.now += PROVIDER_LATENCY_MS;
      if (!isDown()) return published(scenario, time.now);
      outageRequests.push(time.now);
      return undefined;
    },
  };
  // Each container started at some moment of the ten minutes before, with a call; what it did then does not count.
  const { providerRequests } = counts;
  time.now = -policyRandom() * STARTED_WITHIN_MS;
  const policy = make(world, publicKey());
  await policy.init?.();
  await policy.find('key-1', 'honest-0');
  counts.providerRequests = providerRequests;

  const honestGap = (1000 * scenario.containers) / scenario.honestPerSecond;
  const junkGap = (1000 * scenario.containers) / scenario.junkPerSecond;
  const after = (at: number, meanGap: number) => at - Math.log(1 - random()) * meanGap;
  const end = scenario.minutes * MINUTE;
  let nextHonest = after(0, honestGap);
  let nextJunk = after((scenario.junkStartsAt ?? 0) * MINUTE, junkGap);
  for (;;) {
    const at = Math.min(nextHonest, nextJunk);
    if (at >= end) break;
    time.advanceTo(at);
    if (at === nextJunk) {
      nextJunk = after(at, junkGap);
      const address = `junk-${Math.floor(random() * scenario.junkAddresses)}`;
      const unknownKid = `no-such-key-${random()}`;
      if (scenario.junk === 'signature') {
        await refuseForged(policy, honestKid(scenario, at, random), address);
      } else if ((await policy.find(unknownKid, address)) === 'found') {
        counts.junkFound += 1;
      }
    } else {
      nextHonest = after(at, honestGap);
      const kid = honestKid(scenario, at, random);
      const address = `honest-${Math.floor(random() * scenario.honestAddresses)}`;
      count(scenario, kid, time.now, await policy.find(kid, address), counts);
    }
  }
  counts.outageRequestsPerMinute += outageRequests.length;
  counts.outageMostInOneMinute = Math.max(counts.outageMostInOneMinute, mostInOneMinute(outageRequests));
}

/** A forged token names a key that honest ones are signed with. */
async function refuseForged(policy: Policy, kid: string, address: string): Promise<void> {
  if ((await policy.find(kid, address)) === 'found') await policy.refuseSignature?.(kid, address);
}

/** The key ids of the provider's set. */
function published({ rotatesAt, publishesAt = rotatesAt, withdrawsAt }: Scenario, now: number): string[] {
  const kids: string[] = [];
  if (withdrawsAt === undefined || now < withdrawsAt * MINUTE) kids.push('key-1');
  if (publishesAt !== undefined && now >= publishesAt * MINUTE) kids.push('key-2');
  return kids;
}

/** The key of the token that an honest caller holds: after a planned rotation more and more hold one under the new key. */
function honestKid({ rotatesAt, publishesAt, withdrawsAt }: Scenario, now: number, random: () => number): string {
  if (rotatesAt === undefined || now < rotatesAt * MINUTE) return 'key-1';
  // Where a key is withdrawn, half of the callers continue with tokens under it: those must be refused.
  if (withdrawsAt !== undefined) return random() < 0.5 ? 'key-1' : 'key-2';
  if (publishesAt === undefined) return 'key-2';
  return random() < (now - rotatesAt * MINUTE) / TAKE_OVER_MS ? 'key-2' : 'key-1';
}

function count(scenario: Scenario, kid: string, now: number, outcome: Outcome, counts: Counts): void {
  const withdrawnAt = kid === 'key-1' && scenario.withdrawsAt !== undefined ? scenario.withdrawsAt * MINUTE : Infinity;
  if (now >= withdrawnAt) {
    const seconds = (now - withdrawnAt) / 1000;
    if (outcome === 'found') {
      counts.withdrawnAcceptedForSeconds = Math.max(counts.withdrawnAcceptedForSeconds, seconds);
    }
    return;
  }
  counts.honest += 1;
  if (outcome === 'refused') counts.wronglyRefused += 1;
  if (outcome === 'unavailable') counts.unavailable += 1;
  if (kid !== 'key-2') return;
  counts.underNewKey += 1;
  if (outcome === 'refused') counts.underNewKeyRefused += 1;
}

/** The largest number of moments within any 60 s. @param moments in ascending order, milliseconds. */
function mostInOneMinute(moments: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= MINUTE) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
