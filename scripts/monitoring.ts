import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ProtectedApi } from '../infra/constructs/protected-api';
import { parseSettings } from '../infra/settings';
import { outcomes, reasons } from '../lambdas/authorizer/decision';
import type { Route } from '../lambdas/shared/route-table';

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

/** Handlers of the API that is counted, whatever `lambdas/routes.ts` becomes: each has an alarm on its throttles. */
const HANDLERS = ['orders', 'items', 'customers'];

const inlineFunction = (stack: Stack, name: string): LambdaFunction =>
  new LambdaFunction(stack, name, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('-'),
  });

/** Counts them in the template of an API with three handlers. */
export function monitoringItems(monitoring: 'full' | 'essential'): MonitoringItems {
  const env = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'api', MONITORING: monitoring };
  const app = new App({ builtinCloudFormationValidation: false }); // which takes seconds, and is left to `cdk synth`
  const stack = new Stack(app, 'Cost');
  const functions = HANDLERS.map((name) => [name, inlineFunction(stack, name)] as const);
  new ProtectedApi(stack, 'Api', {
    ...parseSettings(env, 'prod').api,
    routes: HANDLERS.map((name): Route => ({ method: 'GET', path: `/${name}`, handler: name, access: 'token' })),
    handlers: Object.fromEntries(functions),
  });
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
