/** What the gateway's side tells a Lambda process. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** `Root=1-…` */
  readonly traceId: string;
  /** Wall clock, since the epoch. */
  readonly deadlineMs: number;
}

/** What a Lambda process tells back. */
export type RuntimeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'init-error'; readonly error: FunctionError }
  /** JSON text of a {@link LogRecord}. */
  | { readonly type: 'log'; readonly record: string }
  /** JSON text of what the handler returned. */
  | { readonly type: 'result'; readonly requestId: string; readonly result: string }
  | { readonly type: 'error'; readonly requestId: string; readonly error: FunctionError };

/** An error as Lambda's Node.js runtime reports it to the caller. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Lines of the stack, the first of which repeats type and message. */
  readonly trace?: readonly string[];
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** One log line, with the fields that Lambda's JSON log format gives it. */
export interface LogRecord {
  readonly timestamp: string;
  /** Absent for what was written to stdout or stderr past `console`. */
  readonly level?: LogLevel;
  /** `-` before the first event. Absent for what was written past `console` then. */
  readonly requestId?: string;
  /** In the JSON log format a single argument stays what it is; several are text. Absent for none. */
  readonly message?: unknown;
  /** In the JSON log format, when one of several arguments of `console.*` was an error. */
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly stackTrace?: readonly string[];
}
