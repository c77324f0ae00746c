/**
 * How much of the authorizer is watched.
 * - `full`: every alarm, a metric for each outcome and reason, cold starts, and the dashboard.
 * - `essential`: every alarm, the metrics that alarms look at, and no more.
 * - `none`: no alarm, no metric and no dashboard; the log lines stay.
 */
export type Monitoring = 'full' | 'essential' | 'none';
