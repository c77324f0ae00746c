import type { Bundles } from './handlers';
import type { NodeBinary } from './node-versions';

/** What every bench is given. */
export interface Run {
  /** The Node that runs what is measured. */
  readonly node: NodeBinary;
  readonly bundles: Bundles;
  /** As little as shows that nothing is broken; the figures mean nothing. */
  readonly smoke: boolean;
  /** Shows progress. */
  readonly note: (text: string) => void;
}
