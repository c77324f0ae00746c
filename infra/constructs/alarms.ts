import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Alarm, ComparisonOperator, type IMetric, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AuthorizerMetrics } from './authorizer-metrics';

/** Where alarms go and what they tell their reader to open. */
export interface AlarmDefaults {
  /**
   * Topic that every alarm is sent to, and its end, too.
   * @default none: alarms are shown in CloudWatch and sent nowhere
   */
  readonly alarmTopic?: ITopic;
  /**
   * Address of the runbook; the alarms' descriptions add `#section`.
   * @default 'docs/operations.md'
   */
  readonly runbookUrl?: string;
}

export const DEFAULT_RUNBOOK_URL = 'docs/operations.md';

/** Forged or foreign-signed tokens in five minutes that are more than somebody's mistake. */
const FORGED_TOKENS = 100;
/** Above this an authorizer is slow for its callers, in milliseconds. A warm decision takes a few. */
const SLOW_MILLISECONDS = 1_000;
/** Answers with 5xx in five minutes. */
const SERVER_ERRORS = 10;

interface AlarmSpec {
  readonly metric: IMetric;
  readonly threshold: number;
  /** Periods of the metric that are looked at, and how many of them must be at or above the threshold. */
  readonly periods: readonly [breaching: number, of: number];
  /** What happened, what callers notice, what to do first. */
  readonly description: string;
  /** Heading in docs/operations.md, as its link spells it. */
  readonly section: string;
}

/**
 * Alarms on the authorizer. None looks at the function's `Errors`: that is how API Gateway is told 401, so every expired
 * token counts there.
 */
export function addAuthorizerAlarms(
  scope: Construct,
  metrics: AuthorizerMetrics,
  fn: IFunction,
  defaults: AlarmDefaults,
): Alarm[] {
  const everyMinutes = (metric: Metric, minutes: number) => metric.with({ period: Duration.minutes(minutes) });
  return [
    add(scope, 'KeysUnavailableAlarm', defaults, {
      metric: everyMinutes(metrics.refusals('keys_unavailable'), 1),
      threshold: 1,
      periods: [2, 5],
      description:
        "Callers get 503: the provider's keys cannot be fetched and none are in hand. Check the provider's key set address and the authorizer's way to it.",
      section: 'keys-unavailable',
    }),
    add(scope, 'KeyRefreshAlarm', defaults, {
      metric: everyMinutes(metrics.keyFetchFailures(), 5),
      threshold: 1,
      periods: [3, 3],
      description:
        "Callers notice nothing yet: the provider's keys cannot be refreshed, the ones in hand stay in use until AUTHACTION_KEYS_MAX_AGE_SECONDS is over. Find out why before it is.",
      section: 'keys-not-refreshed',
    }),
    add(scope, 'InternalErrorAlarm', defaults, {
      metric: everyMinutes(metrics.faults(), 5),
      threshold: 1,
      periods: [1, 1],
      description:
        'Callers get 503: the authorizer failed in a way it should not, or is called by something other than a REST API. Look up the line with reason internal_error or unsupported_event and roll back if a deployment came just before.',
      section: 'internal-error',
    }),
    add(scope, 'ForgedTokensAlarm', defaults, {
      metric: everyMinutes(metrics.forgedTokens(), 5),
      threshold: FORGED_TOKENS,
      periods: [1, 1],
      description:
        "Many tokens are signed with keys that are not the provider's: an attack, or a rotation that has not reached this API. They are refused; see whether good callers are among them.",
      section: 'forged-tokens',
    }),
    add(scope, 'AuthorizerThrottlesAlarm', defaults, {
      metric: fn.metricThrottles({ period: Duration.minutes(5) }),
      threshold: 1,
      periods: [1, 1],
      description:
        "Callers get 5xx: Lambda ran out of concurrency for the authorizer. Raise the account's or the function's limit, or the cache TTL.",
      section: 'throttles',
    }),
    add(scope, 'AuthorizerLatencyAlarm', defaults, {
      metric: fn.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
      threshold: SLOW_MILLISECONDS,
      periods: [3, 3],
      description:
        'Every request that is not cached waits for a slow authorizer. Compare with the time of key fetches and cold starts on the dashboard.',
      section: 'slow-authorizer',
    }),
  ];
}

/** Alarms on the API as its callers see it, and on the functions behind it. */
export function addApiAlarms(
  scope: Construct,
  api: RestApi,
  handlers: ReadonlyMap<string, IFunction>,
  defaults: AlarmDefaults,
): Alarm[] {
  return [
    add(scope, 'ServerErrorsAlarm', defaults, {
      metric: api.deploymentStage.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: SERVER_ERRORS,
      periods: [2, 3],
      description:
        "Callers get 5xx. If the alarm on unavailable keys is on as well, start there; else look at the handlers' logs.",
      section: 'server-errors',
    }),
    ...[...handlers].map(([name, handler]) =>
      add(scope, `${name}ThrottlesAlarm`, defaults, {
        metric: handler.metricThrottles({ period: Duration.minutes(5) }),
        threshold: 1,
        periods: [1, 1],
        description: `Callers get 5xx: Lambda ran out of concurrency for the handler of ${name}. Raise the account's or the function's limit, or lower the stage's throttling.`,
        section: 'throttles',
      }),
    ),
  ];
}

function add(scope: Construct, id: string, { alarmTopic, runbookUrl }: AlarmDefaults, spec: AlarmSpec): Alarm {
  const [datapointsToAlarm, evaluationPeriods] = spec.periods;
  const alarm = new Alarm(scope, id, {
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods,
    datapointsToAlarm,
    // Metrics of refusals and faults have no data points while there are none.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: `${spec.description} ${runbookUrl ?? DEFAULT_RUNBOOK_URL}#${spec.section}`,
  });
  if (alarmTopic) {
    const action = new SnsAction(alarmTopic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
  return alarm;
}
