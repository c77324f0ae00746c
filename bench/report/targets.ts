import type { FleetResult } from '../fleet/simulate';
import type { Results } from './results';

/** A promise about speed or size, and what was measured. */
export interface Target {
  readonly text: string;
  /** At most so much, as text. */
  readonly limit: string;
  /** One per Node version, or one under the empty name where Node does not matter. */
  readonly measured: Readonly<Record<string, Measurement>>;
}

export interface Measurement {
  readonly shown: string;
  readonly met: boolean;
}

/** Every target, in the order in which they were set. They are not adjusted to what is measured. */
export function targets({ latency, cold, share, memory, fleet }: Results): Target[] {
  const list: Target[] = [];
  const atMost = <T>(
    text: string,
    limit: number,
    unit: string,
    results: Readonly<Record<string, { readonly result: T }>>,
    value: (result: T) => number | undefined,
  ) => {
    const measured = Object.entries(results).map(([node, { result }]) => {
      const number = value(result) ?? Number.NaN;
      return [node, { shown: `${Number(number.toPrecision(3))}${unit}`, met: number <= limit }] as const;
    });
    list.push({ text, limit: `${limit}${unit}`, measured: Object.fromEntries(measured) });
  };
  const ratio = (name: string) => (result: Results['latency'][string]['result']) => result.callRatio[name];

  atMost('first-seen token, to bare `aws-jwt-verify`', 1.15, ' ×', latency, ratio('first-seen: ours'));
  for (const peer of ['jose', 'jsonwebtoken']) {
    atMost(`first-seen token, to \`${peer}\``, 1, ' ×', latency, ({ callMicroseconds: call }) =>
      divided(call['first-seen: ours'], call[`first-seen: ${peer}`]),
    );
  }
  atMost(
    'repeated token, to an empty handler, event bytes in and answer bytes out',
    1.5,
    ' ×',
    latency,
    (result) => result.invocationRatio['repeated: ours'],
  );
  for (const name of [
    'no token',
    'not a JWT',
    'alg none',
    'wrong issuer',
    'wrong audience',
    'expired',
    'unknown kid',
  ]) {
    atMost(`refused: ${name}, to a good token`, 0.1, ' ×', latency, ratio(`refused: ${name}`));
  }
  for (const name of ['8 KB of junk', '8 KB of junk in three parts', '8 KB of junk claims']) {
    atMost(`refused: ${name}, to a good token`, 0.02, ' ×', latency, ratio(`refused: ${name}`));
  }
  atMost('refused: wrong signature, to a good token', 1.1, ' ×', latency, ratio('refused: wrong signature'));
  atMost('load and first decision over an empty handler, to bare `aws-jwt-verify`', 1.25, ' ×', cold, (result) =>
    divided(result.overEmptyMilliseconds.ours, result.overEmptyMilliseconds['aws-jwt-verify']),
  );
  atMost('size of the bundle', 30, ' kB', cold, ({ bundleBytes }) => (bundleBytes.ours ?? Number.NaN) / 1000);
  atMost(
    'first call at 128 MB, after init, to an empty handler',
    2,
    ' ×',
    share,
    ({ ratio: r }) => r['after init'].ours,
  );
  atMost(
    'first call at 128 MB, at once after load, to an empty handler',
    2,
    ' ×',
    share,
    ({ ratio: r }) => r['at once'].ours,
  );
  atMost('retained by one million decisions', 2, ' MB', memory, ({ ours }) => {
    return ours && ours.decisions >= 1_000_000 ? Math.max(0, ours.retainedBytes) / 1e6 : undefined;
  });

  for (const scenario of ['junk-1', 'junk-20'] as const) {
    const text = scenario === 'junk-1' ? '1 address' : '20 addresses';
    atMost(`1,000 junk kids/s from ${text}: provider requests, to the penalty box`, 0.1, ' ×', fleet, (result) =>
      divided(result[scenario].ours.providerRequests, result[scenario]['penalty-box'].providerRequests),
    );
    atMost(`1,000 junk kids/s from ${text}: tokens under a suddenly rotated key refused`, 0, ' %', fleet, (result) =>
      refusedShare(result[scenario].ours),
    );
  }
  atMost('provider down for 20 min: tokens under a known key not accepted', 0, ' %', fleet, ({ outage: { ours } }) =>
    divided(100 * (ours.wronglyRefused + ours.unavailable), ours.honest),
  );
  for (const scenario of ['outage', 'outage-junk-20'] as const) {
    const text = scenario === 'outage' ? '' : ', with 1,000 junk kids/s';
    atMost(
      `provider down for 20 min${text}: most attempts of a container in any minute`,
      1,
      '',
      fleet,
      (result) => result[scenario].ours.outageMostInOneMinute,
    );
  }
  atMost(
    'a withdrawn key is accepted no longer than',
    375,
    ' s',
    fleet,
    (result) => result.withdrawal.ours.withdrawnAcceptedForSeconds,
  );
  return list;
}

const divided = (value: number | undefined, by: number | undefined) => (value ?? Number.NaN) / (by ?? Number.NaN);

const refusedShare = ({ underNewKey, underNewKeyRefused }: FleetResult) =>
  divided(100 * underNewKeyRefused, underNewKey);
