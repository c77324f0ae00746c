import type { RunView } from '../view';

/** The gateway's result cache in words. */
export function describeCache({ ttlSeconds, entries }: RunView['cache']): string {
  if (ttlSeconds === 0) return 'Caching off (TTL 0 s)';
  const count = entries === 0 ? 'Cache empty' : entries === 1 ? '1 decision cached' : `${entries} decisions cached`;
  return `${count} (TTL ${ttlSeconds} s)`;
}
