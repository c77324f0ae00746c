import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../infra/bundling';
import { reasons } from '../../../lambdas/authorizer/decision';
import { routes } from '../../../lambdas/routes';
import { apiTemplate, resourcesOf } from '../../support/infra';

const topic = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const template = apiTemplate('prod', { ALARM_TOPIC_ARN: topic, MONITORING: 'full' });
const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => ({
  id,
  ...Properties,
}));
const alarm = (name: string) => alarms.find(({ id }) => id.includes(name));
const runbook = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8');

/** Anchors of a Markdown page's headings, as GitHub makes them. */
const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

test("no alarm is raised by the authorizer's Errors alone, where every refused token counts", () => {
  expect(alarms.length).toBeGreaterThan(0);
  expect(alarms.map(({ MetricName }) => MetricName)).not.toContain('Errors');
});

test('an alarm is raised when callers get 503 for missing keys in two of five minutes', () => {
  expect(alarm('KeysUnavailable')).toMatchObject({
    Namespace: 'AuthAction/authaction-api-prod/ProtectedApi/Authorizer',
    MetricName: 'Refusals',
    Dimensions: [{ Name: 'Reason', Value: 'keys_unavailable' }],
    Statistic: 'Sum',
    Threshold: 1,
    Period: 60,
    DatapointsToAlarm: 2,
    EvaluationPeriods: 5,
  });
});

test('the alarm on forged tokens uses the one metric of both reasons', () => {
  expect(alarm('ForgedTokens')).toMatchObject({ MetricName: 'ForgedTokens', Statistic: 'Sum', Period: 300 });
  expect(alarm('ForgedTokens')?.Dimensions).toBeUndefined();
});

test('the alarm on faults counts unsupported events as well as internal errors', () => {
  expect(alarm('InternalError')).toMatchObject({ MetricName: 'Faults', Threshold: 1, DatapointsToAlarm: 1 });
  const filters = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter'));
  const faults = filters.find(({ Properties }) => Properties.MetricTransformations[0].MetricName === 'Faults');
  for (const reason of ['internal_error', 'unsupported_event']) {
    expect(faults?.Properties.FilterPattern).toContain(`$.message.reason = "${reason}"`);
  }
});

test('the alarm on latency uses the 99th percentile of the authorizer', () => {
  expect(alarm('AuthorizerLatency')).toMatchObject({
    MetricName: 'Duration',
    ExtendedStatistic: 'p99',
    Threshold: 1000,
  });
});

test('the alarm on 5xx counts the answers of this stage only', () => {
  expect(alarm('ServerErrors')).toMatchObject({
    MetricName: '5XXError',
    Dimensions: [
      { Name: 'ApiName', Value: 'authaction-api-prod' },
      { Name: 'Stage', Value: { Ref: expect.stringContaining('DeploymentStage') } },
    ],
  });
});

test('the authorizer and every handler have an alarm on throttles', () => {
  const throttled = alarms.filter(({ MetricName }) => MetricName === 'Throttles');
  const functions = Object.keys(resourcesOf(template, 'AWS::Lambda::Function'));
  expect(functions).toHaveLength(1 + new Set(routes.map(({ handler }) => handler)).size);
  expect(throttled.map(({ Dimensions }) => Dimensions[0].Value.Ref).sort()).toEqual(functions.sort());
});

test.each(alarms)(
  '$id says what to do, links to a section of the runbook, and is not raised by missing data',
  (each) => {
    const [, text, section] = /^(.+) docs\/operations\.md#(\S+)$/.exec(each.AlarmDescription) ?? [];
    expect(text?.length).toBeGreaterThan(80);
    expect(anchors).toContain(section);
    expect(each.AlarmDescription.length).toBeLessThanOrEqual(1024);
    expect(each).toMatchObject({ TreatMissingData: 'notBreaching', AlarmActions: [topic], OKActions: [topic] });
  },
);

test('alarms have no action without a topic', () => {
  for (const { Properties } of Object.values(resourcesOf(apiTemplate('prod'), 'AWS::CloudWatch::Alarm'))) {
    expect(Properties).not.toHaveProperty('AlarmActions');
  }
});

test('alarms link to the runbook of RUNBOOK_URL', () => {
  const own = apiTemplate('prod', { RUNBOOK_URL: 'https://git.example.com/runbook.md' });
  for (const { Properties } of Object.values(resourcesOf(own, 'AWS::CloudWatch::Alarm'))) {
    expect(Properties.AlarmDescription).toMatch(/ https:\/\/git\.example\.com\/runbook\.md#\S+$/);
  }
});

describe('dashboard', () => {
  const [dashboard] = Object.values(resourcesOf(template, 'AWS::CloudWatch::Dashboard'));
  const body = dashboard?.Properties.DashboardBody['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : 'x'))
    .join('');
  const widgets: { type: string; properties: { title: string } }[] = JSON.parse(body).widgets;

  test('shows decisions, latency, cold starts, keys, errors, throttles and the effect of the cache', () => {
    expect(widgets.map(({ properties }) => properties.title)).toEqual([
      'Alarms',
      'Answers',
      'Decisions',
      'Refusals by reason',
      'Latency of the API, ms',
      'Latency of the authorizer, ms',
      'Effect of the decision cache',
      'Cold starts of the authorizer',
      "Fetches of the provider's keys",
      'Throttled by Lambda',
    ]);
  });

  test('shows every reason', () => {
    const graph = JSON.stringify(widgets.find(({ properties }) => properties.title === 'Refusals by reason'));
    for (const reason of Object.values(reasons).flat()) {
      expect(graph).toContain(`"${reason}"`);
    }
  });

  test('shows every alarm', () => {
    const status = widgets.find(({ type }) => type === 'alarm') as unknown as { properties: { alarms: string[] } };
    expect(status.properties.alarms).toHaveLength(alarms.length);
  });
});
