import { App } from 'aws-cdk-lib';
import { routes } from '../infra/app-routes';
import { parseSettings } from '../infra/settings';
import { ApiStack } from '../infra/stack';
import { outcomes, reasons } from '../lambdas/authorizer/decision';

/** What a stack's monitoring consists of, as CloudWatch bills it. */
export interface MonitoringItems {
  readonly alarms: number;
  /** Metrics that the alarms look at; each is billed as one alarm. */
  readonly alarmMetrics: number;
  /** Custom metrics when every outcome and reason occurs. */
  readonly customMetrics: number;
  readonly dashboards: number;
}

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Metrics?: readonly { readonly MetricStat?: object }[];
    readonly FilterPattern?: string;
    readonly MetricTransformations?: readonly [
      { readonly MetricName: string; readonly Dimensions?: readonly [{ readonly Key: string }] },
    ];
  };
}

/** Counts them in the template of the sample app. */
export function monitoringItems(monitoring: 'full' | 'essential'): MonitoringItems {
  const env = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'api', MONITORING: monitoring };
  process.env.CDK_VALIDATION = 'false'; // CloudFormation's own validation, some seconds, is left to `cdk synth`
  const app = new App();
  new ApiStack(app, 'Cost', { routes, settings: parseSettings(env, 'prod') });
  const { Resources } = app.synth().getStackByName('Cost').template as { readonly Resources: Record<string, Resource> };
  const resources = Object.values(Resources);
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  const metrics = new Map(ofType('AWS::Logs::MetricFilter').flatMap(countMetrics));
  return {
    alarms: alarms.length,
    alarmMetrics: sum(alarms.map(({ Properties }) => Properties.Metrics?.filter((m) => m.MetricStat).length ?? 1)),
    customMetrics: sum([...metrics.values()]),
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
  };
}

/** A metric with a dimension is billed once for each value of it. */
function countMetrics({ Properties: { FilterPattern = '', MetricTransformations } }: Resource): [string, number][] {
  return (MetricTransformations ?? []).map(({ MetricName, Dimensions }) => {
    const named = [...FilterPattern.matchAll(/\.(?:decision|reason) = "\w+"/g)].length;
    const values = { Decision: outcomes.length, Reason: Object.values(reasons).flat().length }[
      Dimensions?.[0].Key ?? ''
    ];
    return [MetricName, values === undefined ? 1 : named || values];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
