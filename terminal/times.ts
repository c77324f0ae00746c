const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its largest fitting unit: `90` → `1 minute`. @param seconds any sign; the sign is dropped. */
export function duration(seconds: number): string {
  const length = Math.abs(Math.trunc(seconds));
  const [name, size] = UNITS.find(([, unit]) => length >= unit) ?? ['second', 1];
  const count = Math.floor(length / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/**
 * A NumericDate (RFC 7519 2) for people: `2026-11-24T12:00:00Z, in 59 minutes`.
 *
 * @param nowSeconds seconds since the epoch.
 * @returns `undefined` when the value is no date that JavaScript can show.
 */
export function numericDate(value: unknown, nowSeconds: number): string | undefined {
  if (typeof value !== 'number') return undefined;
  const date = new Date(value * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const distance = value - nowSeconds;
  const relative =
    Math.abs(distance) < 1 ? 'now' : distance > 0 ? `in ${duration(distance)}` : `${duration(distance)} ago`;
  return `${date.toISOString().replace(/\.\d+Z$/, 'Z')}, ${relative}`;
}
