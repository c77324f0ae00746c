import { Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Outcome, Reason } from '../../lambdas/authorizer/decision';
import { configurationReasons } from './configuration-reasons';

export interface AuthorizerMetricsProps {
  /** Log group of the authorizer's function. */
  readonly logGroup: ILogGroup;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/**
 * Metrics made of the authorizer's log lines by metric filters: the bundle needs no library for them.
 *
 * Lambda's JSON log format puts the line under `message`. A metric with a dimension has no value of zero, so a reason
 * that never occurs costs nothing and shows nothing.
 *
 * @example
 * new Alarm(this, 'Expired', { metric: auth.metrics.refusals('expired'), threshold: 100, evaluationPeriods: 1 });
 */
export class AuthorizerMetrics extends Construct {
  private readonly namespace: string;

  constructor(scope: Construct, id: string, { logGroup, namespace }: AuthorizerMetricsProps) {
    super(scope, id);
    this.namespace = namespace;
    const filter = (
      metricName: string,
      pattern: string,
      more: { metricValue?: string; unit?: Unit; dimensions?: Record<string, string>; defaultValue?: number } = {},
    ) =>
      new MetricFilter(this, metricName, {
        logGroup,
        metricNamespace: namespace,
        metricName,
        filterPattern: FilterPattern.literal(pattern),
        metricValue: '1',
        unit: Unit.COUNT,
        ...more,
      });

    filter('Decisions', '{ $.message.decision = "*" }', { dimensions: { Decision: '$.message.decision' } });
    filter('Refusals', '{ $.message.decision = "*" && $.message.reason = "*" }', {
      dimensions: { Reason: '$.message.reason' },
    });
    // Several reasons in one metric: an alarm on it then needs no arithmetic.
    filter('ForgedTokens', anyReason('bad_signature', 'unknown_key'));
    filter('Faults', anyReason('internal_error', 'unsupported_event'));
    // Their zeros keep the expression of an alarm that needs both from having no value.
    filter('ConfigurationRefusals', anyReason(...configurationReasons), { defaultValue: 0 });
    filter('ForbiddenCalls', '{ $.message.decision = "forbid" }', { defaultValue: 0 });
    filter('KeyFetchMilliseconds', '{ $.message.event = "keys_fetched" && $.message.milliseconds >= 0 }', {
      metricValue: '$.message.milliseconds',
      unit: Unit.MILLISECONDS,
    });
    filter('KeyFetchFailures', '{ $.message.event = "keys_fetch_failed" }');
    // The platform's own line for an invocation names an init duration only when there was one.
    filter('ColdStartMilliseconds', '{ $.type = "platform.report" && $.record.metrics.initDurationMs >= 0 }', {
      metricValue: '$.record.metrics.initDurationMs',
      unit: Unit.MILLISECONDS,
    });
  }

  /** Decisions of one outcome. Allow lines may be sampled (`AUTHACTION_ALLOW_LOG_RATE`); all others are complete. */
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
