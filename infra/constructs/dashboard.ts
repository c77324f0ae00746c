import { Duration } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { outcomes, reasons } from '../../lambdas/authorizer/decision';
import type { AuthorizerMetrics } from './authorizer-metrics';

export interface ApiDashboardProps {
  readonly stage: Stage;
  readonly authorizer: IFunction;
  /** Functions behind the routes, by name. */
  readonly handlers: ReadonlyMap<string, IFunction>;
  readonly metrics: AuthorizerMetrics;
  readonly alarms: readonly Alarm[];
}

/** One page that answers: are callers served, who is refused and why, is the authorizer fast, are its keys fresh. */
export class ApiDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: ApiDashboardProps) {
    super(scope, id);
    const { stage, authorizer, handlers, metrics, alarms } = props;
    const percentiles = (of: (options: { statistic: string; label: string }) => IMetric, name: string) =>
      ['p50', 'p99'].map((statistic) => of({ statistic, label: `${name} ${statistic}` }));
    const calls = stage.metricCount({ label: 'API calls' });
    const invocations = authorizer.metricInvocations({ label: 'authorizer calls' });

    this.dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 })],
        row(
          graph('Answers', [
            calls,
            stage.metricClientError({ statistic: 'Sum', label: '4xx' }),
            stage.metricServerError({ statistic: 'Sum', label: '5xx' }),
          ]),
          graph(
            'Decisions',
            outcomes.map((label) => metrics.decisions(label).with({ label })),
          ),
          graph(
            'Refusals by reason',
            Object.values(reasons)
              .flat()
              .map((label) => metrics.refusals(label).with({ label })),
          ),
        ),
        row(
          graph('Latency of the API, ms', [
            ...percentiles((options) => stage.metricLatency(options), 'whole'),
            ...percentiles((options) => stage.metricIntegrationLatency(options), 'handler'),
          ]),
          graph('Latency of the authorizer, ms', [
            ...percentiles((options) => authorizer.metricDuration(options), 'authorizer'),
          ]),
          graph(
            'Effect of the decision cache',
            [calls, invocations],
            [
              new MathExpression({
                expression: '100 * (1 - invocations / calls)',
                label: '% of calls without an authorizer call (public routes and calls without a token among them)',
                usingMetrics: { invocations, calls },
              }),
            ],
          ),
        ),
        row(
          graph(
            'Cold starts of the authorizer',
            [metrics.coldStarts().with({ label: 'cold starts' })],
            [metrics.coldStarts().with({ statistic: 'p99', label: 'init p99, ms' })],
          ),
          graph(
            "Fetches of the provider's keys",
            [metrics.keyFetches().with({ label: 'fetched' }), metrics.keyFetchFailures().with({ label: 'failed' })],
            [metrics.keyFetches().with({ statistic: 'p99', label: 'fetch p99, ms' })],
          ),
          graph('Throttled by Lambda', [
            authorizer.metricThrottles({ label: 'authorizer' }),
            ...[...handlers].map(([label, handler]) => handler.metricThrottles({ label })),
          ]),
        ),
      ],
    });
  }
}

const row = (...widgets: IWidget[]): IWidget[] => widgets;

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } });
