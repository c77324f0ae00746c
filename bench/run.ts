import type { Bundles } from './handlers';

/** What every bench is given. */
export interface Run {
  readonly bundles: Bundles;
  /** As little as shows that nothing is broken; the figures mean nothing. */
  readonly smoke: boolean;
  /** Shows progress. */
  readonly note: (text: string) => void;
}
