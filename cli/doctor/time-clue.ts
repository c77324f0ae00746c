import type { JsonObject } from '../../lambdas/shared/json';
import { describeType } from '../../terminal/quote';
import { duration, numericDate } from '../../terminal/times';
import type { Clue, ClueContext } from './clue';

/** Plausible dates, as seconds from now: a hundred years either way. */
const PLAUSIBLE_SECONDS = 100 * 365 * 86_400;

/** As a date, this is in 1980: before any token, and longer than any token lasts. */
const LONGEST_LIFETIME_SECONDS = 10 * 365 * 86_400;

/** Why a date is refused: its unit, its type, or a wrong clock. */
export function timeClue(name: string, claims: JsonObject, context: ClueContext): Clue | undefined {
  const { nowSeconds, clockAheadSeconds: aheadSeconds } = context;
  const value = claims[name];
  if (value === undefined) {
    return {
      detail: 'a token must expire',
      todo: 'Have the provider add exp, the seconds since 1970 at which it ends.',
    };
  }
  const toSeconds = `Have the provider send ${name} as a number of seconds since 1970 (RFC 7519 2).`;
  if (typeof value === 'string') {
    const isNumber = /^\d{1,15}$/.test(value);
    return {
      detail: isNumber ? 'a number in quotes is a string' : 'a date in words is not a NumericDate',
      todo: toSeconds,
    };
  }
  if (typeof value !== 'number') return { detail: `${describeType(value)} is not a date`, todo: toSeconds };
  for (const [unit, perSecond] of UNITS) {
    if (Math.abs(value) > PLAUSIBLE_SECONDS * 2 && Math.abs(value / perSecond - nowSeconds) < PLAUSIBLE_SECONDS) {
      return {
        detail: `this is in ${unit}: read that way, it is ${numericDate(value / perSecond, nowSeconds)}`,
        todo: `Have the provider send ${name} in seconds instead of ${unit} (RFC 7519 2).`,
      };
    }
  }
  if (name === 'exp' && value > 0 && value <= LONGEST_LIFETIME_SECONDS) {
    return { detail: 'this may be how long the token lasts instead of the date at which it ends', todo: toSeconds };
  }
  if (aheadSeconds === undefined) return undefined;
  const providerSeconds = nowSeconds - aheadSeconds;
  const isGoodThere = name === 'exp' ? value > providerSeconds : value <= providerSeconds;
  if (!isGoodThere) return undefined;
  const clock = `${duration(aheadSeconds)} ${aheadSeconds > 0 ? 'ahead of' : 'behind'}`;
  return {
    detail: `by the provider's clock it is valid now: this clock is ${clock} it`,
    todo: "Set this clock by NTP. Lambda's own clock is right, so the API may accept the token.",
  };
}

const UNITS = [
  ['milliseconds', 1e3],
  ['microseconds', 1e6],
  ['nanoseconds', 1e9],
] as const;
