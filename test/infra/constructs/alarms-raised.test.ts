import { Duration } from 'aws-cdk-lib';
import { routes } from '../../../lambdas/routes';
import { requestEvent } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, encodePart, goodClaims, signToken } from '../../../samples/tokens';
import { type InvocationKind, invocationKinds, invoke, lambdaMetric } from '../../support/authorizer-traffic';
import { type CloudWatch, cloudWatch } from '../../support/cloudwatch';
import { apiTemplate, resourcesOf } from '../../support/infra';

const template = apiTemplate('prod');
/** The handlers of the app's own table, and the logical ids of their functions. */
const handlers = [...new Set(routes.map(({ handler }): string => handler))];
const functionOf = (handler: string): string =>
  `${handler.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase())}Function`;
const alarmIds = Object.keys(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
const idOf = (name: string) => alarmIds.find((id) => id.includes(name)) ?? `no alarm ${name}`;
const NO_CALLER_ALLOWED = idOf('NoCallerAllowed');

const key = signingKey('key-1');
const good = { AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE, AUTHACTION_JWKS: JSON.stringify(jwks(key)) };
const bearer = (token: string, resource = '/protected') => requestEvent({ authorization: `Bearer ${token}`, resource });
const psToken = signToken(key, goodClaims(), { alg: 'PS256' });

interface Misconfiguration {
  readonly what: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly resource?: string;
}
const misconfigurations: readonly Misconfiguration[] = [
  { what: 'AUTHACTION_AUDIENCE names another API', env: { AUTHACTION_AUDIENCE: 'https://other.example.test' } },
  { what: 'AUTHACTION_DOMAIN names another tenant', env: { AUTHACTION_DOMAIN: 'other.example.test' } },
  {
    what: 'AUTHACTION_SCOPE_CLAIM names a claim that tokens lack',
    env: { AUTHACTION_SCOPE_CLAIM: 'permissions' },
    token: signToken(key, goodClaims({ scope: 'read:messages' })),
    resource: '/scoped',
  },
  { what: 'AUTHACTION_ALLOWED_CLIENTS leaves every caller out', env: { AUTHACTION_ALLOWED_CLIENTS: 'other' } },
  { what: 'AUTHACTION_TOKEN_TYPE asks for a type that tokens lack', env: { AUTHACTION_TOKEN_TYPE: 'at+jwt' } },
  { what: 'the provider signs with another algorithm', token: psToken },
  { what: 'the provider leaves out a required claim', token: signToken(key, goodClaims({ sub: undefined })) },
  { what: 'AUTHACTION_REVOKED names the key in use', env: { AUTHACTION_REVOKED: 'kid:key-1' } },
];

type Kind = InvocationKind;
type Eight = [Kind, Kind, Kind, Kind, Kind, Kind, Kind, Kind];

/** What each kind of call leaves behind, taken from the bundle. */
let allowed: InvocationKind;
let expired: InvocationKind;
let wrongAudience: InvocationKind;
let wrongIssuer: InvocationKind;
let noToken: InvocationKind;
let junk: InvocationKind;
let forged: InvocationKind;
let noKeys: InvocationKind;
let unsupportedEvent: InvocationKind;
let misconfigured: ReadonlyMap<Misconfiguration, InvocationKind>;

beforeAll(async () => {
  const events = [
    bearer(signToken(key)),
    bearer(signToken(key, goodClaims({ exp: 1 }))),
    bearer(signToken(key, goodClaims({ aud: 'other' }))),
    bearer(signToken(key, goodClaims({ iss: 'https://other.example.test' }))),
    requestEvent(),
    bearer(encodePart('junk')),
    bearer(signToken(signingKey('key-1'))),
    {},
  ];
  const kinds = await invocationKinds(good, events);
  [allowed, expired, wrongAudience, wrongIssuer, noToken, junk, forged, unsupportedEvent] = kinds as Eight;
  const domain = '127.0.0.1:1'; // nothing listens there
  const token = signToken(key, goodClaims({ iss: `https://${domain}` }));
  noKeys =
    (await invocationKinds({ ...good, AUTHACTION_DOMAIN: domain, AUTHACTION_JWKS: '' }, [bearer(token)]))[0] ?? junk;
  const made = misconfigurations.map(async (each) => {
    const { env = {}, token: sent = signToken(key), resource } = each;
    const [kind] = await invocationKinds({ ...good, ...env }, [bearer(sent, resource)]);
    return [each, kind ?? junk] as const;
  });
  misconfigured = new Map(await Promise.all(made));
}, 60_000);

/** Every alarm raised within these minutes, with the first minute it was. */
function raisedWithin(cloud: CloudWatch, from: number, to: number): Map<string, number> {
  const raised = new Map<string, number>();
  for (let minute = from; minute < to; minute += 1) {
    for (const id of cloud.raisedAt(minute)) if (!raised.has(id)) raised.set(id, minute);
  }
  return raised;
}

describe('no caller is allowed', () => {
  test.each(misconfigurations)('is raised within ten minutes when $what', (misconfiguration) => {
    const kind = misconfigured.get(misconfiguration) as InvocationKind;
    for (const callsPerMinute of [6, 600]) {
      const cloud = cloudWatch(template);
      for (let minute = 0; minute < 60; minute += 1) invoke(cloud, minute, allowed, callsPerMinute);
      for (let minute = 60; minute < 70; minute += 1) invoke(cloud, minute, kind, callsPerMinute);
      const raised = raisedWithin(cloud, 0, 70);
      expect([...raised.keys()]).toEqual([NO_CALLER_ALLOWED]);
      expect(raised.get(NO_CALLER_ALLOWED)).toBeGreaterThanOrEqual(60);
    }
  });

  test('is not raised by one client that is refused while others are allowed', () => {
    const cloud = cloudWatch(template);
    for (let minute = 0; minute < 60; minute += 1) {
      invoke(cloud, minute, wrongAudience, 600);
      invoke(cloud, minute, allowed, 3);
    }
    expect(raisedWithin(cloud, 0, 60).size).toBe(0);
  });

  test('is not raised by one client that keeps trying while no other calls', () => {
    const cloud = cloudWatch(template);
    for (let minute = 0; minute < 60; minute += 1) invoke(cloud, minute, wrongAudience, 4);
    expect(raisedWithin(cloud, 0, 60).size).toBe(0);
  });

  test('is not raised where a share of the callers is refused, even at little traffic', () => {
    const cloud = cloudWatch(template);
    for (let minute = 0; minute < 60; minute += 1) {
      invoke(cloud, minute, wrongAudience, 6);
      invoke(cloud, minute, allowed, 1);
    }
    expect(raisedWithin(cloud, 0, 60).size).toBe(0);
  });

  test('is raised at the thresholds that the props name', () => {
    const own = apiTemplate('prod', {}, { alarmThresholds: { configurationRefusals: 8, allowedCalls: 2 } });
    const cloud = cloudWatch(own);
    for (let minute = 0; minute < 20; minute += 1) invoke(cloud, minute, wrongAudience, 2);
    expect([...raisedWithin(cloud, 0, 20).keys()]).toEqual([NO_CALLER_ALLOWED]);
  });
});

test('a week with expired tokens, a rotation, an outage and floods raises only the alarms meant for them', () => {
  const day = 24 * 60;
  const cloud = cloudWatch(template);
  const rotation = 2 * day + 9 * 60;
  const outage = 3 * day + 14 * 60;
  const nightFlood = 4 * day + 2 * 60;
  const dayFlood = 5 * day + 12 * 60;
  const within = (minute: number, start: number, length: number) => minute >= start && minute < start + length;
  let expiredCalls = 0;
  let calls = 0;
  for (let minute = 0; minute < 7 * day; minute += 1) {
    // Two calls a minute at night, 120 at noon.
    const callsNow = Math.round(61 - 59 * Math.cos((2 * Math.PI * (minute % day)) / day));
    const expiredNow = Math.round(callsNow * 0.3);
    calls += callsNow;
    expiredCalls += expiredNow;
    if (within(minute, outage, 180)) {
      invoke(cloud, minute, noKeys, callsNow - expiredNow);
      cloud.log(minute, noKeys.fetches[0]);
    } else {
      invoke(cloud, minute, allowed, callsNow - expiredNow);
    }
    invoke(cloud, minute, expired, expiredNow);
    invoke(cloud, minute, wrongAudience, minute % 10 === 0 ? 3 : 0);
    if (within(minute, rotation, 2)) invoke(cloud, minute, forged, 10);
    if (within(minute, nightFlood, 30)) {
      for (const kind of [noToken, junk, forged]) invoke(cloud, minute, kind, 2_000);
    }
    if (within(minute, dayFlood, 30)) {
      for (const kind of [noToken, junk, forged, wrongIssuer, wrongAudience]) invoke(cloud, minute, kind, 2_000);
    }
  }
  expect(expiredCalls / calls).toBeCloseTo(0.3, 1);

  const raised = raisedWithin(cloud, 0, 7 * day);
  expect([...raised.keys()].sort()).toEqual([idOf('KeysUnavailable'), idOf('KeyRefresh'), idOf('ForgedTokens')].sort());
  expect(raised.get(idOf('KeysUnavailable'))).toBe(outage + 1);
  expect(raised.get(idOf('KeyRefresh'))).toBeGreaterThanOrEqual(outage);
  expect(raised.get(idOf('ForgedTokens'))).toBe(nightFlood);
});

describe('each alarm is raised by its cause and by no other', () => {
  const serverErrors = (cloud: CloudWatch, minute: number, count: number) =>
    cloud.put(minute, resourcesOf(template, 'AWS::CloudWatch::Alarm')[idOf('ServerErrors')]?.Properties, 1, count);
  const causes: readonly (readonly [string, string, (cloud: CloudWatch, minute: number) => void])[] = [
    ['KeysUnavailable', 'calls that get 503 for missing keys', (cloud, minute) => invoke(cloud, minute, noKeys, 1)],
    ['KeyRefresh', 'fetches that fail', (cloud, minute) => minute % 5 === 0 && cloud.log(minute, noKeys.fetches[0])],
    [
      'InternalError',
      'an event of another API',
      (cloud, minute) => minute === 30 && invoke(cloud, minute, unsupportedEvent, 1),
    ],
    ['ForgedTokens', '100 forged tokens', (cloud, minute) => minute === 30 && invoke(cloud, minute, forged, 100)],
    ['NoCallerAllowed', 'refusals of every caller', (cloud, minute) => invoke(cloud, minute, wrongAudience, 10)],
    [
      'AuthorizerThrottles',
      'a throttled authorizer',
      (cloud, minute) => cloud.put(minute, lambdaMetric('Throttles'), 1),
    ],
    [
      'AuthorizerLatency',
      'a slow authorizer',
      (cloud, minute) => cloud.put(minute, lambdaMetric('Duration'), 1_200, 10),
    ],
    ['ServerErrors', 'answers with 5xx', (cloud, minute) => serverErrors(cloud, minute, 3)],
    ...handlers.map(
      (handler) =>
        [
          `${handler}Throttles`,
          'a throttled handler',
          (cloud: CloudWatch, minute: number) => cloud.put(minute, lambdaMetric('Throttles', functionOf(handler)), 1),
        ] as const,
    ),
  ];

  test('the causes are those of all alarms', () => {
    expect(causes.map(([name]) => idOf(name)).sort()).toEqual([...alarmIds].sort());
  });

  test.each(causes)('%sAlarm by %s', (name, _what, cause) => {
    const cloud = cloudWatch(template);
    for (let minute = 0; minute < 60; minute += 1) {
      if (name !== 'NoCallerAllowed') invoke(cloud, minute, allowed, 10);
      cause(cloud, minute);
    }
    expect([...raisedWithin(cloud, 0, 60).keys()]).toEqual([idOf(name)]);
  });

  test('none by a little of everything', () => {
    const cloud = cloudWatch(template);
    for (let minute = 0; minute < 60; minute += 1) {
      invoke(cloud, minute, allowed, 10);
      for (const kind of [expired, noToken, junk, wrongIssuer, wrongAudience, forged]) invoke(cloud, minute, kind, 5);
      cloud.put(minute, lambdaMetric('Throttles'), 0);
      serverErrors(cloud, minute, 1);
    }
    cloud.log(20, noKeys.fetches[0]);
    invoke(cloud, 40, noKeys, 5);
    cloud.put(50, lambdaMetric('Duration'), 1_200, 1);
    expect(raisedWithin(cloud, 0, 60).size).toBe(0);
  });
});

/** No two alike, so that each alarm has the one that is meant for it. */
const ownThresholds = apiTemplate(
  'prod',
  {},
  {
    alarmThresholds: {
      keysUnavailable: 11,
      keyFetchFailures: 12,
      internalErrors: 13,
      forgedTokens: 14,
      configurationRefusals: 15,
      throttles: 16,
      authorizerDuration: Duration.millis(700),
      serverErrors: 17,
    },
  },
);

test.each([
  ['KeysUnavailable', 11],
  ['KeyRefresh', 12],
  ['InternalError', 13],
  ['ForgedTokens', 14],
  ['NoCallerAllowed', 15],
  ['AuthorizerThrottles', 16],
  [`${handlers[0]}Throttles`, 16],
  ['AuthorizerLatency', 700],
  ['ServerErrors', 17],
])('the threshold of the %sAlarm is a prop', (name, threshold) => {
  expect(resourcesOf(ownThresholds, 'AWS::CloudWatch::Alarm')[idOf(name)]?.Properties.Threshold).toBe(threshold);
});
