import { inspect } from 'node:util';

/** One log line. Flat, small, and never holding a token, a claim or a header. */
export type LogLine = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line. */
export type Log = (level: 'info' | 'warn' | 'error', line: LogLine) => void;

/**
 * Logs through the console, as an object: Lambda's JSON log format keeps its fields queryable under `message`.
 *
 * Whoever prints the object as text instead (Lambda's text format, a terminal) gets one line of JSON, so that no value
 * can break out of it.
 */
export const consoleLog: Log = (level, line) => console[level]({ ...line, [inspect.custom]: asJson });

function asJson(this: LogLine): string {
  return JSON.stringify(this);
}
