import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AuthorizerMetrics } from './authorizer-metrics';

/** From which value on each alarm is raised. */
export interface AlarmThresholds {
  /**
   * Calls in one minute that get 503 because no keys are available; in two of five minutes.
   * @default 1
   */
  readonly keysUnavailable?: number;
  /**
   * Fetches of the provider's keys in five minutes that fail; three times in a row.
   * @default 1
   */
  readonly keyFetchFailures?: number;
  /**
   * Failures of the authorizer itself in five minutes.
   * @default 1
   */
  readonly internalErrors?: number;
  /**
   * Tokens in five minutes that are signed with a key that is not the provider's.
   * @default 100
   */
  readonly forgedTokens?: number;
  /**
   * Refusals in four minutes for reasons that point to configuration, while almost no caller is allowed; twice in a row.
   * @default 20
   */
  readonly configurationRefusals?: number;
  /**
   * Allow decisions in four minutes from which on callers do get in, so that the same alarm is not raised.
   * @default 10
   */
  readonly allowedCalls?: number;
  /**
   * Invocations in five minutes that Lambda throttles, of each function.
   * @default 1
   */
  readonly throttles?: number;
  /**
   * The authorizer's 99th percentile in five minutes, three times in a row. A warm decision takes some milliseconds.
   * @default Duration.seconds(1)
   */
  readonly authorizerDuration?: Duration;
  /**
   * Answers in five minutes with 5xx; in two of three.
   * @default 10
   */
  readonly serverErrors?: number;
}

const defaultThresholds: Required<AlarmThresholds> = {
  keysUnavailable: 1,
  keyFetchFailures: 1,
  internalErrors: 1,
  forgedTokens: 100,
  configurationRefusals: 20,
  allowedCalls: 10,
  throttles: 1,
  authorizerDuration: Duration.seconds(1),
  serverErrors: 10,
};

/** Where alarms go, what they tell their reader to open, and when they are raised. */
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
  /**
   * From which value on each alarm is raised.
   * @default each threshold's own
   */
  readonly alarmThresholds?: AlarmThresholds;
}

export const DEFAULT_RUNBOOK_URL = 'docs/operations.md';

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
 * Alarms on the authorizer. None is raised by the function's `Errors` alone: that is how API Gateway is told 401, so every
 * expired token counts there.
 */
export function addAuthorizerAlarms(
  scope: Construct,
  metrics: AuthorizerMetrics,
  fn: IFunction,
  defaults: AlarmDefaults,
): Alarm[] {
  const everyMinutes = (metric: Metric, minutes: number) => metric.with({ period: Duration.minutes(minutes) });
  const thresholds = { ...defaultThresholds, ...defaults.alarmThresholds };
  return [
    add(scope, 'KeysUnavailableAlarm', defaults, {
      metric: everyMinutes(metrics.refusals('keys_unavailable'), 1),
      threshold: thresholds.keysUnavailable,
      periods: [2, 5],
      description:
        "Callers get 503: the provider's keys cannot be fetched and no cached ones are left. Check the provider's key set address and the authorizer's way to it.",
      section: 'keys-unavailable',
    }),
    add(scope, 'KeyRefreshAlarm', defaults, {
      metric: everyMinutes(metrics.keyFetchFailures(), 5),
      threshold: thresholds.keyFetchFailures,
      periods: [3, 3],
      description:
        "Callers notice nothing yet: the provider's keys cannot be refreshed, the cached ones stay in use until AUTHACTION_KEYS_MAX_AGE_SECONDS is over. Find out why before it is.",
      section: 'keys-not-refreshed',
    }),
    add(scope, 'InternalErrorAlarm', defaults, {
      metric: everyMinutes(metrics.faults(), 5),
      threshold: thresholds.internalErrors,
      periods: [1, 1],
      description:
        'Callers get 503: the authorizer failed in a way it should not, or is called by something other than a REST API. Look up the line with reason internal_error or unsupported_event and roll back if a deployment came just before.',
      section: 'internal-error',
    }),
    add(scope, 'NoCallerAllowedAlarm', defaults, {
      metric: refusalsWhileNoneAllowed(metrics, fn, thresholds.allowedCalls),
      threshold: thresholds.configurationRefusals,
      periods: [2, 2],
      description:
        'Almost no caller gets in: tokens are refused for their issuer, audience, type, scopes or client. Look up which reason, and roll back if a deployment came just before; else the provider has changed its tokens.',
      section: 'no-caller-allowed',
    }),
    add(scope, 'ForgedTokensAlarm', defaults, {
      metric: everyMinutes(metrics.forgedTokens(), 5),
      threshold: thresholds.forgedTokens,
      periods: [1, 1],
      description:
        "Many tokens are signed with keys that are not the provider's: an attack, or a rotation that has not reached this API. They are refused; see whether good callers are among them.",
      section: 'forged-tokens',
    }),
    add(scope, 'AuthorizerThrottlesAlarm', defaults, {
      metric: fn.metricThrottles({ period: Duration.minutes(5) }),
      threshold: thresholds.throttles,
      periods: [1, 1],
      description:
        "Callers get 5xx: Lambda has no concurrency left for the authorizer. Raise the account's or the function's limit, or the cache TTL.",
      section: 'throttles',
    }),
    add(scope, 'AuthorizerLatencyAlarm', defaults, {
      metric: fn.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
      threshold: thresholds.authorizerDuration.toMilliseconds(),
      periods: [3, 3],
      description:
        'Every request that is not cached waits for a slow authorizer. Compare with the time of key fetches and cold starts.',
      section: 'slow-authorizer',
    }),
  ];
}

/**
 * Refusals for reasons that point to configuration, or 0 while callers get in: as many as `allowedCalls`, or more than a
 * tenth of the refusals.
 *
 * Allow decisions are counted as invocations without an error that are no 403. Their log lines may be sampled, and a few
 * sampled lines cannot distinguish "few" from "none".
 */
function refusalsWhileNoneAllowed(metrics: AuthorizerMetrics, fn: IFunction, allowedCalls: number): MathExpression {
  const period = Duration.minutes(4);
  const refused = '(FILL(configuration, 0) + FILL(forbidden, 0))';
  const allowed = '(invocations - FILL(errors, 0) - FILL(forbidden, 0))';
  return new MathExpression({
    expression: `IF((${allowed} < ${allowedCalls}) AND (${allowed} * 10 <= ${refused}), ${refused}, 0)`,
    label: 'refusals that point to configuration while almost no caller is allowed',
    usingMetrics: {
      configuration: metrics.configurationRefusals(),
      forbidden: metrics.forbiddenCalls(),
      invocations: fn.metricInvocations(),
      errors: fn.metricErrors(),
    },
    period,
  });
}

/** Alarms on the API as its callers see it, and on the functions behind it. */
export function addApiAlarms(
  scope: Construct,
  api: RestApi,
  handlers: ReadonlyMap<string, IFunction>,
  defaults: AlarmDefaults,
): Alarm[] {
  const thresholds = { ...defaultThresholds, ...defaults.alarmThresholds };
  return [
    add(scope, 'ServerErrorsAlarm', defaults, {
      metric: api.deploymentStage.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: thresholds.serverErrors,
      periods: [2, 3],
      description:
        "Callers get 5xx. If the alarm on unavailable keys is on as well, start there; else look at the handlers' logs.",
      section: 'server-errors',
    }),
    ...[...handlers].map(([name, handler]) =>
      add(scope, `${name}ThrottlesAlarm`, defaults, {
        metric: handler.metricThrottles({ period: Duration.minutes(5) }),
        threshold: thresholds.throttles,
        periods: [1, 1],
        description: `Callers get 5xx: Lambda has no concurrency left for the handler of ${name}. Raise the account's or the function's limit, or lower the stage's throttling.`,
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
