import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How to reach what a running `npm start` serves. Nothing of it is worth anything once that run has ended. */
export interface LocalRun {
  readonly pid: number;
  /** `https://localhost:<port>`, a value of `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** PEM file of the throw-away authority. */
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Address of the local gateway's stage. */
  readonly apiUrl: string;
}

/** Where a run writes it, readable by its user alone. */
export const localRunFile = (root: string): string => join(root, '.cache', 'local-run.json');

/** The run under way, or `undefined` when there is none: no file, or one that a run left behind when it was killed. */
export function readLocalRun(root: string): LocalRun | undefined {
  try {
    const run = JSON.parse(readFileSync(localRunFile(root), 'utf8')) as LocalRun;
    process.kill(run.pid, 0);
    return run;
  } catch {
    return undefined;
  }
}
