import type { Reason } from '../../lambdas/authorizer/decision';
import { advice } from './advice';

/** `warn` is worth knowing but breaks nothing; `skip` could not be checked. */
export type Status = 'pass' | 'warn' | 'fail' | 'skip';

/** One thing that the doctor checked. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** What was found, and for a failure what was expected. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
  /** For a check of the token or of a log line: the reason that the authorizer logs. */
  readonly reason?: Reason;
  /** For a check of the token: the authorizer refuses it before it comes to this check. Such a check never fails. */
  readonly notReached?: true;
}

export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Everything found. `ok` is false when some check failed. */
export interface Report {
  readonly ok: boolean;
  readonly sections: readonly Section[];
}

export function report(sections: readonly Section[]): Report {
  return { ok: !sections.some(({ checks }) => checks.some(({ status }) => status === 'fail')), sections };
}

export const pass = (name: string, detail: string): Check => ({ name, status: 'pass', detail });
export const warn = (name: string, detail: string, advice: string): Check => ({ name, status: 'warn', detail, advice });
export const fail = (name: string, detail: string, advice: string): Check => ({ name, status: 'fail', detail, advice });
export const skip = (name: string, detail: string): Check => ({ name, status: 'skip', detail });

/** A failure with the authorizer's reason for it, and with that reason's advice unless a check has shown more. */
export const failReason = (
  name: string,
  reason: Reason,
  detail: string,
  todo: string = advice[reason].todo,
): Check => ({
  ...fail(name, detail, todo),
  reason,
});
