/** Milliseconds from an arbitrary start; never goes back. */
export type Clock = () => number;

/** By how much the wall clock must have run ahead before it is believed, in milliseconds. */
const MISSED_MS = 1_000;

/** More than this it is not believed at once, in milliseconds: a clock set forward must not make every key too old. */
const MAX_MISSED_MS = 3_600_000;

/**
 * A clock for ages and deadlines that survives a frozen container.
 *
 * The monotonic clock is immune to the wall clock being set, but may stand still while the container is frozen; the
 * wall clock knows the time that went by, but can be set. So time passes with the monotonic clock, and what the wall
 * clock has gained on it, summed up over many short freezes, is added once it is clearly more than drift. A wall clock
 * set back changes nothing; one set forward makes keys look older than they are, which costs one refresh.
 */
export function guardedClock(monotonic: Clock = () => performance.now(), wall: Clock = () => Date.now()): Clock {
  let now = 0;
  let missed = 0;
  let lastMonotonic = monotonic();
  let lastWall = wall();
  return () => {
    const monotonicNow = monotonic();
    const wallNow = wall();
    const elapsed = monotonicNow - lastMonotonic;
    missed = Math.max(0, missed + (wallNow - lastWall) - elapsed);
    now += elapsed;
    if (missed > MISSED_MS) {
      now += Math.min(missed, MAX_MISSED_MS);
      missed = 0;
    }
    lastMonotonic = monotonicNow;
    lastWall = wallNow;
    return now;
  };
}
