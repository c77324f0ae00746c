/** Time of one simulated container, in milliseconds. Advances only when told to. */
export class VirtualTime {
  now = 0;
  readonly #timers = new Map<object, { readonly at: number; readonly run: () => void }>();

  /** Moves on to `at` and runs the timers that were due by then: a thawed container runs them before its next call. */
  advanceTo(at: number): void {
    this.now = Math.max(this.now, at);
    for (const [timer, { at: due, run }] of this.#timers) {
      if (due > this.now) continue;
      this.#timers.delete(timer);
      run();
    }
  }

  setTimeout = (run: () => void, milliseconds = 0): object => {
    const timer = { unref: () => timer, ref: () => timer };
    this.#timers.set(timer, { at: this.now + milliseconds, run });
    return timer;
  };

  clearTimeout = (timer: object): void => {
    this.#timers.delete(timer);
  };
}

/**
 * Runs `work` with the global clock and timers replaced, so that libraries which offer no seam for time run in virtual
 * time as they are. `current` names the container whose time it is.
 */
export async function inVirtualTime<T>(current: () => VirtualTime, work: () => Promise<T>): Promise<T> {
  const { setTimeout, clearTimeout, Date: realDate } = globalThis;
  const realNow = realDate.now;
  const { stackTraceLimit } = Error;
  globalThis.setTimeout = ((run: () => void, ms?: number) => current().setTimeout(run, ms)) as typeof setTimeout;
  globalThis.clearTimeout = ((timer: object) => current().clearTimeout(timer)) as typeof clearTimeout;
  realDate.now = () => EPOCH + current().now;
  Error.stackTraceLimit = 0; // refusals by the million
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    realDate.now = realNow;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Where virtual time starts on the wall clock: any date will do. */
const EPOCH = 1_800_000_000_000;
