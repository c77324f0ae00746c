import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import type { ColdResult } from '../cold';
import type { FleetResults } from '../fleet';
import type { LatencyResult } from '../latency';
import type { MemoryResult } from '../memory';
import type { ShareResult } from '../share';

/** What each bench leaves behind. */
export interface ResultOf {
  readonly latency: LatencyResult;
  readonly cold: ColdResult;
  readonly share: ShareResult;
  readonly memory: Record<string, MemoryResult>;
  readonly fleet: FleetResults;
}

export type BenchName = keyof ResultOf;

/** A result with the circumstances it was measured under. */
export interface Measured<T> {
  readonly date: string;
  readonly node: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly result: T;
}

/** Results on file: by bench, then by major version of Node (the fleet has none: it does not depend on it). */
export type Results = { readonly [Name in BenchName]: Readonly<Record<string, Measured<ResultOf[Name]>>> };

const PEERS = ['aws-jwt-verify', 'fast-jwt', 'jose', 'jsonwebtoken', 'jwks-rsa', 'esbuild'] as const;

/** Writes a result as JSON. @param node version of the Node that was measured. */
export function writeResult<Name extends BenchName>(
  folder: string,
  name: Name,
  node: string,
  result: ResultOf[Name],
): void {
  mkdirSync(folder, { recursive: true });
  const measured: Measured<ResultOf[Name]> = {
    date: new Date().toISOString().slice(0, 10),
    node,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${arch()}`,
    versions: Object.fromEntries(PEERS.map((peer) => [peer, versionOf(peer)])),
    result,
  };
  writeFileSync(join(folder, fileName(name, node)), `${JSON.stringify(measured, rounded, 2)}\n`);
}

/** Reads every result of a folder. */
export function readResults(folder: string): Results {
  const results: Record<BenchName, Record<string, unknown>> = {
    latency: {},
    cold: {},
    share: {},
    memory: {},
    fleet: {},
  };
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const [, name, major = ''] = /^([a-z]+)(?:-node(\d+))?\.json$/.exec(file) ?? [];
    if (name === undefined || !Object.hasOwn(results, name)) continue;
    results[name as BenchName][major] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  }
  return results as Results;
}

const fileName = (name: BenchName, node: string) =>
  name === 'fleet' ? 'fleet.json' : `${name}-node${node.split('.')[0]}.json`;

function versionOf(name: string): string {
  const manifest = join(projectRoot, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Four significant digits are more than the measurements hold; whole numbers stay as they are. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
