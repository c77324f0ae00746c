/** One situation of a fleet. Rates are of the whole fleet, spread over its containers at random. */
export interface Scenario {
  readonly title: string;
  readonly containers: number;
  readonly minutes: number;
  /** Honest calls a second, from `honestAddresses` addresses. */
  readonly honestPerSecond: number;
  readonly honestAddresses: number;
  /** Malformed or forged calls a second, from `junkAddresses` addresses of their own. */
  readonly junkPerSecond: number;
  /** What is wrong with them: a key id that does not exist (the default), or the signature under one that does. */
  readonly junk?: 'kid' | 'signature';
  readonly junkAddresses: number;
  /** When it starts, in minutes; from the beginning when absent. */
  readonly junkStartsAt?: number;
  /** When the provider starts to sign with `key-2`, in minutes. Its tokens take over within ten minutes, or at once. */
  readonly rotatesAt?: number;
  /** When `key-2` is published; when absent, at the rotation itself: a sudden one, all tokens at once. */
  readonly publishesAt?: number;
  /** When `key-1` is withdrawn. Tokens under it are still presented, and must be refused soon. */
  readonly withdrawsAt?: number;
  /** From when to when the provider does not answer, in minutes. */
  readonly outage?: readonly [number, number];
}

const calm = {
  containers: 1_000,
  minutes: 60,
  honestPerSecond: 200,
  honestAddresses: 5_000,
  junkPerSecond: 0,
  junkAddresses: 1,
} as const;

const flood = { ...calm, junkPerSecond: 1_000, rotatesAt: 30 } as const;

/** Names are keys of the results: do not rename lightly. */
export const scenarios = {
  steady: { ...calm, title: 'steady, no junk' },
  'planned-rotation': { ...calm, title: 'rotation, published 10 min ahead', publishesAt: 20, rotatesAt: 30 },
  'sudden-rotation': { ...calm, title: 'sudden rotation', rotatesAt: 30 },
  'junk-1': { ...flood, title: '1,000 junk kids/s from 1 address, sudden rotation', junkAddresses: 1 },
  'junk-20': { ...flood, title: '1,000 junk kids/s from 20 addresses, sudden rotation', junkAddresses: 20 },
  'junk-20-onset': {
    ...flood,
    title: 'the same, but it starts ten seconds before the rotation',
    junkAddresses: 20,
    junkStartsAt: 30 - 10 / 60,
  },
  'junk-1000': { ...flood, title: '1,000 junk kids/s from 1,000 addresses, sudden rotation', junkAddresses: 1_000 },
  'trickle-20': {
    ...flood,
    title: '50 junk kids/s from 20 addresses, sudden rotation',
    junkPerSecond: 50,
    junkAddresses: 20,
  },
  'forged-20': {
    ...flood,
    title: '1,000 forged signatures/s from 20 addresses, sudden rotation',
    junk: 'signature',
    junkAddresses: 20,
  },
  'forged-1000': {
    ...flood,
    title: '1,000 forged signatures/s from 1,000 addresses, sudden rotation',
    junk: 'signature',
    junkAddresses: 1_000,
  },
  'large-fleet': {
    ...flood,
    title: '10,000 containers, 1,000 junk kids/s from 20 addresses, sudden rotation',
    containers: 10_000,
    minutes: 30,
    rotatesAt: 15,
    honestPerSecond: 500,
    junkAddresses: 20,
  },
  outage: { ...calm, title: 'provider down for 20 min', outage: [20, 40] },
  'outage-junk-20': {
    ...calm,
    title: 'provider down for 20 min, 1,000 junk kids/s from 20 addresses',
    junkPerSecond: 1_000,
    junkAddresses: 20,
    outage: [20, 40],
  },
  withdrawal: {
    ...calm,
    title: 'key withdrawn',
    honestPerSecond: 1_000,
    publishesAt: 20,
    rotatesAt: 20,
    withdrawsAt: 21,
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

/** The same load per container, for ten of them. */
export function tenContainers(scenario: Scenario): Partial<Scenario> {
  const share = 10 / scenario.containers;
  return {
    containers: 10,
    honestPerSecond: scenario.honestPerSecond * share,
    junkPerSecond: scenario.junkPerSecond * share,
  };
}
