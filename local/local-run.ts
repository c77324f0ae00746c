import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How to reach what a running `npm start` serves. Nothing of it is worth anything once that run has ended. */
export interface LocalRun {
  readonly pid: number;
  /** `https://localhost:{port}`, the `iss` of its tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** PEM file of the throw-away certificate. */
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Address of the local gateway. */
  readonly apiUrl: string;
  /** Whether the issuer was asked for although a tenant is configured: the tools then use it, too. */
  readonly ownIssuer: boolean;
}

/** Where a run writes it, so that `npm run token` and `npm run doctor` need no configuration. */
export const localRunFile = (root: string): string => join(root, '.cache', 'local-run.json');

/**
 * Leaves the run's address for the tools, readable by this user alone. A run under way keeps its place: `npm test` starts
 * others.
 *
 * @returns a function that removes it, unless it is another run's.
 */
export function leaveLocalRun(root: string, run: LocalRun): () => void {
  const file = localRunFile(root);
  if (!readLocalRun(root)) {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(run), { mode: 0o600 });
  }
  return () => {
    if (parse(file)?.pid === run.pid) rmSync(file, { force: true });
  };
}

/** The run under way, or `undefined` when there is none: no file, or one that a run left behind when it was killed. */
export function readLocalRun(root: string): LocalRun | undefined {
  const run = parse(localRunFile(root));
  return run && isAlive(run.pid) ? run : undefined;
}

function parse(file: string): LocalRun | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalRun;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
