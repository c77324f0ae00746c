import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from './infra';
import { matchesFilter, select } from './metric-filter';
import { evaluateExpression, type Value } from './metric-math';

type Dimensions = readonly { readonly Name: string; readonly Value: unknown }[];

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: Dimensions;
}

interface AlarmProperties extends Partial<Metric> {
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Metric; readonly Period: number; readonly Stat: string };
  }[];
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
}

/** What a metric filter makes of an event that it matches. */
export interface Transformation {
  readonly MetricName: string;
  readonly MetricNamespace: string;
  readonly MetricValue: string;
  readonly DefaultValue?: number;
  readonly Dimensions?: readonly { readonly Key: string; readonly Value: string }[];
}

/** Values of one metric in one minute, each with how often it came. */
type Samples = Map<number, number>;

/** CloudWatch for one template: its metric filters make metrics of log events, its alarms look at metrics. Time is in minutes. */
export interface CloudWatch {
  /** Takes a log event of the authorizer, `count` times. */
  log(minute: number, event: unknown, count?: number): void;
  /** Takes a value of a metric that a service of AWS publishes. */
  put(minute: number, metric: Metric, value: number, count?: number): void;
  /** Sum of a metric of the log's in all minutes, by its name and the value of its dimension. */
  sum(name: string, dimension?: string): number;
  /** The alarms that are raised at the end of a minute, by their logical ids. */
  raisedAt(minute: number): string[];
}

/**
 * Evaluates as CloudWatch documents it: an alarm with a period of a minute or more is evaluated every minute, over a window of
 * its periods that ends then.
 */
export function cloudWatch(template: Template): CloudWatch {
  const filters = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter')).map(
    ({ Properties }) =>
      Properties as { readonly FilterPattern: string; readonly MetricTransformations: readonly [Transformation] },
  );
  const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm')).map(
    ([id, { Properties }]) => [id, Properties as AlarmProperties] as const,
  );
  const metrics = new Map<string, Map<number, Samples>>();

  /** Keys of metrics, made once for each object. */
  const keys = new WeakMap<Metric, string>();

  function keyOf(metric: Metric): string {
    const { Namespace, MetricName, Dimensions = [] } = metric;
    const key =
      keys.get(metric) ?? JSON.stringify([Namespace, MetricName, Dimensions.map(({ Name, Value }) => [Name, Value])]);
    keys.set(metric, key);
    return key;
  }

  function put(minute: number, metric: Metric, value: number, count = 1): void {
    const key = keyOf(metric);
    const minutes = metrics.get(key) ?? new Map<number, Samples>();
    metrics.set(key, minutes);
    const samples = minutes.get(minute) ?? new Map<number, number>();
    minutes.set(minute, samples);
    samples.set(value, (samples.get(value) ?? 0) + count);
  }

  /** Filters of an event, looked up once: a simulated week has millions of events of few kinds. */
  const known = new Map<unknown, readonly (readonly [Metric, number])[]>();

  function metricsOf(event: unknown): readonly (readonly [Metric, number])[] {
    const found = known.get(event);
    if (found) return found;
    const made = filters.flatMap(({ FilterPattern, MetricTransformations: [transformation] }) => {
      const { MetricName, MetricNamespace: Namespace, MetricValue, DefaultValue, Dimensions = [] } = transformation;
      const dimensions = Dimensions.map(({ Key, Value }) => ({ Name: Key, Value: select(Value, event) }));
      const metric = { Namespace, MetricName, ...(dimensions.length > 0 && { Dimensions: dimensions }) };
      if (!matchesFilter(FilterPattern, event))
        return DefaultValue === undefined ? [] : [[metric, DefaultValue] as const];
      return [[metric, Number(MetricValue.startsWith('$') ? select(MetricValue, event) : MetricValue)] as const];
    });
    known.set(event, made);
    return made;
  }

  function statistic(metric: Metric, stat: string, from: number, to: number): Value {
    const minutes = metrics.get(keyOf(metric));
    const samples: [number, number][] = [];
    for (let minute = from; minute < to; minute += 1) samples.push(...(minutes?.get(minute) ?? []));
    if (samples.length === 0) return undefined;
    const count = samples.reduce((total, [, times]) => total + times, 0);
    if (stat === 'SampleCount') return count;
    if (stat === 'Sum') return samples.reduce((total, [value, times]) => total + value * times, 0);
    const percent = /^p(\d+)$/.exec(stat)?.[1];
    if (percent === undefined) throw new Error(`Not understood: ${stat}`);
    let rest = (count * Number(percent)) / 100;
    for (const [value, times] of samples.sort(([one], [other]) => one - other)) {
      rest -= times;
      if (rest <= 0) return value;
    }
    return samples.at(-1)?.[0];
  }

  /** The alarm's value in the period that ends this many periods before the end of the window. */
  function alarmValue(alarm: AlarmProperties, end: number, periodsBefore: number): Value {
    const window = (seconds = 60): [number, number] => {
      const length = seconds / 60;
      return [end - (periodsBefore + 1) * length, end - periodsBefore * length];
    };
    if (!alarm.Metrics) {
      return statistic(alarm as Metric, alarm.Statistic ?? alarm.ExtendedStatistic ?? '', ...window(alarm.Period));
    }
    const expression = alarm.Metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
    const inputs = alarm.Metrics.flatMap(({ Id, MetricStat: given }) => {
      if (!given) return [];
      const value = statistic(given.Metric, given.Stat, ...window(given.Period));
      return [[Id, { value, hasData: metrics.has(keyOf(given.Metric)) }] as const];
    });
    return evaluateExpression(expression, Object.fromEntries(inputs));
  }

  function isRaised(alarm: AlarmProperties, end: number): boolean {
    if (alarm.ComparisonOperator !== 'GreaterThanOrEqualToThreshold' || alarm.TreatMissingData !== 'notBreaching') {
      throw new Error('Not understood: an alarm of another kind');
    }
    const values = Array.from({ length: alarm.EvaluationPeriods }, (_, before) => alarmValue(alarm, end, before));
    return values.filter((value) => value !== undefined && value >= alarm.Threshold).length >= alarm.DatapointsToAlarm;
  }

  return {
    log(minute, event, count = 1) {
      if (count > 0) for (const [metric, value] of metricsOf(event)) put(minute, metric, value, count);
    },
    put,
    sum(name, dimension) {
      const matching = [...metrics].filter(([key]) => {
        const [, metricName, dimensions] = JSON.parse(key) as [string, string, [string, unknown][]];
        return metricName === name && dimensions[0]?.[1] === dimension;
      });
      const samples = matching.flatMap(([, minutes]) => [...minutes.values()].flatMap((each) => [...each]));
      return samples.reduce((total, [value, times]) => total + value * times, 0);
    },
    raisedAt: (minute) => alarms.filter(([, alarm]) => isRaised(alarm, minute + 1)).map(([id]) => id),
  };
}
