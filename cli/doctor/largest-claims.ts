import type { JsonObject } from '../../lambdas/shared/json';
import { quote } from '../../terminal/quote';

/** The claims that take most room in a token, by name. Shows no value. */
export function largestClaims(claims: JsonObject): string {
  const sizes = Object.entries(claims).map(([name, value]) => [name, sizeOf(value)] as const);
  return sizes
    .sort(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([name, size]) => `${quote(name)} (${size} characters)`)
    .join(' and ');
}

function sizeOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 0; // nested too deeply
  }
}
