/** Milliseconds from an arbitrary start; never goes back. */
export type Clock = () => number;

/** A wall-clock step beyond this is time that the monotonic clock slept through, in milliseconds. */
const MISSED_MS = 1_000;

/**
 * A clock for ages and deadlines that survives a frozen container.
 *
 * The monotonic clock is immune to the wall clock being set, but may stand still while the container is frozen; the
 * wall clock knows the time that went by, but can be set. So time passes with the monotonic clock, and when the wall
 * clock has moved on by clearly more, with the wall clock. A wall clock set back changes nothing; one set forward makes
 * keys look older than they are, which costs one refresh.
 */
export function guardedClock(monotonic: Clock = () => performance.now(), wall: Clock = () => Date.now()): Clock {
  let now = 0;
  let lastMonotonic = monotonic();
  let lastWall = wall();
  return () => {
    const monotonicNow = monotonic();
    const wallNow = wall();
    const elapsed = monotonicNow - lastMonotonic;
    const wallElapsed = wallNow - lastWall;
    now += wallElapsed > elapsed + MISSED_MS ? wallElapsed : elapsed;
    lastMonotonic = monotonicNow;
    lastWall = wallNow;
    return now;
  };
}
