/** One log line. Flat, small, and never holding a token, a claim or a header. */
export type LogLine = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line. */
export type Log = (level: 'info' | 'warn' | 'error', line: LogLine) => void;

/**
 * Logs to Lambda. In Lambda's JSON log format an object stays queryable under `message`; everywhere else the line is
 * one JSON object by itself, so that no value can break out of it.
 *
 * @param format value of `AWS_LAMBDA_LOG_FORMAT`.
 */
export function lambdaLog(format: string | undefined): Log {
  const isJson = format === 'JSON';
  return (level, line) => console[level](isJson ? line : JSON.stringify(line));
}
