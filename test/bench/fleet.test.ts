import { always } from '../../bench/fleet/policies/always';
import { limiter } from '../../bench/fleet/policies/limiter';
import { ours as ourStore } from '../../bench/fleet/policies/ours';
import { penaltyBox } from '../../bench/fleet/policies/penalty-box';
import type { MakePolicy } from '../../bench/fleet/policy';
import { type ScenarioName, scenarios, tenContainers } from '../../bench/fleet/scenarios';
import { type FleetResult, simulate } from '../../bench/fleet/simulate';

const SEED = 1;

/** Ten containers with the load per container of the whole fleet: containers share nothing. */
const simulateTen = (scenario: ScenarioName, make: MakePolicy): Promise<FleetResult> =>
  simulate({ ...scenarios[scenario], ...tenContainers(scenarios[scenario]) }, make, SEED);

const runs = new Map<string, Promise<FleetResult>>();

/** The counts of {@link simulateTen}: each scenario runs once under each policy. */
function run(scenario: ScenarioName, make: MakePolicy = ourStore): Promise<FleetResult> {
  const name = `${scenario} ${make.name}`;
  const result = runs.get(name) ?? simulateTen(scenario, make);
  runs.set(name, result);
  return result;
}

test.each(['junk-1', 'junk-20'] as const)(
  '%s: an eighth of the requests of the penalty box at most, no honest caller refused',
  async (name) => {
    const ours = await run(name);
    const peer = await run('junk-1', penaltyBox); // which takes no notice of addresses
    expect(ours.providerRequests).toBeLessThanOrEqual(peer.providerRequests / 8);
    expect(ours.underNewKey).toBeGreaterThan(1_000);
    expect(ours).toMatchObject({ wronglyRefused: 0, unavailable: 0, junkFound: 0 });
  },
);

test('forged-20: forged signatures cost no more provider requests than malformed kids, no honest caller refused', async () => {
  const ours = await run('forged-20');
  expect(ours.providerRequests).toBeLessThanOrEqual((await run('junk-20')).providerRequests);
  expect(ours.underNewKey).toBeGreaterThan(1_000);
  expect(ours).toMatchObject({ wronglyRefused: 0, unavailable: 0 });
});

test('forged-1000: forged signatures cost no more provider requests than malformed kids, and refuse fewer callers', async () => {
  const [forged, malformed] = [await run('forged-1000'), await run('junk-1000')];
  // Honest callers with the new key make a refetch of their own, which malformed kids would have used up.
  expect(forged.providerRequests).toBeLessThanOrEqual(malformed.providerRequests * 1.02);
  expect(forged.wronglyRefused).toBeLessThan(malformed.wronglyRefused);
});

test('junk-20: at most 34 requests per container and hour, where 32 are the least that refuse no new network', async () => {
  expect((await run('junk-20')).providerRequests).toBeLessThanOrEqual(10 * 34);
});

test('junk-1000: at most 98 requests per container and hour, and 2 % of the calls under the new key refused', async () => {
  const { providerRequests, underNewKey, underNewKeyRefused, unavailable } = await run('junk-1000');
  expect(providerRequests).toBeLessThanOrEqual(10 * 98);
  expect(underNewKeyRefused / underNewKey).toBeLessThan(0.02);
  expect(unavailable).toBe(0);
});

test('junk-20-onset: no honest caller is refused in the flood that begins before a rotation', async () => {
  expect(await run('junk-20-onset')).toMatchObject({ wronglyRefused: 0, unavailable: 0 });
});

test.each(['steady', 'planned-rotation', 'sudden-rotation'] as const)(
  '%s: no honest caller is refused',
  async (name) => {
    const ours = await run(name);
    expect(ours.honest).toBeGreaterThan(1_000);
    expect(ours).toMatchObject({ wronglyRefused: 0, unavailable: 0 });
  },
);

test('goes on with known keys while the provider is down, and asks once a minute at most', async () => {
  const ours = await run('outage');
  expect(ours).toMatchObject({ wronglyRefused: 0, unavailable: 0 });
  expect(ours.outageRequestsPerMinute).toBeGreaterThan(0.5);
  expect(ours.outageMostInOneMinute).toBe(1);
});

test('refuses a withdrawn key within 5 minutes and a quarter', async () => {
  const { withdrawnAcceptedForSeconds } = await run('withdrawal');
  expect(withdrawnAcceptedForSeconds).toBeGreaterThan(60);
  expect(withdrawnAcceptedForSeconds).toBeLessThanOrEqual(375);
});

test('the same seed gives the same counts', async () => {
  expect(await simulateTen('trickle-20', ourStore)).toEqual(await simulateTen('trickle-20', ourStore));
});

test('the peers behave as documented', async () => {
  expect((await run('junk-1', always)).providerRequests).toBeGreaterThan(30_000);
  expect((await run('junk-1', limiter)).wronglyRefused).toBeGreaterThan(100);
  const penalised = await run('junk-1', penaltyBox);
  expect(penalised.providerRequests).toBeGreaterThan(10 * 300);
  expect(penalised.providerRequests).toBeLessThan(10 * 361);
  expect((await run('withdrawal', penaltyBox)).withdrawnAcceptedForSeconds).toBeGreaterThan(1_700);
});
