import type { KeyStoreEvent } from '../../../lambdas/authorizer/keys/store';
import { requestEvent } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, signToken } from '../../../samples/tokens';
import { startAuthorizer } from '../../support/authorizer-process';
import { logged } from '../../support/authorizer-traffic';
import { cloudWatch, type Transformation } from '../../support/cloudwatch';
import { apiTemplate, resourcesOf } from '../../support/infra';
import { matchesFilter, select } from '../../support/metric-filter';
import { sampleRoutes } from '../../support/sample-routes';
import { seededAuthorizer } from '../../support/seeded-authorizer';

interface Filter {
  readonly FilterPattern: string;
  readonly LogGroupName: unknown;
  readonly MetricTransformations: readonly [Transformation];
}

const template = apiTemplate('prod', { MONITORING: 'full' });
const filters = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter')).map((r) => r.Properties as Filter);
const key = signingKey('key-1');

/** What CloudWatch makes of one event in the authorizer's log group: `name{dimension}=value`. */
function metricsOf(event: unknown): string[] {
  return filters
    .filter(({ FilterPattern }) => matchesFilter(FilterPattern, event))
    .map(({ MetricTransformations: [{ MetricName, MetricValue, Dimensions = [] }] }) => {
      const value = MetricValue.startsWith('$') ? select(MetricValue, event) : MetricValue;
      return `${MetricName}${Dimensions.map(({ Value }) => `{${select(Value, event)}}`).join('')}=${value}`;
    });
}

const bearer = (token: string) => requestEvent({ authorization: `Bearer ${token}` });

/** Lines that the authorizer's bundle logs for some tokens, in a process of its own. */
async function linesFor(env: Record<string, string>, tokens: readonly string[]): Promise<unknown[]> {
  const authorizer = await startAuthorizer({ env: { ...env, AUTHACTION_AUDIENCE: AUDIENCE } });
  try {
    for (const token of tokens) await authorizer.invoke(requestEvent({ authorization: `Bearer ${token}` }));
    return authorizer.lines.map((line) => JSON.parse(line));
  } finally {
    await authorizer.stop();
  }
}

test('counts every decision by its outcome, and every refusal by its reason', async () => {
  const lines = await linesFor({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_JWKS: JSON.stringify(jwks(key)) }, [
    signToken(key),
    signToken(key, goodClaims({ exp: 1 })),
    signToken(signingKey('key-1')),
    signToken(signingKey('key-1'), goodClaims({ aud: 'other' })),
  ]);
  const decisions = lines.filter((line) => (line as { decision?: unknown }).decision !== undefined);
  expect(decisions.map((line) => metricsOf(logged(line)))).toEqual([
    ['Decisions{allow}=1'],
    ['Refusals{expired}=1', 'Decisions{refuse}=1'],
    ['Refusals{bad_signature}=1', 'ForgedTokens=1', 'Decisions{refuse}=1'],
    ['Refusals{wrong_audience}=1', 'ConfigurationRefusals=1', 'Decisions{refuse}=1'],
  ]);
  const unknownKey = { decision: 'refuse', reason: 'unknown_key' };
  expect(metricsOf(logged(unknownKey))).toEqual(['Refusals{unknown_key}=1', 'ForgedTokens=1', 'Decisions{refuse}=1']);
});

test('counts a failed fetch of keys, and the call that was refused because of it', async () => {
  const domain = '127.0.0.1:1';
  const lines = await linesFor({ AUTHACTION_DOMAIN: domain }, [
    signToken(key, goodClaims({ iss: `https://${domain}` })),
  ]);
  const metrics = lines.map((line) => metricsOf(logged(line)));
  expect(metrics[0]).toEqual(['KeyFetchFailures=1']);
  expect(metrics.at(-1)).toEqual(['Refusals{keys_unavailable}=1', 'Decisions{fail}=1']);
});

test('records the time of a fetch of keys', () => {
  const event: KeyStoreEvent = { event: 'keys_fetched', keys: 2, milliseconds: 41 };
  expect(metricsOf(logged(event))).toEqual(['KeyFetchMilliseconds=41']);
});

test("counts a cold start where Lambda's report has an init time, and none where it has not", () => {
  const report = (metrics: Record<string, number>) => ({
    time: '2026-01-01T00:00:00.000Z',
    type: 'platform.report',
    record: { requestId: '1', status: 'success', metrics: { durationMs: 2.1, billedDurationMs: 3, ...metrics } },
  });
  expect(metricsOf(report({ initDurationMs: 140.5 }))).toEqual(['ColdStartMilliseconds=140.5']);
  expect(metricsOf(report({}))).toEqual([]);
});

test("every filter reads the authorizer's own log and writes to the namespace of its stack and path", () => {
  const logGroup = resourcesOf(template, 'AWS::Lambda::Function').AuthorizerFunction?.Properties.LoggingConfig.LogGroup;
  for (const { LogGroupName, MetricTransformations } of filters) {
    expect(LogGroupName).toEqual(logGroup);
    expect(MetricTransformations[0].MetricNamespace).toBe('AuthAction/authaction-api-prod/ProtectedApi/Authorizer');
  }
});

test('a metric with dimensions has no default value, which CloudWatch does not allow', () => {
  const withDefault = filters
    .map(({ MetricTransformations: [transformation] }) => transformation)
    .filter(({ DefaultValue }) => DefaultValue !== undefined);
  expect(withDefault.map(({ MetricName }) => MetricName).sort()).toEqual(['ConfigurationRefusals', 'ForbiddenCalls']);
  for (const { Dimensions } of withDefault) expect(Dimensions).toBeUndefined();
});

describe('a sampled line', () => {
  /** The metrics of 1,000 decisions, 600 of them Allow, with random numbers that are spread evenly. */
  async function metricsAt(rate: string): Promise<readonly number[]> {
    let drawn = 0;
    const random = () => (drawn++ % 100) / 100;
    const env = { AUTHACTION_JWKS: JSON.stringify(jwks(key)), AUTHACTION_ALLOW_LOG_RATE: rate };
    const { authorize, lines } = seededAuthorizer(env, sampleRoutes, { random });
    const good = bearer(signToken(key));
    const expired = bearer(signToken(key, goodClaims({ exp: 1 })));
    const scopeless = requestEvent({ authorization: `Bearer ${signToken(key)}`, resource: '/scoped' });
    for (let call = 0; call < 1_000; call += 1) {
      await authorize(call % 5 < 3 ? good : call % 5 === 3 ? expired : scopeless).catch(() => undefined);
    }
    const cloud = cloudWatch(template);
    for (const line of lines) cloud.log(0, logged(line));
    return ['allow', 'refuse', 'forbid'].map((decision) => cloud.sum('Decisions', decision));
  }

  test('counts for the Allow decisions it stands for: the metrics at rates 1 and 0.05 are the same', async () => {
    expect(await metricsAt('1')).toEqual([600, 200, 200]);
    expect(await metricsAt('0.05')).toEqual([600, 200, 200]);
  });
});

describe('monitoring', () => {
  const namesOf = (monitoring: string) =>
    Object.values(resourcesOf(apiTemplate('prod', { MONITORING: monitoring }), 'AWS::Logs::MetricFilter')).map(
      ({ Properties }) => Properties.MetricTransformations[0].MetricName,
    );
  const systemLogLevel = (monitoring: string) =>
    resourcesOf(apiTemplate('prod', { MONITORING: monitoring }), 'AWS::Lambda::Function').AuthorizerFunction?.Properties
      .LoggingConfig.SystemLogLevel;
  const alarmsOf = (monitoring: string) =>
    resourcesOf(apiTemplate('prod', { MONITORING: monitoring }), 'AWS::CloudWatch::Alarm');

  test('essential has the alarms of full, and just the metrics they look at', () => {
    expect(alarmsOf('essential')).toEqual(alarmsOf('full'));
    const used = [...JSON.stringify(alarmsOf('essential')).matchAll(/"MetricName":"(\w+)","Namespace":"AuthAction/g)];
    expect(namesOf('essential').sort()).toEqual([...new Set(used.map(([, name]) => name))].sort());
  });

  test('essential makes one metric of Refusals, not one for each reason', () => {
    const essential = cloudWatch(apiTemplate('prod', { MONITORING: 'essential' }));
    for (const reason of ['keys_unavailable', 'expired']) essential.log(0, logged({ decision: 'refuse', reason }));
    expect(essential.sum('Refusals', 'keys_unavailable')).toBe(1);
    expect(essential.sum('Refusals', 'expired')).toBe(0);
  });

  test('none has no alarm, no metric and no dashboard', () => {
    expect(alarmsOf('none')).toEqual({});
    expect(namesOf('none')).toEqual([]);
    expect(resourcesOf(apiTemplate('prod', { MONITORING: 'none' }), 'AWS::CloudWatch::Dashboard')).toEqual({});
  });

  test('only full has the dashboard, and the lines of Lambda that cold starts are read from', () => {
    const dashboards = (monitoring: string) =>
      Object.keys(resourcesOf(apiTemplate('prod', { MONITORING: monitoring }), 'AWS::CloudWatch::Dashboard')).length;
    expect([dashboards('full'), systemLogLevel('full')]).toEqual([1, 'INFO']);
    expect([dashboards('essential'), systemLogLevel('essential')]).toEqual([0, 'WARN']);
    expect(systemLogLevel('none')).toBe('WARN');
  });
});
