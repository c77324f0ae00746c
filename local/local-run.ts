import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Route } from '../lambdas/shared/route-table';

/** How to reach what a local run serves. Nothing of it is of use once that run has ended. */
export interface LocalRun {
  readonly pid: number;
  /** Address of the local gateway. */
  readonly apiUrl: string;
  readonly consoleUrl?: string | undefined;
  /** For requests to the console that change something. */
  readonly consoleSecret?: string | undefined;
  readonly routes: readonly Route[];
  /** Environment of the authorizer. */
  readonly authorizer: Readonly<Record<string, string>>;
  /** The embedded issuer; absent when a tenant's tokens are taken. */
  readonly issuer?: LocalIssuer | undefined;
  /** Whether the issuer was asked for although a tenant is configured: the tools then use it, too. */
  readonly ownIssuer: boolean;
}

export interface LocalIssuer {
  /** `https://localhost:{port}`, the `iss` of its tokens. */
  readonly url: string;
  readonly audience: string;
  /** PEM file of the throw-away certificate. */
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where a run of a project is noted: in this user's cache, so that nothing is left in the project. */
export function localRunFile(root: string): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'authaction', `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`);
}

/**
 * Notes a run for the tools, readable by this user alone, or renews its note. Another run under way keeps its place.
 *
 * @returns a function that removes the note, unless it is another run's.
 * @throws Error of `node:fs` when the cache cannot be written.
 */
export function leaveLocalRun(root: string, run: LocalRun): () => void {
  const file = localRunFile(root);
  if ((readLocalRun(root)?.pid ?? run.pid) === run.pid) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    removeLeftRuns(dirname(file));
    const written = `${file}.${run.pid}`;
    rmSync(written, { force: true });
    writeFileSync(written, JSON.stringify(run), { mode: 0o600 });
    renameSync(written, file);
  }
  return () => {
    if (parse(file)?.pid === run.pid) rmSync(file, { force: true });
  };
}

/** Removes the notes of runs of any project that were killed. What is no such note stays. */
function removeLeftRuns(folder: string): void {
  for (const name of readdirSync(folder)) {
    const run = /^[0-9a-f]{16}\.json(\.\d+)?$/.test(name) ? parse(join(folder, name)) : undefined;
    if (run && !isAlive(run.pid)) rmSync(join(folder, name), { force: true });
  }
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

/** Whether a process runs, this user's or another's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
