import { type Decision, decisionLine } from '../lambdas/authorizer/decision';

/** How much an authorizer logs. */
export interface LogSettings {
  readonly allowLogRate: number;
  readonly systemLogLevel: 'INFO' | 'WARN';
}

/** What CloudWatch Logs adds to the bytes of each event (quotas of PutLogEvents). */
export const EVENT_OVERHEAD_BYTES = 26;

const time = '2026-11-25T12:00:00.000Z';
const id = '15c5202f-a335-4c14-b4ba-1ed3b3b90c2a';
const kid = 'b1e0a7a2c9d34f5e8a6b7c8d9e0f1a2b';
const ids = { requestId: '3f0c7a86-5a7b-4a7e-9d6e-0c1f6f0a1b2c', extendedRequestId: 'Y5WZbGmXIAMEvFw=' };

const allow: Decision = { outcome: 'allow', kid, principal: { sub: 'client-1', scopes: [], expiresAtSeconds: 0 } };
const refuse: Decision = { outcome: 'refuse', reason: 'expired', kid };
const forbid: Decision = { ...allow, outcome: 'forbid', reason: 'insufficient_scope' };

/** A line of the function in Lambda's JSON format, as AWS's runtime client (aws-lambda-ric 4.0.2) writes it. */
const ofFunction = (level: string, message: object) => ({ timestamp: time, level, requestId: id, message });

/** A line of the platform, in the shape of Lambda's Telemetry API. Written by the service, so not measured here. */
const ofPlatform = (type: string, record: object) => ({
  time,
  type: `platform.${type}`,
  record: { requestId: id, ...record },
});

const metrics = { durationMs: 2.123, billedDurationMs: 3, memorySizeMB: 512, maxMemoryUsedMB: 80 };
const started = ofPlatform('start', { version: '$LATEST' });
const reported = ofPlatform('report', { metrics, status: 'success' });
/** What the client logs of the thrown `Unauthorized`. */
const thrown = ofFunction('ERROR', {
  errorType: 'Error',
  errorMessage: 'Unauthorized',
  stackTrace: ['Error: Unauthorized'],
});
/** At WARN, Lambda may still write the lines of an invocation that failed. Counted as if it always did. */
const failed = [
  ofPlatform('runtimeDone', { status: 'error', errorType: 'Error', metrics: { durationMs: 2.123, producedBytes: 0 } }),
  ofPlatform('report', { metrics, status: 'error', errorType: 'Error' }),
];

/** Bytes of one line, without the overhead. */
export const lineBytes = (line: object): number => Buffer.byteLength(JSON.stringify(line));

/** The function's own lines, by outcome. */
export function functionLines({ allowLogRate }: Pick<LogSettings, 'allowLogRate'>) {
  const weight = allowLogRate < 1 ? { weight: 1 / allowLogRate } : {};
  return {
    allow: [ofFunction('INFO', { ...decisionLine(allow, ids), ...weight })],
    refuse: [ofFunction('INFO', decisionLine(refuse, ids)), thrown],
    forbid: [ofFunction('INFO', decisionLine(forbid, ids))],
  };
}

/** Bytes that one invocation adds to the log on average, by outcome, with the overhead of each event. */
export function bytesPerRun(settings: LogSettings): Readonly<Record<'allow' | 'refuse' | 'forbid', number>> {
  const lines = functionLines(settings);
  const isVerbose = settings.systemLogLevel === 'INFO';
  const done = isVerbose ? [started, reported] : [];
  return {
    allow: settings.allowLogRate * total(lines.allow) + total(done),
    refuse: total(lines.refuse) + total(failed) + (isVerbose ? total([started]) : 0),
    forbid: total(lines.forbid) + total(done),
  };
}

const total = (lines: readonly object[]): number =>
  lines.reduce((sum, line) => sum + lineBytes(line) + EVENT_OVERHEAD_BYTES, 0);
