import { randomUUID } from 'node:crypto';
import { startAuthorizer } from './authorizer-process';
import type { CloudWatch } from './cloudwatch';

/** One invocation of the authorizer as CloudWatch sees it. Lines are as Lambda's JSON log format stores them. */
export interface InvocationKind {
  readonly decision: unknown;
  /** Lines of key fetches that came before. */
  readonly fetches: readonly unknown[];
  readonly failed: boolean;
}

/** A line of the authorizer as Lambda's JSON log format stores it. */
export const logged = (message: unknown) => ({
  timestamp: '2026-01-01T00:00:00.000Z',
  level: 'INFO',
  requestId: randomUUID(),
  message,
});

/**
 * What invocations of the authorizer's bundle leave behind, each in the order of `events`.
 *
 * @param env the authorizer's whole environment.
 */
export async function invocationKinds(
  env: Readonly<Record<string, string>>,
  events: readonly unknown[],
): Promise<InvocationKind[]> {
  const authorizer = await startAuthorizer({ env });
  try {
    const kinds: InvocationKind[] = [];
    for (const event of events) {
      const seen = authorizer.lines.length;
      const { error } = await authorizer.invoke(event);
      const lines = authorizer.lines.slice(kinds.length === 0 ? 0 : seen);
      const all = lines.map((line) => logged(JSON.parse(line)));
      kinds.push({ decision: all.at(-1), fetches: all.slice(0, -1), failed: error !== undefined });
    }
    return kinds;
  } finally {
    await authorizer.stop();
  }
}

/** The metrics that Lambda and API Gateway publish themselves, as the template names them. */
export const lambdaMetric = (MetricName: string, functionId = 'AuthorizerFunction') => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionId } }],
});

const INVOCATIONS = lambdaMetric('Invocations');
const ERRORS = lambdaMetric('Errors');
const DURATION = lambdaMetric('Duration');

/** Invokes the authorizer `count` times within a minute. No key fetch is among it: those are limited, whatever the traffic. */
export function invoke(cloud: CloudWatch, minute: number, kind: InvocationKind, count: number): void {
  if (count <= 0) return;
  cloud.log(minute, kind.decision, count);
  cloud.put(minute, INVOCATIONS, 1, count);
  cloud.put(minute, ERRORS, kind.failed ? 1 : 0, count);
  cloud.put(minute, DURATION, 5, count);
}
