import { Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter, type MetricFilterOptions } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Outcome, Reason } from '../../lambdas/authorizer/decision';
import { configurationReasons } from './configuration-reasons';
import type { Monitoring } from './monitoring';

export interface AuthorizerMetricsProps {
  /** Log group of the authorizer's function. */
  readonly logGroup: ILogGroup;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
  /** `full` has every metric, `essential` those of the alarms, `none` has none. */
  readonly monitoring: Monitoring;
}

/**
 * Metrics made of the authorizer's log lines by metric filters: the bundle needs no library for them.
 *
 * A metric that `monitoring` leaves out can be named, but has no data: those of {@link decisions}, {@link keyFetches},
 * {@link coldStarts} and, but for `keys_unavailable`, of {@link refusals} need `full`.
 *
 * Lambda's JSON log format puts the line under `message`. A metric with a dimension has no value of zero, so a reason
 * that never occurs costs nothing and shows nothing.
 *
 * @example
 * new Alarm(this, 'Expired', { metric: auth.metrics.refusals('expired'), threshold: 100, evaluationPeriods: 1 });
 */
export class AuthorizerMetrics extends Construct {
  private readonly namespace: string;

  constructor(scope: Construct, id: string, { logGroup, namespace, monitoring }: AuthorizerMetricsProps) {
    super(scope, id);
    this.namespace = namespace;
    if (monitoring === 'none') return;
    const isFull = monitoring === 'full';
    const filter = (
      metricName: string,
      pattern: string,
      { id = metricName, ...more }: Partial<MetricFilterOptions> & { readonly id?: string } = {},
    ) =>
      new MetricFilter(this, id, {
        logGroup,
        metricNamespace: namespace,
        metricName,
        filterPattern: FilterPattern.literal(pattern),
        metricValue: '1',
        unit: Unit.COUNT,
        ...more,
      });

    filter(
      'Refusals',
      isFull ? '{ $.message.decision = "*" && $.message.reason = "*" }' : anyReason('keys_unavailable'),
      {
        dimensions: { Reason: '$.message.reason' },
      },
    );
    // Several reasons in one metric: an alarm on it then needs no arithmetic.
    filter('ForgedTokens', anyReason('bad_signature', 'unknown_key'));
    filter('Faults', anyReason('internal_error', 'unsupported_event'));
    // Their zeros keep the expression of an alarm that needs both from having no value.
    filter('ConfigurationRefusals', anyReason(...configurationReasons), { defaultValue: 0 });
    filter('ForbiddenCalls', '{ $.message.decision = "forbid" }', { defaultValue: 0 });
    filter('KeyFetchFailures', '{ $.message.event = "keys_fetch_failed" }');
    if (!isFull) return;

    const dimensions = { Decision: '$.message.decision' };
    filter('Decisions', '{ $.message.decision = "*" && $.message.weight NOT EXISTS }', { dimensions });
    filter('Decisions', '{ $.message.decision = "*" && $.message.weight >= 1 }', {
      id: 'SampledDecisions',
      metricValue: '$.message.weight',
      dimensions,
    });
    filter('KeyFetchMilliseconds', '{ $.message.event = "keys_fetched" && $.message.milliseconds >= 0 }', {
      metricValue: '$.message.milliseconds',
      unit: Unit.MILLISECONDS,
    });
    // The platform's own line for an invocation names an init duration only when there was one. Needs its level INFO.
    filter('ColdStartMilliseconds', '{ $.type = "platform.report" && $.record.metrics.initDurationMs >= 0 }', {
      metricValue: '$.record.metrics.initDurationMs',
      unit: Unit.MILLISECONDS,
    });
  }

  /** Decisions of one outcome. Where Allow lines are sampled, each counts for those it stands for. */
  decisions(decision: Outcome): Metric {
    return this.metric('Decisions', { dimensionsMap: { Decision: decision } });
  }

  /** Requests that were not let through for one reason: 401, 403 or 503. */
  refusals(reason: Reason): Metric {
    return this.metric('Refusals', { dimensionsMap: { Reason: reason } });
  }

  /** Tokens signed with keys that are not the provider's: `bad_signature` and `unknown_key` together. */
  forgedTokens(): Metric {
    return this.metric('ForgedTokens');
  }

  /** Failures of the authorizer itself: `internal_error` and `unsupported_event` together. */
  faults(): Metric {
    return this.metric('Faults');
  }

  /** Tokens refused with 401 for one of the {@link configurationReasons}. */
  configurationRefusals(): Metric {
    return this.metric('ConfigurationRefusals');
  }

  /** Good tokens that got 403: `insufficient_scope` and `client_not_allowed` together. */
  forbiddenCalls(): Metric {
    return this.metric('ForbiddenCalls');
  }

  /** Time of the fetches of the provider's keys that succeeded; their number with the statistic `SampleCount`. */
  keyFetches(): Metric {
    return this.metric('KeyFetchMilliseconds', { statistic: 'SampleCount' });
  }

  /** Fetches of the provider's keys that failed; the keys in use may still be good. */
  keyFetchFailures(): Metric {
    return this.metric('KeyFetchFailures');
  }

  /** Init time of new containers; their number with the statistic `SampleCount`. */
  coldStarts(): Metric {
    return this.metric('ColdStartMilliseconds', { statistic: 'SampleCount' });
  }

  private metric(
    metricName: string,
    more: { statistic?: string; dimensionsMap?: Record<string, string> } = {},
  ): Metric {
    return new Metric({ namespace: this.namespace, metricName, statistic: 'Sum', ...more });
  }
}

/** Pattern of the lines with one of these reasons. */
const anyReason = (...reasons: readonly Reason[]): string =>
  `{ ${reasons.map((reason) => `$.message.reason = "${reason}"`).join(' || ')} }`;
