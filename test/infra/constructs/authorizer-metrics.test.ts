import type { KeyStoreEvent } from '../../../lambdas/authorizer/keys/store';
import { requestEvent } from '../../../samples/events';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, goodClaims, signToken } from '../../../samples/tokens';
import { startAuthorizer } from '../../support/authorizer-process';
import { apiTemplate, resourcesOf } from '../../support/infra';
import { matchesFilter, select } from '../../support/metric-filter';

interface Filter {
  readonly FilterPattern: string;
  readonly LogGroupName: unknown;
  readonly MetricTransformations: readonly [Transformation];
}
interface Transformation {
  readonly MetricName: string;
  readonly MetricNamespace: string;
  readonly MetricValue: string;
  readonly DefaultValue?: number;
  readonly Dimensions?: readonly { readonly Key: string; readonly Value: string }[];
}

const template = apiTemplate('prod');
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

/** A line of the authorizer as Lambda's JSON log format stores it. */
const logged = (message: unknown) => ({
  timestamp: '2026-01-01T00:00:00.000Z',
  level: 'INFO',
  requestId: '1',
  message,
});

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
    ['Decisions{refuse}=1', 'Refusals{expired}=1'],
    ['KeyFetchFailures=1'], // the key may have been replaced under its id
    ['Decisions{refuse}=1', 'Refusals{bad_signature}=1', 'ForgedTokens=1'],
    ['Decisions{refuse}=1', 'Refusals{wrong_audience}=1', 'ConfigurationRefusals=1'],
  ]);
  const unknownKey = { decision: 'refuse', reason: 'unknown_key' };
  expect(metricsOf(logged(unknownKey))).toEqual(['Decisions{refuse}=1', 'Refusals{unknown_key}=1', 'ForgedTokens=1']);
});

test('counts a failed fetch of keys, and the call that was refused because of it', async () => {
  const domain = '127.0.0.1:1';
  const lines = await linesFor({ AUTHACTION_DOMAIN: domain }, [
    signToken(key, goodClaims({ iss: `https://${domain}` })),
  ]);
  const metrics = lines.map((line) => metricsOf(logged(line)));
  expect(metrics[0]).toEqual(['KeyFetchFailures=1']);
  expect(metrics.at(-1)).toEqual(['Decisions{fail}=1', 'Refusals{keys_unavailable}=1']);
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
