import type { Config } from '../../lambdas/authorizer/config';
import type { JsonObject } from '../../lambdas/shared/json';

/** What the token itself shows about the cause of a failed check, and what to do. */
export interface Clue {
  readonly detail: string;
  readonly todo: string;
}

/** What clues are looked for with. */
export interface ClueContext {
  readonly config: Config;
  readonly nowSeconds: number;
  /** The issuer of the provider's discovery document, where there is one. */
  readonly discoveredIssuer?: string | undefined;
  /** How far this clock is ahead of the provider's, where that is more than a few seconds. */
  readonly clockAheadSeconds?: number | undefined;
}

/** Looks at one check of the header or the claims that has failed. */
export type FindClue = (object: JsonObject, context: ClueContext) => Clue | undefined;
